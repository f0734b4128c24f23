"""One spoke's row: what was asked, how far it has got, what was found."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from peering.core.decision.approval import Ask, Ruling
from peering.core.decision.findings import Finding
from peering.core.decision.switches import Word
from peering.core.intake.requests import Door, NamedBy
from peering.core.network.addresses import Prefix
from peering.core.network.resource_ids import VnetId, network_of
from peering.core.network.vnets import Flags


class State(StrEnum):
    """Where a spoke stands."""

    PENDING = "Pending"
    AWAITING_APPROVAL = "AwaitingApproval"
    CONNECTED = "Connected"
    REFUSED = "Refused"
    FAILED = "Failed"
    ABANDONED = "Abandoned"
    LEAVING = "Leaving"
    REMOVED = "Removed"


UNTOLD = ""
"""In `told`: the last outcome could not be told. None is a row that an earlier version wrote."""

RELEASED = "released"
"""In `held`: a person has looked, and what the brake held back is to be carried out."""

OPEN = (State.PENDING, State.LEAVING)
"""The states in which something is still to be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who wants what. `wanted` is the hub as it was written, which is not the row's hub when nobody knows it.

    `word` is how much a person has asked for; it is spent by the outcome.
    `tag` is the name of the tag that it was written in, empty where a person asked, or an earlier version did.
    """

    wanted: str
    named_by: NamedBy | str
    door: Door | str
    who: str
    correlation: str
    requested: datetime
    word: Word = Word.NONE
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """The status tag as we last wrote it onto the spoke: its name, its value, and when.

    `wiped` counts how often it had to be written again since it first said so: somebody else does not want it there.
    """

    name: str
    text: str
    written: datetime
    wiped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far it has got. Times are UTC.

    `calls` are the ARM requests spent on it so far, `was` is the outcome that stood before it was last looked at.
    `not_before` is when it is to be looked at again, whatever its state. `failing` is since when every try has failed,
    `doubted` since when what is read contradicts what was known (Azure's reads lag). `deaths` counts the processes that
    died over it. `begin_with` is the side that refused: the next try begins there. `told` is a digest of what was last
    told to those who want to know, `tag` what of it stands on the spoke, as far as we know, and `owed` says that the
    tag is not true because we may not write it: a lock, a missing role. `accepted` is since when its hub would take it
    and only waits for its old hub to let go of it: both pairs cannot stand at once. `held` is the limit that withholds
    what is to be done, or RELEASED where a person has let it go; `taken` is when something was last taken away from a
    pair that stood, `written` when a half of the pair was last written to. `undone` are the times within a day at which
    what we had made was undone, and `undone_by` is who did it the last time. `event` is the id of the last event about
    it (telling.py), `unsent` that nobody has taken it.
    """

    started: datetime | None = None
    finished: datetime | None = None
    not_before: datetime | None = None
    attempts: int = 0
    calls: int = 0
    was: State | str | None = None
    failing: datetime | None = None
    doubted: datetime | None = None
    deaths: int = 0
    begin_with: str = ""
    told: str | None = None
    grace_ends: datetime | None = None
    accepted: datetime | None = None
    held: str = ""
    taken: datetime | None = None
    written: datetime | None = None
    tag: Tag | None = None
    owed: bool = False
    undone: tuple[datetime, ...] = ()
    undone_by: str = ""
    event: str = ""
    unsent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found. Halves are full resource ids, empty when there is none of ours; `gateway` is "none" for none.

    `left_off` are the switches of the hub's half that somebody else has switched off, and that stay so. `rightful` are
    the hub's switches and the spoke's from before something spoke against the pair, which is left as it is since.
    `guid` is the network's resourceGuid. `former` are hub halves of ours on networks that were the hub's before the
    catalogue moved it: they are still to be let go of, each under the lease of its own network.
    """

    prefixes: tuple[Prefix, ...] = ()
    location: str = ""
    hub_half: str = ""
    spoke_half: str = ""
    hub_flags: Flags | None = None
    spoke_flags: Flags | None = None
    gateway: str = ""
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    left_off: tuple[str, ...] = ()
    rightful: tuple[Flags, Flags] | None = None
    guid: str = ""
    former: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a person is asked: since when, about a network with just these prefixes, and who wants it."""

    ask: Ask
    since: datetime
    prefixes: tuple[Prefix, ...]
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What people are asked about a spoke, and what they have said.

    `question` is there while an answer counts, the one that was given too. `ruling` is the hub's last word on letting
    it in, `leave` that on letting it go to another hub. `let_in` are the prefixes that its pair was last let in with.
    """

    question: Question | None = None
    ruling: Ruling | None = None
    leave: Ruling | None = None
    let_in: tuple[Prefix, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One spoke's row in the table `peerings`: partition `hub`, row `spoke.key`.

    A word that this version does not know (a later one wrote it) is kept as the text it is, and so are columns, in
    `unknown`. `etag` is the version the row was read at, None for a row that does not exist yet.
    """

    hub: str
    spoke: VnetId
    state: State | str
    asked: Asked
    progress: Progress = Progress()
    found: Found = Found()
    approval: Approval = Approval()
    unknown: Mapping[str, Any] = field(default_factory=dict)
    etag: str | None = None

    @property
    def is_understood(self) -> bool:
        """False for a row whose words a later version wrote: it is shown, and written by nobody."""
        return isinstance(self.state, State) and isinstance(self.asked.named_by, NamedBy)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def hub_that_was_asked_for(self) -> str | None:
        """What a person named, None where the tag decides."""
        return (self.asked.wanted or None) if self.asked.named_by == NamedBy.REQUEST else None

    @property
    def is_held(self) -> bool:
        """Whether a limit withholds what is to be done: until its `not_before`, or without one until a person acts."""
        return self.progress.held not in ("", RELEASED)

    @property
    def is_standing(self) -> bool:
        """Whether its pair was Connected when it was last looked at."""
        return self.last_outcome == State.CONNECTED

    @property
    def is_waiting(self) -> bool:
        """Whether somebody has to look at it, now or later."""
        is_over = self.state == State.REMOVED and not (self.is_untold or self.lets_go)
        return (self.is_open and not self.is_held) or (self.progress.not_before is not None and not is_over)

    @property
    def lets_go(self) -> bool:
        """Whether its outcome stands, and only halves on former networks of its hub are still to be let go of."""
        return bool(self.found.former) and not self.is_open

    @property
    def hub_network(self) -> VnetId | None:
        """The network of the hub that its pair was made with, None where it has none; the catalogue may have moved."""
        return network_of(self.found.hub_half)

    @property
    def is_untold(self) -> bool:
        """Whether its outcome stands, but could not be told to all who want to know.

        A tag that is owed is written at the next look; of what is over there is none.
        """
        owed = self.progress.owed and self.state == State.REMOVED
        return not self.is_open and (self.progress.told == UNTOLD or owed)

    @property
    def is_in_grace(self) -> bool:
        """Whether it leaves at a time that is known, and can still be kept."""
        ends = self.progress.grace_ends
        return self.state == State.LEAVING and ends is not None and ends == self.progress.not_before

    @property
    def leaves_untold(self) -> bool:
        """Whether it is in its grace, and nobody has been told so."""
        return self.is_in_grace and self.progress.told != self.digest

    @property
    def presses(self) -> bool:
        """Whether what was last told of it stands, and is something that a person has to act upon."""
        waits = self.is_open or bool(self.found.findings)
        return waits and self.state != State.REMOVED and self.progress.told == self.digest

    def is_due(self, now: datetime) -> bool:
        """Whether somebody should look at it now."""
        due = self.progress.not_before
        return due <= now if due else self.is_open and not self.is_held

    @property
    def last_outcome(self) -> State | str | None:
        """The last state that was an outcome: `Pending` and `Leaving` are only the way from one to the next."""
        return self.progress.was if self.is_open else self.state

    def tells_more_than(self, before: "Record") -> bool:
        """True when this outcome is news to somebody who was told of the last one.

        A row that an earlier version wrote does not say what was told: then what stood there counts, but not how it
        was worded.
        """
        if before.progress.told is not None or self.is_open:
            return before.progress.told != self.digest
        return (before.progress.was, *_standing(before.found)) != (self.state, *_standing(self.found))

    @property
    def digest(self) -> str:
        """What is told of this outcome, in 16 digits. Of what is still open that is what it waits for.

        Azure words the same refusal differently from one try to the next, so its words do not count there.
        """
        waits = (_codes(self.found), self.progress.grace_ends if self.state == State.LEAVING else None)
        told = repr((str(self.state), *(waits if self.is_open else _telling(self.found))))
        return hashlib.sha256(told.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _codes(found: Found) -> tuple[str, ...]:
    return tuple(str(finding.code) for finding in found.findings)


def _standing(found: Found) -> tuple[object, ...]:
    return (_codes(found), *_telling(found)[1:])


def _telling(found: Found) -> tuple[object, ...]:
    return (found.findings, found.hub_flags, found.spoke_flags, found.gateway, found.prefixes)
