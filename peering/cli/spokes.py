"""Which network, and which pair, is meant: by resource id, by name where that is enough, or by key."""

import re
from collections.abc import Collection
from urllib.parse import quote

import click

from peering.cli.app import App, Document
from peering.cli.failures import Misused, Refused
from peering.cli.tables import network
from peering.core.network.resource_ids import InvalidResourceId, VnetId

_KEY = re.compile(r"[0-9a-f]{32}")
_PAGE = 1000
_NO_RECORD = "no-such-record"

spoke_argument = click.argument("spoke", metavar="SPOKE")
hub_option = click.option("--hub", metavar="HUB", help="The hub of the pair, where the network has several.")


def spoke_id(text: str) -> str:
    """The resource id, as it was written; raises Misused for what is none."""
    try:
        return str(VnetId.parse(text.strip()))
    except InvalidResourceId as error:
        raise Misused(f"SPOKE: {error}") from error


def is_name(text: str) -> bool:
    """Whether it is no resource id, nor meant for one."""
    return "/" not in text


def records_of(app: App, spoke: str, hub: str | None = None) -> list[Document]:
    """The records of one network, one for each hub.

    Raises:
        Misused: it is no id, and as a name it is nobody's, or that of several networks.
    """
    if is_name(spoke):
        found = [each for each in app.pages("peerings", {"size": _PAGE, "hub": hub}) if _is_called(each, spoke)]
        return _of_one(spoke, found)
    found = list(app.pages("peerings", {"spoke": spoke_id(spoke), "hub": hub}))
    return [each for each in found if hub is None or each["hub"] == hub.lower()]  # an older app ignores one of the two


def _is_called(record: Document, text: str) -> bool:
    return text.lower() in (network(record["spoke"]).lower(), str(record["key"]))


def _of_one(name: str, found: list[Document]) -> list[Document]:
    networks = sorted({str(record["spoke"]) for record in found}, key=str.lower)
    if not networks:
        what = "key" if _KEY.fullmatch(name) else "name"
        raise Refused(
            f"No record is of a network with the {what} {name[:80]!r}. Give its resource id.", 404, "no-such-record"
        )
    if len(networks) > 1:
        listed = "".join(f"\n  {each}" for each in networks[:20])
        raise Misused(f"{len(networks)} networks are called {name[:80]!r}. Give the resource id of one:{listed}")
    return found


def pair_of(app: App, spoke: str, hub: str | None, states: Collection[str] = ()) -> Document:
    """The one record of a network that can be meant; `states` are those in which it can."""
    found = records_of(app, spoke, hub)
    fitting = [each for each in found if not states or each["state"] in states] or found
    if not fitting:
        at = f" at hub {hub!r}" if hub else ""
        raise Refused(f"There is no record of {spoke}{at}. `autopeer why` says what would be.", 404, _NO_RECORD)
    if len(fitting) > 1:
        hubs = ", ".join(sorted(str(each["hub"]) for each in fitting))
        raise Misused(f"{network(fitting[0]['spoke'])} has several records, at the hubs {hubs}. Give --hub.")
    return fitting[0]


def path_of(record: Document) -> str:
    """Where one record is, below /api."""
    return f"peerings/{quote(str(record['hub']), safe='')}/{quote(str(record['key']), safe='')}"
