"""`doctor`: is everything there that Autopeer needs to work, and if not, what is to be done about it."""

from collections.abc import Callable, Iterator
from datetime import datetime

import click

from peering.cli.app import App
from peering.cli.asking import asks
from peering.cli.checks import Check, Health
from peering.cli.checks_of_app import answers, clock, configured, parts, roles, version
from peering.cli.checks_of_work import events, hubs, open_ends, pauses, roles_in_azure, sweep
from peering.cli.failures import Exit, Failure
from peering.cli.tables import Answer, blocks, lines, table

type Ask = Callable[[App, datetime], Iterator[Check]]

_FIRST = (answers,)
_THEN: tuple[Ask, ...] = (
    version,
    clock,
    configured,
    parts,
    roles,
    roles_in_azure,
    hubs,
    events,
    sweep,
    pauses,
    open_ends,
)
_NEEDED = ("app", "access")


@click.command("doctor")
@asks
def doctor(app: App) -> Answer:
    """Check the app, what it leans on, and whether its work goes on.

    Storage and Azure are asked by the app; roles, events, sweeps, pauses and clocks are checked from here. Nothing is
    written. Exit status 1: something fails; a warning is no failure.
    """
    found = examine(app, app.clock.now())
    failed = any(each.health is Health.FAIL for each in found)
    rows = [(each.health, each.name, each.detail) for each in found]
    todo = [f"{each.name}: {each.remedy}" for each in found if each.remedy]
    view = blocks(
        table(("", "CHECK", "FOUND"), rows, ""),
        *([lines("What to do:", *(f"  {one}" for one in todo))] if todo else []),
    )
    return Answer({"value": [each.document for each in found]}, view, Exit.NO if failed else Exit.DONE)


def examine(app: App, now: datetime) -> list[Check]:
    """Every check in turn; where nobody answers, or nobody lets us in, the rest would only say the same again."""
    found = list(answers(app, now))
    if any(each.health is Health.FAIL for each in found if each.name in _NEEDED):
        return found
    for ask in _THEN:
        try:
            found.extend(ask(app, now))
        except Failure as failure:
            found.append(Check(ask.__name__.replace("_", " "), Health.FAIL, str(failure)))
    return found
