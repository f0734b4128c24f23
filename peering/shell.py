"""The composition root of the command line: Azure by the caller's own login, the app's storage by its settings.

The SDKs are imported by the command that needs them, so that checking a catalogue needs no more than Python.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from peering.catalogue_file import load_catalogue
from peering.cli.tools import Moved, Trouble
from peering.core.catalogue.policy import Catalogue
from peering.core.catalogue.reader import CatalogueError
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.record.by_name import OursByName
from peering.core.record.preview import EstateTooLarge, Preview
from peering.settings import Settings, SettingsError, reach_alone
from peering.wiring import now

if TYPE_CHECKING:
    from peering.ports import Ports
    from peering.service.context import Context

_WHO = "python -m peering"


class Shell:
    """Tools. `root` is the app's folder, `environment` has the settings."""

    def __init__(self, root: Path, environment: Mapping[str, str] = os.environ) -> None:
        self._root = root
        self._environment = environment

    def token(self, audience: str) -> str:
        async def ask() -> str:
            from peering.adapters.table_clients import own_token  # noqa: PLC0415 - as the module says

            return await own_token(audience)

        return _run(ask())

    def preview(self, catalogue: Path | None, *, with_records: bool) -> Preview:
        async def look(context: "Context") -> Preview:
            from peering.service.preview import preview  # noqa: PLC0415 - as the module says

            return await preview(context, with_records=with_records)

        return _run(self._with_azure(catalogue, look) if not with_records else self._with_app(catalogue, look))

    def ours_by_name(self, catalogue: Path | None) -> Sequence[OursByName]:
        async def look(context: "Context") -> Sequence[OursByName]:
            from peering.service.recovery import find_by_name  # noqa: PLC0415 - as above

            return await find_by_name(context)

        return _run(self._with_app(catalogue, look))

    def take_over(self, catalogue: Path | None, pairs: Sequence[tuple[str, VnetId]]) -> tuple[list[str], list[str]]:
        async def take(context: "Context") -> tuple[list[str], list[str]]:
            from peering.service.recovery import NotTakenOver, take_over  # noqa: PLC0415 - as above

            done, not_done = list[str](), list[str]()
            for hub, spoke in pairs:
                try:
                    row = await take_over(hub, spoke, _who(self._environment), context)
                    done.append(f"{spoke} has its record at hub {row.hub!r} again.")
                except NotTakenOver as why:
                    not_done.append(str(why))
                except AzureFailure as failure:
                    not_done.append(f"{spoke}: {_said(failure)}")
            return done, not_done

        return _run(self._with_app(catalogue, take))

    def export(self, file: Path) -> Moved:
        async def write(ports: "Ports") -> Moved:
            from peering.adapters.carried_lines import first_line, line_of  # noqa: PLC0415 - as above
            from peering.service.carry import carried_out  # noqa: PLC0415 - as above

            written = 0
            with _new_file(file) as lines:
                lines.write(f"{first_line(now())}\n")
                async for item in carried_out(ports.records, ports.pauses, now()):
                    lines.write(f"{line_of(item)}\n")
                    written += 1
            return Moved(written)

        return _run(self._with_storage(write))

    def import_(self, file: Path) -> Moved:
        async def read(ports: "Ports") -> Moved:
            from peering.service.carry import carry_in  # noqa: PLC0415 - as above

            for _ in _items(file):  # all of it, before anything is written
                pass
            written = [await carry_in(item, ports.records, ports.pauses) for item in _items(file)]
            return Moved(sum(written), len(written) - sum(written))

        return _run(self._with_storage(read))

    async def _with_azure[T](self, catalogue: Path | None, use: "Callable[[Context], Awaitable[T]]") -> T:
        """Networks alone: whoever may read them needs neither the app nor its storage."""
        reach = reach_alone(self._environment)
        hubs = self._hubs(catalogue, reach.installation)
        from peering.adapters.clients import networks_alone  # noqa: PLC0415 - as above
        from peering.adapters.table_clients import own_login  # noqa: PLC0415 - as above
        from peering.service.on_paper import questions_only  # noqa: PLC0415 - as above

        async with own_login() as credential, _closing(networks_alone(reach, credential)) as (networks, estate):
            return await use(_context(questions_only(networks, estate), hubs))

    async def _with_app[T](self, catalogue: Path | None, use: "Callable[[Context], Awaitable[T]]") -> T:
        """Networks and the app's storage."""
        reach = reach_alone(self._environment)
        hubs = self._hubs(catalogue, reach.installation)
        return await self._with_storage(lambda ports: use(_context(ports, hubs)))

    async def _with_storage[T](self, use: "Callable[[Ports], Awaitable[T]]") -> T:
        given = Settings.from_environment(self._environment, self._root)
        from peering.adapters.clients import connect  # noqa: PLC0415 - as above
        from peering.adapters.table_clients import own_login  # noqa: PLC0415 - as above

        quiet = replace(given, application_insights=None, topic_endpoint=None)
        async with own_login() as credential:
            ports = connect(quiet, credential=credential)
            async with _closing([getattr(ports, name) for name in type(ports).__dataclass_fields__]):
                return await use(ports)

    def _hubs(self, catalogue: Path | None, installation: str) -> Catalogue:
        file = catalogue or self._root / (self._environment.get("AUTOPEER_CATALOGUE") or "hubs.toml")
        return load_catalogue(file).of_installation(installation)


def _context(ports: "Ports", hubs: Catalogue) -> "Context":
    from peering.service.context import Context  # noqa: PLC0415 - as above

    return Context(ports=ports, catalogue=hubs, clock=now, chance=random.random)


def _who(environment: Mapping[str, str]) -> str:
    """The name of the person at this machine, for the record; Azure knows him by his login."""
    name = environment.get("USER") or environment.get("USERNAME")
    return f"{name[:60]} with {_WHO}" if name else _WHO


def _items(file: Path) -> Iterator[Any]:
    """The lines of an export, one after another; raises Trouble with the number of the first that is none."""
    from peering.adapters.carried_lines import NotCarried, check_first_line, item_of  # noqa: PLC0415 - as above

    number = 1
    try:
        with file.open(encoding="utf-8") as lines:
            check_first_line(lines.readline())
            for number, line in enumerate(lines, start=2):  # noqa: B007 - it is told below
                yield item_of(line)
    except (NotCarried, UnicodeError) as error:
        why = "it is no text." if isinstance(error, UnicodeError) else error
        raise Trouble(f"{file}, line {number}: {why} Nothing was written.") from error


@contextmanager
def _new_file(file: Path) -> Iterator[TextIO]:
    """Nothing is overwritten, and half an export is none."""
    with file.open("x", encoding="utf-8") as lines:
        try:
            yield lines
        except BaseException:
            file.unlink()
            raise


def _run[T](work: Coroutine[Any, Any, T]) -> T:
    """The result; whatever a person can do something about becomes Trouble."""
    try:
        return asyncio.run(work)
    except AzureFailure as failure:
        raise Trouble(_said(failure)) from failure
    except (SettingsError, CatalogueError, EstateTooLarge, OSError) as error:
        raise Trouble(str(error)) from error


def _said(failure: AzureFailure) -> str:
    if failure.code == "NoToken":
        return f"Azure does not know who you are. Run az login, then try again. It said: {failure.message}"
    return f"Azure, or the app's storage, answered {failure.code}: {failure.message}"


@asynccontextmanager
async def _closing[T: Sequence[Any]](adapters: T) -> AsyncIterator[T]:
    try:
        yield adapters
    finally:
        for each in adapters:
            if close := getattr(each, "close", None):
                await close()
