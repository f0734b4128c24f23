"""The composition root. Nothing here runs, and no SDK is imported, before the first invocation that needs it."""

import asyncio
import os
import random
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from peering.settings import Settings, SettingsError, storage_alone

if TYPE_CHECKING:
    from peering.core.catalogue.policy import Catalogue
    from peering.ports import Ports, Requests, Tables
    from peering.service.context import Context, Memory

ROOT = Path(__file__).resolve().parent.parent


def now() -> datetime:
    return datetime.now(UTC)


@cache
def settings() -> Settings:
    """The app settings; raises SettingsError each time until they are right."""
    return Settings.from_environment(os.environ, ROOT)


def principal() -> str | None:
    """The object id of our own identity; None while the settings are wrong, when it cannot be relied upon."""
    try:
        return settings().principal_id
    except SettingsError:
        return None


@cache
def catalogue() -> "Catalogue":
    """The hubs; raises CatalogueError each time until the file is right."""
    from peering.catalogue_file import load_catalogue  # noqa: PLC0415 - an event does without

    return load_catalogue(settings().catalogue).of_installation(settings().installation)


_tables: "Tables | None" = None
_ports: "Ports | None" = None
_queue: "Requests | None" = None
_opening = asyncio.Lock()


async def tables() -> "Tables":
    """The tables alone: an answer by HTTP on a cold process waits for no other SDK."""
    if _tables is not None:
        return _tables
    async with _opening:
        return await asyncio.to_thread(_open_tables)


def _open_tables() -> "Tables":
    global _tables  # noqa: PLW0603 - one per process, as the connections are
    if _tables is None:
        from peering.adapters.table_clients import open_tables  # noqa: PLC0415 - too heavy to import at start

        _tables = open_tables(settings().storage)
    return _tables


async def ports() -> "Ports":
    """The adapters, made once. Importing the SDKs takes seconds, so it happens beside the event loop."""
    global _ports  # noqa: PLW0603 - as above
    async with _opening:
        if _ports is None:
            _ports = await asyncio.to_thread(_open)
    return _ports


def opened() -> "Ports | None":
    """The adapters, where this process has made them already."""
    return _ports


def _open() -> "Ports":
    from peering.adapters.clients import connect  # noqa: PLC0415 - as above

    return connect(settings(), tables=_open_tables())


async def queue() -> "Requests":
    """The queue, for as long as the settings or the catalogue are wrong: it needs no more than where storage is."""
    global _queue  # noqa: PLW0603 - as above
    async with _opening:
        if _queue is None:
            _queue = await asyncio.to_thread(_open_queue)
    return _queue


def _open_queue() -> "Requests":
    from peering.adapters.clients import queue_alone  # noqa: PLC0415 - as above

    return queue_alone(storage_alone(os.environ))


@cache
def memory() -> "Memory":
    """What this process remembers from one message to the next."""
    from peering.service.context import Memory  # noqa: PLC0415 - as above

    return Memory()


async def context() -> "Context":
    """Everything the service works with."""
    from peering.service.context import Context  # noqa: PLC0415 - as above

    hubs = catalogue()  # first: a fault in it is told before anything is connected
    given = settings()
    return Context(
        ports=await ports(),
        catalogue=hubs,
        clock=now,
        chance=random.random,
        batch=given.batch,
        history=given.history,
        memory=memory(),
    )
