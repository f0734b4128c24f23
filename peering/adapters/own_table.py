"""One of our tables: made with the first question to it, and its client kept."""

import asyncio

from azure.data.tables.aio import TableClient, TableServiceClient


class OwnTable:
    """A table by its name. A client is dear to make (a quarter of a millisecond), and some are asked at each write."""

    def __init__(self, service: TableServiceClient, name: str) -> None:
        self._service = service
        self._name = name
        self._client = service.get_table_client(name)
        self._made = asyncio.Lock()
        self._is_made = False

    async def client(self) -> TableClient:
        """The client, once the table is there."""
        async with self._made:
            if not self._is_made:
                await self._service.create_table_if_not_exists(self._name)
                self._is_made = True
        return self._client
