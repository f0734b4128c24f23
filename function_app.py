"""The triggers: each converts what comes in, calls one function of the service, and converts what comes out.

Importing this file does no I/O and loads no Azure SDK but azure-functions itself: that is the cold start.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import azure.functions as func

from peering import wiring
from peering.core.catalogue.policy import Catalogue
from peering.core.catalogue.reader import CatalogueError
from peering.core.intake.events import Ignored, decode_event
from peering.core.intake.requests import Door, Request
from peering.core.intake.sweep_orders import SweepOrder
from peering.core.network.failures import NO_ANSWER, AzureFailure, StorageFailure
from peering.log import correlated, logger, quieten_sdks
from peering.ports import Ports
from peering.settings import POISON_QUEUE, QUEUE, STORAGE, SettingsError
from peering.web import api, limits
from peering.web.bodies import read_sweep
from peering.web.problems import MEDIA_TYPE, Problem

if TYPE_CHECKING:
    from peering.service.context import Context

quieten_sdks()
app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
_log = logger("autopeer")
_LONGEST_READ = 28.0  # seconds; who asks has an answer within 30
_EVERY_ANSWER = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_MOST_NETWORKS = 5_000  # in a dry run: they are kept whole, beside everything else


@app.event_grid_trigger(arg_name="event")
@app.queue_output(arg_name="requests", queue_name=QUEUE, connection=STORAGE)
async def on_network_event(event: func.EventGridEvent, requests: func.Out[str]) -> None:
    """A network was written, tagged or deleted: put a request on the queue, and be done."""
    now = wiring.now()
    decision = decode_event(_document(event), wiring.principal(), now)
    if isinstance(decision, Ignored):
        _log.log(logging.WARNING if decision.malformed else logging.INFO, "event ignored: %s", decision.reason)
    elif not (isinstance(decision, Request) and await _is_left(decision)):
        requests.set(decision.to_json())


async def _is_left(event: Request) -> bool:
    """Whether a look that is on the queue stands for the event: who shares the worker's process knows of such."""
    ports = wiring.opened()
    if ports is None:
        return False
    from peering.service.coalesce import left_at_the_door  # noqa: PLC0415 - there already, if the worker is

    with correlated(event.correlation):
        try:
            return await left_at_the_door(event, wiring.looks(), ports.requests, wiring.now)
        except AzureFailure as failure:
            _log.warning("a look could not be sent for later, so the event goes on the queue itself: %s", failure)
            return False


@app.queue_trigger(arg_name="message", queue_name=QUEUE, connection=STORAGE)
async def on_request(message: func.QueueMessage) -> None:
    """Bring the spoke of a request to where it should be."""
    from peering.service.worker import work  # noqa: PLC0415 - not needed to index the app

    body = message.get_body().decode("utf-8", "replace")
    try:
        context = await wiring.context()
    except (SettingsError, CatalogueError) as error:
        await _wait(body, error)
    else:
        await work(body, wiring.principal(), context)


@app.queue_trigger(arg_name="message", queue_name=POISON_QUEUE, connection=STORAGE)
async def on_poison(message: func.QueueMessage) -> None:
    """Record as Abandoned what the worker failed at every time."""
    from peering.service.poison import abandon  # noqa: PLC0415 - as above

    body = message.get_body().decode("utf-8", "replace")
    try:
        ports = await wiring.ports()
    except SettingsError as error:
        await _wait(body, error)
    else:
        await abandon(body, ports, wiring.now(), _catalogue())


def _catalogue() -> Catalogue | None:
    """The hubs; None while there are faults in the catalogue: what could not be finished is recorded all the same."""
    try:
        return wiring.catalogue()
    except CatalogueError:
        return None


async def _wait(body: str, error: SettingsError | CatalogueError) -> None:
    """A mistake in a setting or in the catalogue costs time, and no request."""
    from peering.service.worker import wait_until_mended  # noqa: PLC0415 - as above

    _log.error("requests wait until the configuration is mended: %s", error)
    await wait_until_mended(body, wiring.principal(), await wiring.queue(), wiring.now())


@app.route("peerings", methods=["POST"])
@app.queue_output(arg_name="requests", queue_name=QUEUE, connection=STORAGE)
def post_peering(req: func.HttpRequest, context: func.Context, requests: func.Out[str]) -> func.HttpResponse:
    """Ask for a spoke to be looked at."""
    try:
        catalogue = wiring.catalogue()
        request, answer = api.accept(req.get_body(), catalogue, _caller(req), context.invocation_id, wiring.now())
    except Problem as problem:
        return _problem(problem)
    except (SettingsError, CatalogueError) as error:
        return _response(api.unhealthy(error))
    requests.set(request.to_json())
    return _response(answer)


@app.route("peerings", methods=["GET"])
async def list_peerings(req: func.HttpRequest) -> func.HttpResponse:
    """The records, by hub, state or spoke."""
    return await _read(lambda ports: api.page(ports.records, dict(req.params)))


@app.route("peerings/{hub}/{key}", methods=["GET"])
async def get_peering(req: func.HttpRequest) -> func.HttpResponse:
    """One record and its history."""
    return await _read(lambda ports: api.one(ports.records, req.route_params["hub"], req.route_params["key"]))


@app.timer_trigger(arg_name="timer", schedule="%AUTOPEER_SWEEP_SCHEDULE%")
@app.queue_output(arg_name="requests", queue_name=QUEUE, connection=STORAGE)
def on_schedule(timer: func.TimerRequest, context: func.Context, requests: func.Out[str]) -> None:  # noqa: ARG001 - bound
    """Order a sweep; the worker does it, within the time of one invocation after another."""
    who = "the timer"
    requests.set(SweepOrder(id=context.invocation_id, door=Door.SWEEP, who=who, when=wiring.now()).to_json())


@app.route("sweep", methods=["POST"])
@app.queue_output(arg_name="requests", queue_name=QUEUE, connection=STORAGE)
async def post_sweep(req: func.HttpRequest, context: func.Context, requests: func.Out[str]) -> func.HttpResponse:
    """Order a sweep, or have the one that is under way go on; or say what one would come to."""
    try:
        wiring.catalogue()
        if read_sweep(req.get_body()):
            return _response(await _dry_run())
        order, answer = api.order_sweep(_caller(req), context.invocation_id, wiring.now())
    except Problem as problem:
        return _problem(problem)
    except (SettingsError, CatalogueError) as error:
        return _response(api.unhealthy(error))
    requests.set(order.to_json())
    return _response(answer)


async def _dry_run() -> api.Answer:
    from peering.service.preview import preview  # noqa: PLC0415 - not needed to index the app
    from peering.web.dry_run import dry_run  # noqa: PLC0415 - as above

    return await dry_run(preview(await wiring.context(), most=_MOST_NETWORKS), _LONGEST_READ)


@app.route("sweep", methods=["GET"])
async def get_sweep(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the worker binds by this name
    """How far the sweep has got, and what the last one found."""
    return await _read(lambda ports: api.sweep_status(ports.sweeps))


@app.route("pause", methods=["GET"])
async def get_pauses(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the worker binds by this name
    """What is paused, by whom, why and until when."""
    return await _read(lambda ports: limits.pauses(ports.pauses))


@app.route("pause", methods=["POST"])
async def post_pause(req: func.HttpRequest) -> func.HttpResponse:
    """Have nothing written: for everything, for a hub or for a spoke."""

    async def begin(context: "Context") -> api.Answer:
        from peering.service.control import pause  # noqa: PLC0415 - not needed to index the app

        asked = limits.read_pause(req.get_body(), context.catalogue, _caller(req), context.clock())
        await pause(asked, context)
        return api.Answer(200, limits.pause_body(asked))

    return await _control(begin)


@app.route("pause", methods=["DELETE"])
async def delete_pause(req: func.HttpRequest) -> func.HttpResponse:
    """End a pause before its time."""

    async def end(context: "Context") -> api.Answer:
        from peering.service.control import resume  # noqa: PLC0415 - as above

        scope = limits.scope_of(dict(req.params))
        if not await resume(scope, _caller(req), context):
            raise limits.no_such_pause(scope)
        return api.Answer(200, {"scope": scope, "ended": True})

    return await _control(end)


@app.route("hubs/{hub}/held", methods=["GET"])
async def get_held(req: func.HttpRequest) -> func.HttpResponse:
    """What the brake holds back at a hub."""

    async def look(context: "Context") -> api.Answer:
        from peering.service.control import held_at  # noqa: PLC0415 - as above

        held = await held_at(limits.hub_of(req.route_params["hub"], context.catalogue), context)
        return api.Answer(200, limits.held_body(held.hub, held.digest, held.rows))

    return await _control(look)


@app.route("hubs/{hub}/release", methods=["POST"])
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


@app.route("health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def health(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the worker binds by this name
    """Whether the app is configured. It is open to anybody, so it says no more than that."""
    try:
        wiring.catalogue()
    except (SettingsError, CatalogueError) as error:
        return _response(api.ailing(error))
    return _response(api.alive())


@app.route("health/details", methods=["GET"])
def health_details(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - as above
    """Which hubs there are, or every reason why the app cannot work."""
    try:
        return _response(api.healthy(wiring.catalogue()))
    except (SettingsError, CatalogueError) as error:
        return _response(api.unhealthy(error))


def _caller(req: func.HttpRequest) -> str:
    name = req.headers.get("x-ms-client-principal-name") if wiring.settings().trusts_principal_header else None
    return (name or "a function key")[:100]


async def _read(ask: Callable[[Ports], Awaitable[api.Answer]]) -> func.HttpResponse:
    try:
        ports = await wiring.ports()
        async with asyncio.timeout(_LONGEST_READ):  # one answer may take several questions to storage
            return _response(await ask(ports))
    except Problem as problem:
        return _problem(problem)
    except SettingsError as error:
        return _response(api.unhealthy(error))
    except TimeoutError:
        return _unavailable(StorageFailure(NO_ANSWER, "TimedOut", "Storage took too long."))
    except AzureFailure as failure:
        return _unavailable(failure)


def _unavailable(failure: AzureFailure) -> func.HttpResponse:
    _log.warning("records cannot be read: %s", failure)
    return _response(api.unavailable(failure))


def _document(event: func.EventGridEvent | func.CloudEvent) -> dict[str, Any]:
    """The event as Event Grid sent it; the worker hands over either schema."""
    if isinstance(event, func.CloudEvent):
        return {
            "id": event.id,
            "type": event.type,
            "subject": event.subject,
            "time": str(event.time),
            "data": event.get_json(),
        }
    time = event.event_time.isoformat() if event.event_time else None
    return {
        "id": event.id,
        "eventType": event.event_type,
        "subject": event.subject,
        "eventTime": time,
        "data": event.get_json(),
    }


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
