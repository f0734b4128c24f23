"""What is carried, as JSON lines: a first one that says what the file is, then one for each row of a table.

The columns are those of the tables, so that what a later version has added is carried along.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from azure.data.tables import EdmType, EntityProperty

from peering.adapters.entities import from_entity, to_entity
from peering.adapters.pause_columns import from_columns, to_columns
from peering.adapters.table_rows import MALFORMED
from peering.core.record.carried import Carried, Entry, Halt, Wish

_KIND, _VERSION = "autopeer", 1
_HALT, _WISH, _ENTRY = "pause", "wish", "history"


class NotCarried(ValueError):
    """The line is none of an export's, or none that this version can read; the text says why."""


def first_line(now: datetime) -> str:
    """What the file is, and when it was written."""
    return json.dumps({"kind": _KIND, "version": _VERSION, "exported": now.isoformat()})


def check_first_line(text: str) -> None:
    """Raises NotCarried for a file that is no export, and for one of a later version."""
    head = _object(text)
    if head.get("kind") != _KIND:
        raise NotCarried("it is no export of Autopeer's: those begin with a line that says so.")
    if head.get("version") != _VERSION:
        raise NotCarried(f"it has version {head.get('version')!r}, and this Autopeer reads version {_VERSION}.")


def line_of(item: Carried) -> str:
    """One line, without its end."""
    return json.dumps(_document(item))


def _document(item: Carried) -> dict[str, Any]:
    match item:
        case Halt(pause):
            return {"kind": _HALT, "row": _shown(to_columns(pause))}
        case Wish(row):
            return {"kind": _WISH, "row": _shown(to_entity(row))}
        case Entry(row, when):
            entity = to_entity(row) | {"PartitionKey": row.spoke.key, "hub": row.hub}
            return {"kind": _ENTRY, "when": when.isoformat(), "row": _shown(entity)}


def item_of(text: str) -> Carried:
    """The item that a line stands for; raises NotCarried."""
    document = _object(text)
    try:
        columns = {name: _value(value) for name, value in document["row"].items()}
        match document.get("kind"):
            case kind if kind == _HALT:
                return Halt(from_columns(columns))
            case kind if kind == _WISH:
                return Wish(from_entity(columns, None))
            case kind if kind == _ENTRY:
                return Entry(from_entity(columns, None), datetime.fromisoformat(document["when"]).astimezone(UTC))
            case kind:
                raise NotCarried(f"it is of a kind that this Autopeer does not know, {str(kind)[:40]!r}.")
    except MALFORMED as error:
        if isinstance(error, NotCarried):
            raise
        raise NotCarried(f"it cannot be read: {str(error)[:200] or type(error).__name__}.") from error


def _object(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotCarried("it is not JSON.") from error
    if not isinstance(document, dict):
        raise NotCarried("it is no JSON object.")
    return document


def _shown(entity: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _typed(value) for name, value in entity.items()}


def _typed(value: Any) -> Any:  # noqa: ANN401 - whatever a table can hold
    """A time as text, which is how rows are read; what has a type that nobody here knows, with its type."""
    match value:
        case EntityProperty():
            return {"type": str(EdmType(value.edm_type).value), "value": value.value}
        case bytes():
            return {"type": EdmType.BINARY.value, "value": b64encode(value).decode()}
        case datetime():
            return value.isoformat()
        case _:
            return value


def _value(value: Any) -> Any:  # noqa: ANN401 - as above
    if not isinstance(value, dict):
        return value
    if value["type"] == EdmType.BINARY.value:
        return b64decode(value["value"])
    return EntityProperty(value["value"], EdmType(value["type"]))
