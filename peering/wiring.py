"""The composition root. Nothing here runs, and no SDK is imported, before the first invocation that needs it."""

import asyncio
import os
import random
import tomllib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from peering.core.catalogue import CatalogueError, read_catalogue
from peering.core.fields import Fault
from peering.core.policy import Catalogue
from peering.settings import Settings

if TYPE_CHECKING:
    from peering.adapters.clients import Outside
    from peering.service.world import World

ROOT = Path(__file__).resolve().parent.parent


def now() -> datetime:
    return datetime.now(UTC)


@cache
def settings() -> Settings:
    """The app settings; raises SettingsError each time until they are right."""
    return Settings.from_environment(os.environ, ROOT)


@cache
def catalogue() -> Catalogue:
    """The hubs; raises CatalogueError each time until the file is right."""
    return load_catalogue(settings().catalogue)


def load_catalogue(path: Path) -> Catalogue:
    """Read and validate a catalogue file; raises CatalogueError for one that is absent or not TOML, too."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        fault = Fault("(file)", f"cannot be read: {error.strerror}. Set AUTOPEER_CATALOGUE, or copy hubs.example.toml.")
        raise CatalogueError(str(path), (fault,)) from error
    except ValueError as error:
        raise CatalogueError(str(path), (Fault("(file)", f"is not TOML: {error}."),)) from error
    return read_catalogue(document, str(path))


_outside: "Outside | None" = None
_opening = asyncio.Lock()


async def outside() -> "Outside":
    """The adapters, made once. Importing the SDKs takes seconds, so it happens beside the event loop."""
    global _outside  # noqa: PLW0603 - one per process, as the connections are
    async with _opening:
        if _outside is None:
            _outside = await asyncio.to_thread(_open)
    return _outside


def _open() -> "Outside":
    from peering.adapters.clients import connect  # noqa: PLC0415 - the SDKs are too heavy to import at start

    return connect(settings())


async def world() -> "World":
    """Everything the service works with."""
    from peering.service.world import World  # noqa: PLC0415 - as above

    hubs, adapters = catalogue(), await outside()
    return World(
        catalogue=hubs,
        networks=adapters.networks,
        records=adapters.records,
        leases=adapters.leases,
        requests=adapters.requests,
        announcer=adapters.announcer,
        clock=now,
        chance=random.random,
        telemetry=adapters.telemetry,
        batch=settings().batch,
    )
