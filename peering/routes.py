"""What the routes of HTTP answer: convert, call one function, convert back. Loaded by the first HTTP request."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import azure.functions as func

from peering import wiring
from peering.core.catalogue.reader import CatalogueError
from peering.core.network.failures import NO_ANSWER, AzureFailure, StorageFailure
from peering.log import logger
from peering.ports import Tables
from peering.settings import SettingsError
from peering.web import api, limits
from peering.web.bodies import read_sweep
from peering.web.problems import MEDIA_TYPE, Problem

if TYPE_CHECKING:
    from peering.service.context import Context

_log = logger("autopeer")
_LONGEST_READ = 28.0  # seconds; who asks has an answer within 30
_EVERY_ANSWER = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_MOST_NETWORKS = 5_000  # in a dry run: they are kept whole, beside everything else


def post_peering(req: func.HttpRequest, invocation: str, send: Callable[[str], None]) -> func.HttpResponse:
    """Ask for a spoke to be looked at."""
    try:
        catalogue = wiring.catalogue()
        request, answer = api.accept(req.get_body(), catalogue, _caller(req), invocation, wiring.now())
    except Problem as problem:
        return _problem(problem)
    except (SettingsError, CatalogueError) as error:
        return _response(api.unhealthy(error))
    send(request.to_json())
    return _response(answer)


async def list_peerings(req: func.HttpRequest) -> func.HttpResponse:
    """The records, by hub, state or spoke."""
    return await _read(lambda tables: api.page(tables.records, dict(req.params)))


async def get_peering(req: func.HttpRequest) -> func.HttpResponse:
    """One record and its history."""
    return await _read(lambda tables: api.one(tables.records, req.route_params["hub"], req.route_params["key"]))


async def post_sweep(req: func.HttpRequest, invocation: str, send: Callable[[str], None]) -> func.HttpResponse:
    """Order a sweep, or have the one that is under way go on; or say what one would come to."""
    try:
        wiring.catalogue()
        if read_sweep(req.get_body()):
            return _response(await _dry_run())
        order, answer = api.order_sweep(_caller(req), invocation, wiring.now())
    except Problem as problem:
        return _problem(problem)
    except (SettingsError, CatalogueError) as error:
        return _response(api.unhealthy(error))
    send(order.to_json())
    return _response(answer)


async def _dry_run() -> api.Answer:
    from peering.service.preview import preview  # noqa: PLC0415 - not needed to index the app
    from peering.web.dry_run import dry_run  # noqa: PLC0415 - as above

    return await dry_run(preview(await wiring.context(), most=_MOST_NETWORKS), _LONGEST_READ)


async def get_sweep() -> func.HttpResponse:
    """How far the sweep has got, and what the last one found."""
    return await _read(lambda tables: api.sweep_status(tables.sweeps))


async def get_pauses() -> func.HttpResponse:
    """What is paused, by whom, why and until when."""
    return await _read(lambda tables: limits.pauses(tables.pauses))


async def post_pause(req: func.HttpRequest) -> func.HttpResponse:
    """Have nothing written: for everything, for a hub or for a spoke."""

    async def begin(context: "Context") -> api.Answer:
        from peering.service.control import pause  # noqa: PLC0415 - not needed to index the app

        asked = limits.read_pause(req.get_body(), context.catalogue, _caller(req), context.clock())
        await pause(asked, context)
        return api.Answer(200, limits.pause_body(asked))

    return await _control(begin)


async def delete_pause(req: func.HttpRequest) -> func.HttpResponse:
    """End a pause before its time."""

    async def end(context: "Context") -> api.Answer:
        from peering.service.control import resume  # noqa: PLC0415 - as above

        scope = limits.scope_of(dict(req.params))
        if not await resume(scope, _caller(req), context):
            raise limits.no_such_pause(scope)
        return api.Answer(200, {"scope": scope, "ended": True})

    return await _control(end)


async def get_held(req: func.HttpRequest) -> func.HttpResponse:
    """What the brake holds back at a hub."""

    async def look(tables: Tables) -> api.Answer:
        from peering.service.control import held_at  # noqa: PLC0415 - as above

        held = await held_at(limits.hub_of(req.route_params["hub"], wiring.catalogue()), tables.records)
        return api.Answer(200, limits.held_body(held.hub, held.digest, held.rows))

    return await _read(look)


async def post_release(req: func.HttpRequest) -> func.HttpResponse:
    """Let go of what the brake holds back, as the list was that somebody has looked at."""

    async def let_go(context: "Context") -> api.Answer:
        from peering.service.control import release  # noqa: PLC0415 - as above

        hub = limits.hub_of(req.route_params["hub"], context.catalogue)
        held = await release(hub, limits.read_release(req.get_body()), _caller(req), context)
        if held is None:
            raise limits.another_list(hub)
        return api.Answer(202, limits.held_body(held.hub, held.digest, held.rows))

    return await _control(let_go)


async def _control(act: "Callable[[Context], Awaitable[api.Answer]]") -> func.HttpResponse:
    try:
        context = await wiring.context()
    except (SettingsError, CatalogueError) as error:
        return _response(api.unhealthy(error))
    return await _read(lambda _: act(context))


def health() -> func.HttpResponse:
    """Whether the app is configured. It is open to anybody, so it says no more than that."""
    try:
        wiring.catalogue()
    except (SettingsError, CatalogueError) as error:
        return _response(api.ailing(error))
    return _response(api.alive())


def health_details() -> func.HttpResponse:
    """Which hubs there are, or every reason why the app cannot work."""
    try:
        return _response(api.healthy(wiring.catalogue()))
    except (SettingsError, CatalogueError) as error:
        return _response(api.unhealthy(error))


def _caller(req: func.HttpRequest) -> str:
    name = req.headers.get("x-ms-client-principal-name") if wiring.settings().trusts_principal_header else None
    return (name or "a function key")[:100]


async def _read(ask: Callable[[Tables], Awaitable[api.Answer]]) -> func.HttpResponse:
    """Tables are all that it may ask: on a cold process nothing else is loaded for it."""
    try:
        tables = await wiring.tables()
        async with asyncio.timeout(_LONGEST_READ):  # one answer may take several questions to storage
            return _response(await ask(tables))
    except Problem as problem:
        return _problem(problem)
    except (SettingsError, CatalogueError) as error:
        return _response(api.unhealthy(error))
    except TimeoutError:
        return _unavailable(StorageFailure(NO_ANSWER, "TimedOut", "Storage took too long."))
    except AzureFailure as failure:
        return _unavailable(failure)


def _unavailable(failure: AzureFailure) -> func.HttpResponse:
    _log.warning("records cannot be read: %s", failure)
    return _response(api.unavailable(failure))


def _response(answer: api.Answer) -> func.HttpResponse:
    kind = MEDIA_TYPE if answer.status >= 400 else "application/json"
    return func.HttpResponse(
        # A caller's unpaired surrogate is no UTF-8; backslashreplace writes it as JSON's own escape.
        json.dumps(answer.body, ensure_ascii=False).encode("utf-8", "backslashreplace"),
        status_code=answer.status,
        headers=_EVERY_ANSWER | dict(answer.headers),
        mimetype=kind,
    )


def _problem(problem: Problem) -> func.HttpResponse:
    _log.info("refused a request: %s %s", problem.status, problem.detail)
    return _response(api.Answer(problem.status, problem.body()))
