"""`--wait`: stay until a request has an outcome, say meanwhile how it stands, and end as it ended."""

from collections.abc import Callable

import click

from peering.cli.app import App, Document
from peering.cli.asking import tell
from peering.cli.failures import Exit
from peering.cli.records import facts, findings
from peering.cli.tables import Answer, blocks, codes, fields, lines, network, span

_EVERY = 1.0  # seconds
NOT_OVER = ("Pending", "Leaving")

type Look = Callable[[], Document | None]
"""The record as it stands now; None while there is none."""


def wait_options[**P, T](command: Callable[P, T]) -> Callable[P, T]:
    command = click.option(
        "--at-most", type=click.IntRange(min=1), default=600, metavar="SECONDS", show_default=True, help="With --wait."
    )(command)
    return click.option("--wait", is_flag=True, help="Stay until there is an outcome, and end as it ended.")(command)


def watched[T](
    app: App,
    look: Callable[[], T],
    stands: Callable[[T], str],
    is_over: Callable[[T], bool],
    at_most: int,
    every: float = _EVERY,
) -> T:
    """What is looked at, once it is over or the time is; each change of how it stands is told on stderr."""
    begun, told = app.clock.now(), ""
    while True:
        found, passed = look(), (app.clock.now() - begun).total_seconds()
        if (now := stands(found)) != told:
            tell(f"{passed:4.0f} s  {now}")
            told = now
        if is_over(found) or passed >= at_most:
            return found
        app.clock.sleep(every)


def outcome(app: App, look: Look, at_most: int) -> Document | None:
    """The record once it is over, or waits for a person, or the time is."""
    return watched(app, look, _stands, lambda record: record is not None and record["state"] not in NOT_OVER, at_most)


def changed(before: Document, now: Document) -> Document:
    """The record; as one that is under way while it still stands as it did before it was asked about."""
    same = all(now.get(name) == before.get(name) for name in ("state", "finished", "started", "requested"))
    return {**now, "state": "Pending"} if same else now


def _stands(record: Document | None) -> str:
    if record is None:
        return "on the queue"
    reason = codes(record)
    return f"{record['state']}{f': {reason}' if reason else ''}"


def answered(record: Document | None, accepted: Document, at_most: int, good: str = "Connected") -> Answer:
    """What `--wait` ends with."""
    if record is None:
        known = f" Its id is {accepted['id']}." if "id" in accepted else ""
        text = f"Nothing has become of it within {span(at_most)}.{known} Look again: autopeer why <spoke>"
        return Answer(accepted, lines(text), Exit.WAITING)
    head = f"{network(record['spoke'])} at hub {record['hub']}: {record['state']}"
    return Answer(
        record, blocks(lines(head), *findings(record), fields(facts(record))), _exit_of(str(record["state"]), good)
    )


def _exit_of(state: str, good: str) -> Exit:
    if state == good:
        return Exit.DONE
    return Exit.WAITING if state in (*NOT_OVER, "AwaitingApproval") else Exit.NO
