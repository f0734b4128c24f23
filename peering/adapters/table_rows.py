"""Rows of a table, read around those that the SDK itself cannot read.

azure-data-tables decodes a whole page at once and gives up at the first property that it does not understand, such as
the time `1-01-01T00:00:00Z`, which it writes itself for the year 1 (docs/facts/storage.md, Times in a row). So the page
is taken as the service sent it, from the SDK's own hook, and read row by row. A value that has a type keeps it, and
the text it was sent as: what we do not know is written back as it was.
"""

from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import EdmType, EntityProperty
from azure.data.tables.aio import TableClient

from peering.core.network.failures import NO_ANSWER, UNEXPECTED, StorageFailure
from peering.log import logger

_log = logger(__name__)

MALFORMED = (AttributeError, KeyError, TypeError, ValueError, OverflowError, RecursionError)
"""What reading a row raises where it is not as it should be: the SDK's errors, and ours."""

_TYPE = "@odata.type"
_NEXT = ("x-ms-continuation-NextPartitionKey", "x-ms-continuation-NextRowKey")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its properties, keys and time stamp included, and its etag."""

    properties: Mapping[str, Any]
    etag: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to ask a table for. `token` is where the page begins, as `partition/row`: neither can contain a slash."""

    condition: str
    parameters: Mapping[str, str | datetime]
    select: tuple[str, ...] = ()
    size: int | None = None
    token: str | None = None


async def read_row(table: TableClient, partition: str, key: str) -> Row | None:
    """One row; None when it is not there, or cannot be read."""
    answers: list[Any] = []
    try:
        await table.get_entity(partition, key, raw_response_hook=answers.append)
    except ResourceNotFoundError:
        return None
    except MALFORMED:
        if not answers:  # nothing came: it is not about the row
            raise
    return next(iter(_rows([answers[-1].http_response.json()])), None)


async def read_page(table: TableClient, query: Query) -> tuple[list[Row], str | None]:
    """The rows of one page that can be read, and the token of the next page."""
    answers: list[Any] = []
    found = table.query_entities(
        query.condition,
        parameters=dict(query.parameters),
        select=list(query.select) or None,
        results_per_page=query.size,
        raw_response_hook=answers.append,
    )
    try:
        await anext(found.by_page(_continuation(query.token)))
    except MALFORMED:
        if not answers:
            raise
    response = answers[-1].http_response
    document = response.json()
    rows = document.get("value") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise StorageFailure(NO_ANSWER, UNEXPECTED, f"The answer to a query of table {table.table_name} is no page.")
    return _rows(rows), _token(response.headers)


async def read_first(table: TableClient, query: Query) -> Row | None:
    """The first row; a page may be empty and still lead to another."""
    rows, token = await read_page(table, query)
    while not rows and token:
        rows, token = await read_page(table, replace(query, token=token))
    return rows[0] if rows else None


async def read_all(table: TableClient, query: Query) -> list[Row]:
    """The rows of all pages that can be read."""
    rows, token = await read_page(table, query)
    while token:
        following, token = await read_page(table, replace(query, token=token))
        rows += following
    return rows


def _rows(documents: Iterable[Mapping[str, Any]]) -> list[Row]:
    rows = []
    for document in documents:
        try:
            rows.append(_row(document))
        except MALFORMED as error:
            say_unreadable(f"{document.get('PartitionKey')}/{document.get('RowKey')}", repr(error))
    return rows


def _row(document: Mapping[str, Any]) -> Row:
    names = [name for name in document if not name.startswith("odata.") and not name.endswith(_TYPE)]
    properties = {name: _value(document[name], document.get(f"{name}{_TYPE}")) for name in names}
    return Row(properties, document.get("odata.etag"))


def _value(value: Any, kind: str | None) -> Any:  # noqa: ANN401 - whatever a table can hold
    if kind is None or kind == EdmType.STRING:
        return value
    if kind == EdmType.BINARY:  # the one type that the SDK does not write as it was read
        return b64decode(value)
    return EntityProperty(value, EdmType(kind))


@lru_cache(maxsize=1000)
def say_unreadable(where: str, why: str) -> None:
    """Once for each row and reason: it is read again and again."""
    _log.error("row %s is passed over, correct or delete it: %s", where, why)


def _token(headers: Mapping[str, str]) -> str | None:
    partition, row = (headers.get(name) or "" for name in _NEXT)
    return f"{partition}/{row}" if partition or row else None


def _continuation(token: str | None) -> Any:  # noqa: ANN401 - the SDK says str and takes what it gave, a dict
    if not token:
        return None
    partition, _, row = token.partition("/")
    return {"PartitionKey": partition, "RowKey": row}
