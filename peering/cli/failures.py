"""What a command ends with when it cannot do what it was asked for: a sentence on stderr, and an exit status."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit statuses, the same for every command."""

    DONE = 0
    """Done; or nothing is wrong, nothing would be written."""
    NO = 1
    """Refused or failed, by the app or by a rule; or faults were found, something would be written."""
    USAGE = 2
    """Not understood, or nothing could be tried."""
    UNREACHABLE = 3
    """The app, or what it needs, does not answer."""
    NOT_ALLOWED = 4
    """Whoever asks is not known, or lacks a role."""
    WAITING = 5
    """It is not over: it waits for a person, or longer than `--wait` was to wait."""


class Failure(Exception):
    """A command cannot go on. The text says what happened, where, and what to do."""

    status = Exit.NO


class Misused(Failure):
    """What was given cannot be used."""

    status = Exit.USAGE


class Unreachable(Failure):
    """Nobody answers, or nobody of ours."""

    status = Exit.UNREACHABLE


class NotAllowed(Failure):
    """The app does not know the caller, or does not let him."""

    status = Exit.NOT_ALLOWED


class NothingToDo(Failure):
    """What was asked for came to nothing, and nobody said no."""


class Refused(Failure):
    """The app says no. `kind` is the last part of the problem's type, such as `no-such-hub`."""

    def __init__(self, text: str, http_status: int, kind: str) -> None:
        super().__init__(text)
        self.http_status = http_status
        self.kind = kind
        if http_status in (400, 422):
            self.status = Exit.USAGE
