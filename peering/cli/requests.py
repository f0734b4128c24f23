"""`request`, `leave` and `retry`: have the app look at networks."""

from collections.abc import Sequence

import click

from peering.cli.app import App, Document
from peering.cli.asking import asks
from peering.cli.failures import Misused, NothingToDo
from peering.cli.records import STATES
from peering.cli.spokes import hub_option, is_name, pair_of, path_of, spoke_argument, spoke_id
from peering.cli.tables import Answer, blocks, lines, network, table
from peering.cli.waiting import NOT_OVER, answered, outcome, wait_options

_AGAIN = ("Failed", "Refused", "Abandoned", "Pending")
_STANDING = tuple(state for state in STATES if state != "Removed")


@click.command("request")
@spoke_argument
@click.option("--hub", metavar="HUB", help="The hub to join, where the network has no tag.")
@click.option("--restore", is_flag=True, help="Set the pair's switches as the catalogue has them.")
@click.option("--once", metavar="KEY", help="An Idempotency-Key: the same request sent twice is one.")
@wait_options
@asks
def request(
    app: App, *, spoke: str, hub: str | None, restore: bool, once: str | None, wait: bool, at_most: int
) -> Answer:
    """Ask for a network to be looked at, and joined to a hub.

    SPOKE is a resource id; of a network that has a record, its name is enough.
    """
    meant = str(pair_of(app, spoke, None)["spoke"]) if is_name(spoke) else spoke_id(spoke)
    body: Document = {"spoke": meant} | ({"hub": hub} if hub else {}) | ({"restore": True} if restore else {})
    accepted = app.post("peerings", body, {"Idempotency-Key": once} if once else None)
    if not wait:
        return Answer(accepted, lines(f"Asked for. Its id is {accepted['id']}. See: autopeer why {meant}"))
    record = outcome(app, lambda: _outcome_of(app, accepted["id"]), at_most)
    return answered(record, accepted, at_most)


def _outcome_of(app: App, identity: str) -> Document | None:
    """The record, once this very request is done; while it is worked on, as it stands, as one that is under way.

    Raises:
        NothingToDo: it is done, and there is no record.
    """
    found = app.get(f"requests/{identity}")
    if found["status"] == "queued":  # what stands there says nothing of it
        return None
    if found["status"] != "done":
        record = _record_at(found.get("hub"), found.get("records") or ())
        return record and {**record, "state": record["state"] if record["state"] in NOT_OVER else "Pending"}
    if outcome := found.get("outcome"):
        return dict(outcome)
    text = f"Autopeer has looked, and no hub has a record of {network(found['spoke'])}: there was nothing to do."
    raise NothingToDo(f"{text} See: autopeer plan {found['spoke']}")


def _record_at(hub: str | None, records: Sequence[Document]) -> Document | None:
    """Of the records of one network that of the hub that was asked for; else the first."""
    return next((each for each in records if each["hub"] == hub), records[0] if records else None)


@click.command("leave")
@spoke_argument
@hub_option
@wait_options
@asks
def leave(app: App, *, spoke: str, hub: str | None, wait: bool, at_most: int) -> Answer:
    """Have a network leave its hub at once, without grace.

    Its tag must be gone, or it had none: as long as the tag names the hub the app says no.
    """
    record = pair_of(app, spoke, hub, _STANDING)
    accepted = app.delete(path_of(record))
    if not wait:
        leaves = "has left" if record["state"] == "Removed" else "leaves"
        return Answer(accepted, lines(f"{network(record['spoke'])} {leaves} hub {record['hub']}."))
    return answered(outcome(app, lambda: _outcome_of(app, accepted["id"]), at_most), accepted, at_most, "Removed")


@click.command("retry", no_args_is_help=True)
@click.option("--hub", metavar="HUB", help="At this hub.")
@click.option(
    "--state",
    type=click.Choice(_AGAIN, case_sensitive=False),
    help="In this state.",
)
@asks
def retry(app: App, *, hub: str | None, state: str | None) -> Answer:
    """Have all networks of a hub, or in a state, looked at again now; waits end.

    `autopeer retry --hub prod-weu --state Failed`
    """
    if not (hub or state):
        raise Misused("Which ones? Give --hub, --state or both.")
    asked = {name: value for name, value in (("hub", hub), ("state", state)) if value}
    found = app.post("peerings:retry", asked)
    rows = [(each["hub"], network(each["spoke"]), each["key"]) for each in found.get("value") or ()]
    again = [lines("There are more. Once these are done: the same again.")] if found.get("more") else []
    view = blocks(table(("HUB", "SPOKE", "KEY"), rows, "There is none: nothing is looked at again."), *again)
    return Answer(found, view)
