"""This version reads the rows and messages of every earlier one, and keeps all that is in them."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.upgrade.document import Json, read, write
from tests.upgrade.dump import dump_of
from tests.upgrade.messages import UNREADABLE_BODIES, events
from tests.upgrade.names import (
    UNKNOWN,
    UNREADABLE,
    Door,
    Ignored,
    InvalidRequest,
    State,
    decode_message,
    from_entity,
    read_catalogue,
    to_entity,
    vnet_from_arm,
    vnet_id,
)
from tests.upgrade.story import tell

DUMPS = {file.parent.name: read(file.read_text("utf-8")) for file in sorted(Path(__file__).parent.glob("*/*.json"))}
FIRST_STATES = ("Pending", "AwaitingApproval", "Connected", "Refused", "Failed", "Abandoned", "Leaving", "Removed")
FIRST_DOORS = ("event", "http", "sweep", "retry")
every_dump = pytest.mark.parametrize("dump", DUMPS.values(), ids=DUMPS.keys())


def rows_of(dump: Json, table: str) -> list[Json]:
    found: list[Json] = dump["tables"][table]
    return [row for row in found if row["PartitionKey"] != UNREADABLE]


def kept(row: Json, again: Mapping[str, Any]) -> Json:
    """What is written when the row is saved as it was read, as far as the row had it."""
    return {name: again.get(name) for name in row}


@every_dump
def test_rows_are_read_without_loss(dump: Json) -> None:
    for row in rows_of(dump, "peerings"):
        assert kept(row, to_entity(from_entity(row, "etag"))) == row


@every_dump
def test_the_history_is_read_without_loss(dump: Json) -> None:
    for row in rows_of(dump, "history"):
        record = from_entity(row, "etag")
        keys = {name: row[name] for name in ("PartitionKey", "RowKey", "hub")}
        assert (record.spoke.key, record.hub) == (row["PartitionKey"], row["hub"])
        assert kept(row, to_entity(record) | keys) == row


@every_dump
def test_pointers_lead_to_every_row(dump: Json) -> None:
    pointers = {(row["RowKey"], row["PartitionKey"]) for row in rows_of(dump, "spokes")}
    assert pointers == {(row["PartitionKey"], row["RowKey"]) for row in rows_of(dump, "peerings")}


@every_dump
def test_messages_are_read(dump: Json) -> None:
    """Each is about a spoke; what nobody could read then is refused now, and not misread."""
    for body in dump["messages"]:
        if body in UNREADABLE_BODIES:
            with pytest.raises(InvalidRequest):
                decode_message(body, None, dump["now"])
        else:
            entries = decode_message(body, dump["own_principal"], dump["now"])
            assert entries
            assert not [entry for entry in entries if isinstance(entry, Ignored)], body


@every_dump
def test_networks_and_catalogue_are_read(dump: Json) -> None:
    ids = {str(vnet_from_arm(document).id) for document in dump["networks"]}
    hubs = read_catalogue(tomllib.loads("\n".join(dump["catalogue"]))).hubs
    assert {str(hub.vnet) for hub in hubs.values()} <= ids


@every_dump
def test_a_dump_has_something_of_everything(dump: Json) -> None:
    """As far as the first release knew it: what came later cannot be in a dump that is never changed."""
    assert missing(dump, FIRST_STATES, FIRST_DOORS) == []


async def test_the_next_release_can_be_dumped() -> None:
    """The generator keeps up with the code: what it makes today is as complete, and comes back from its file."""
    dump = dump_of(await tell())
    assert missing(dump) == []
    assert read(write(dump)) == dump


def test_a_dump_that_lacks_something_is_noticed() -> None:
    dump = next(iter(DUMPS.values()))
    poor = dump | {"queue": [], "tables": dump["tables"] | {"peerings": dump["tables"]["peerings"][:1]}}
    assert len(missing(poor)) > 10


def test_a_time_survives_the_file() -> None:
    row = {"at": datetime(2026, 11, 23, 12, 0, 0, 123456, UTC), "as text": "2026-11-23T12:00:00+00:00"}
    assert read(write(row)) == row


def missing(dump: Json, states: Iterable[str] = State, doors: Iterable[str] = Door) -> list[str]:
    """What a dump should have an example of, and has not."""
    rows = rows_of(dump, "peerings")
    wanted = {f"state {state}": any(row["state"] == state for row in rows) for state in states}
    wanted |= {
        f"a {state} row with a pair": any(row["state"] == state and row["spokePeering"] for row in rows)
        for state in (State.PENDING, State.CONNECTED, State.FAILED, State.LEAVING)
    }
    # 0.1.0 called a spoke Refused whose pair stood all the same; since then it stays Connected, with the finding.
    wanted["a pair with something against it"] = any(
        row["state"] in (State.CONNECTED, State.REFUSED) and row["spokePeering"] and row["findings"] != "[]"
        for row in rows
    )
    wanted |= {f"a row by {door}": any(row["door"] == door for row in rows) for door in ("event", "http", "sweep")}
    wanted |= {
        "partition unknown": any(row["PartitionKey"] == UNKNOWN for row in rows),
        "a hub that left the catalogue": any(row["PartitionKey"] == "old" for row in rows),
        "an adopted half": any(row["spokePeering"].endswith("/mine") for row in rows),
        "notes": any(row["notes"] != "[]" for row in rows),
        "several findings": any(row["findings"].count('"code"') > 1 for row in rows),
        "a Pending row that waits": any(row["state"] == State.PENDING and "notBefore" in row for row in rows),
        "a Leaving row that waits": any(row["state"] == State.LEAVING and "notBefore" in row for row in rows),
        "a row that waits for nothing": any(row["state"] == State.LEAVING and "notBefore" not in row for row in rows),
        "attempts": any(row["attempts"] > 1 for row in rows),
        "IPv6": any(":" in row["addressSpace"] for row in rows),
        "named by request": any(row["namedBy"] == "request" for row in rows),
        "unreadable messages": any(row["PartitionKey"] == UNREADABLE for row in dump["tables"]["history"]),
        "a lease of somebody who died": bool(dump["leases"]),
        "a half of a pair": '"Initiated"' in str(dump["networks"]).replace("'", '"'),
    }
    wanted |= _messages(dump, doors) | (_with_alarms(dump, rows) if "notes" in dump else {})
    return [name for name, found in wanted.items() if not found]


def _messages(dump: Json, doors: Iterable[str]) -> dict[str, bool]:
    bodies = [each["body"] for each in dump["queue"]]
    forms = events(vnet_id("later"), dump["now"])
    wanted = {f"on the queue: {form}": body in bodies for form, body in forms.items()}
    wanted |= {f"on the queue: by {door}": any(f'"door": "{door}"' in body for body in bodies) for door in doors}
    return wanted | {"on the queue: a second attempt": any('"attempt": 1' in body for body in bodies)}


def _with_alarms(dump: Json, rows: list[Json]) -> dict[str, bool]:
    """What there is since alarms wake the rows and a lease bears a note. 0.1.0 had neither."""
    waits = [json.loads(each["body"]) for each in dump["queue"] if each["body"].startswith("{")]
    alarms = [each for each in waits if each.get("kind") == "alarm"]
    noted = {name for note in dump["notes"].values() for name in note}
    columns = ("failingSince", "doubtedSince", "deaths", "beginWith", "told", "graceEnds", "tag")
    return {
        **{f"a row with {column}": any(row.get(column) for row in rows) for column in columns},
        **{f"a note with {name}": name in noted for name in ("alarm", "notbefore", "busysince", "refusals", "turn")},
        "on the queue: an alarm": any(alarm["poisoned"] == 0 for alarm in alarms),
        "on the queue: an alarm that failed": any(alarm["poisoned"] for alarm in alarms),
        "on the queue: an alarm of the rows without a hub": any(alarm["hub"] == UNKNOWN for alarm in alarms),
        "on the queue: a second look": any(each.get("repeated") for each in waits),
        "on the queue: a gateway that came or went": any(each.get("kind") == "gateway" for each in waits),
        "on the queue: a hub that it may belong to": any(each.get("gateway") for each in waits),
        "on the queue: an order to sweep": any(each.get("kind") == "sweep" for each in waits),
        "on the queue: a half that is left over": any(each.get("half_at") for each in waits),
        "on the queue: a network that was deleted": any(each.get("gone") for each in waits),
    }
