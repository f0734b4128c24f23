"""The answer to a query: a page of its rows in the format asked for, and the way to the next page."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from typing import Any

from localazure.emulator.graph.refusals import invalid_token
from localazure.emulator.graph.row import Row, Table

type Json = dict[str, Any]

_DEFAULT_PAGE, _LARGEST_PAGE = 100, 1000
_OBJECTS_BY_DEFAULT_SINCE = "2020-04-01"  # before, the format was a table unless asked for otherwise
_CLUSTER = "https://arg-local-one-sf.arg.core.windows.net"
_OBJECTS = {"properties", "tags", "sku", "plan", "identity", "zones", "extendedlocation"}


def answer(table: Table, options: Json, version: str, *, limited: bool) -> Json:
    """`limited`: the query says how many rows it wants at most, so that pages do not go on."""
    start, size = _page(options)
    page = table.rows[start : start + size]
    found: Json = {
        "totalRecords": len(table.rows),
        "count": len(page),
        "data": _formatted(table.columns, page, options.get("resultFormat"), version),
        "facets": [],
        "resultTruncated": "false",
    }
    if start + size < len(table.rows):
        if "id" in {name.lower() for name in table.columns} and not limited:
            found["$skipToken"] = skip_token(start + size, size)
        else:
            found["resultTruncated"] = "true"
    return found


def _page(options: Json) -> tuple[int, int]:
    """Where the page starts and how long it is; a token knows both."""
    token = options.get("$skipToken")
    if token:
        return _read_token(str(token))
    size = min(int(options.get("$top") or _DEFAULT_PAGE), _LARGEST_PAGE)
    return int(options.get("$skip") or 0), size


def skip_token(start: int, size: int) -> str:
    """Base64 of indented JSON with CRLF, as the service's own (recording of 2021)."""
    text = json.dumps({"$id": "1", "MaxRows": size, "RowsToSkip": start, "KustoClusterUrl": _CLUSTER}, indent=2)
    return b64encode(text.replace("\n", "\r\n").encode()).decode()


def _read_token(token: str) -> tuple[int, int]:
    try:
        content = json.loads(b64decode(token, validate=True))
        return int(content["RowsToSkip"]), int(content["MaxRows"])
    except (Base64Error, ValueError, KeyError, TypeError) as error:
        raise invalid_token() from error


def _formatted(columns: tuple[str, ...], page: list[Row], wanted: str | None, version: str) -> Json | list[Json]:
    as_objects = version >= _OBJECTS_BY_DEFAULT_SINCE if wanted is None else wanted.lower() == "objectarray"
    cells = [[row.cell(name) for name in columns] for row in page]
    if as_objects:
        return [dict(zip(columns, row, strict=True)) for row in cells]
    described = [{"name": name, "type": _type(name, [row[n] for row in cells])} for n, name in enumerate(columns)]
    return {"columns": described, "rows": cells}


def _type(column: str, cells: list[Any]) -> str:
    """By what is in it; where nothing is, by its name."""
    found = next((each for each in cells if each is not None), {} if column.lower() in _OBJECTS else "")
    match found:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case _:
            return "object"
