"""What the adapter of the tables sees of the SDK, in memory, each call a turn of the scheduler."""

import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from azure.core.exceptions import ResourceExistsError, ResourceModifiedError, ResourceNotFoundError

from tests.service.model.interleavings import Scheduler

type Key = tuple[str, str]

_CONDITIONS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], bool]] = {
    "PartitionKey eq @key": lambda row, given: row["PartitionKey"] == given["key"],
    "PartitionKey eq @hub and state ne 'Removed'": lambda row, given: (
        row["PartitionKey"] == given["hub"] and row["state"] != "Removed"
    ),
    "PartitionKey eq @hub and takenAt ge @since": lambda row, given: (
        row["PartitionKey"] == given["hub"] and "takenAt" in row and row["takenAt"] >= given["since"]
    ),
    "PartitionKey eq @hub and (state eq 'Pending' or state eq 'Leaving' or notBefore gt @ever )": lambda row, given: (
        row["PartitionKey"] == given["hub"]
        and (row["state"] in ("Pending", "Leaving") or row.get("notBefore", given["ever"]) > given["ever"])
    ),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the SDK's hook is given: the answer as it came."""

    document: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def http_response(self) -> Self:
        return self

    def json(self) -> Mapping[str, Any]:
        return self.document


type Hook = Callable[[Answer], object]


class Table:
    """One table: entities by their keys, each with an etag that changes with every write. Stands in for TableClient."""

    def __init__(self, name: str, scheduler: Scheduler, etags: "itertools.count[int]") -> None:
        self.table_name = name
        self.rows: dict[Key, dict[str, Any]] = {}
        self._scheduler = scheduler
        self._etags = etags

    def _put(self, entity: Mapping[str, Any]) -> dict[str, str]:
        etag = f"{next(self._etags)}"
        self.rows[entity["PartitionKey"], entity["RowKey"]] = {**entity, "odata.etag": etag}
        return {"etag": etag}

    def _check(self, key: Key, etag: str | None) -> None:
        if key not in self.rows:
            raise ResourceNotFoundError("no such row")
        if etag is not None and self.rows[key]["odata.etag"] != etag:
            raise ResourceModifiedError("it was changed")

    async def _call[T](self, what: str, effect: Callable[[], T]) -> T:
        return await self._scheduler.call("table", f"{self.table_name}: {what}", effect)

    async def create_entity(self, entity: Mapping[str, Any], **_: object) -> dict[str, str]:
        def effect() -> dict[str, str]:
            if (entity["PartitionKey"], entity["RowKey"]) in self.rows:
                raise ResourceExistsError("it is there")
            return self._put(entity)

        return await self._call(f"create {_short(entity)}", effect)

    async def update_entity(self, entity: Mapping[str, Any], *, etag: str, **_: object) -> dict[str, str]:
        def effect() -> dict[str, str]:
            self._check((entity["PartitionKey"], entity["RowKey"]), etag)
            return self._put(entity)

        return await self._call(f"update {_short(entity)}", effect)

    async def upsert_entity(self, entity: Mapping[str, Any]) -> dict[str, str]:
        return await self._call(f"upsert {_short(entity)}", lambda: self._put(entity))

    async def get_entity(self, partition: str, row: str, *, raw_response_hook: Hook) -> None:
        def effect() -> Answer:
            self._check((partition, row), None)
            return Answer(self.rows[partition, row])

        raw_response_hook(await self._call(f"get {partition}", effect))

    async def delete_entity(self, partition: str, row: str, *, etag: str | None = None, **_: object) -> None:
        def effect() -> None:
            self._check((partition, row), etag)
            del self.rows[partition, row]

        await self._call(f"delete {partition}", effect)

    def query_entities(
        self, condition: str, *, parameters: Mapping[str, Any], raw_response_hook: Hook, **_: object
    ) -> "Pages":
        def effect() -> Answer:
            fits = _CONDITIONS[condition]
            return Answer({"value": [row for _, row in sorted(self.rows.items()) if fits(row, parameters)]})

        async def page() -> AsyncIterator[None]:
            raw_response_hook(await self._call(f"query {next(iter(parameters.values()))}", effect))
            yield

        return Pages(page)


@dataclass(frozen=True, slots=True)
class Pages:
    """One page is all there is."""

    page: Callable[[], AsyncIterator[None]]

    def by_page(self, _token: object) -> AsyncIterator[None]:
        return self.page()


def _short(entity: Mapping[str, Any]) -> str:
    return " ".join(str(entity.get(name, ""))[-40:] for name in ("PartitionKey", "spoke", "state", "notBefore"))


class Tables:
    """Stands in for TableServiceClient."""

    def __init__(self, scheduler: Scheduler) -> None:
        etags = itertools.count(1)
        self.tables = {name: Table(name, scheduler, etags) for name in ("peerings", "history", "spokes", "pauses")}

    async def create_table_if_not_exists(self, name: str) -> None:
        """They are there."""

    def get_table_client(self, name: str) -> Table:
        return self.tables[name]
