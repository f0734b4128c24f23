"""The triggers: each converts what comes in, calls one function of the service, and converts what comes out.

Importing this file does no I/O and loads no Azure SDK but azure-functions itself: that is the cold start.
"""

import logging
from typing import TYPE_CHECKING, Any

import azure.functions as func

from peering import wiring
from peering.core.intake.events import Ignored, decode_event
from peering.core.intake.requests import Door, Request
from peering.core.intake.sweep_orders import SweepOrder
from peering.log import correlated, logger, quieten_sdks
from peering.settings import POISON_QUEUE, QUEUE, STORAGE, SettingsError

if TYPE_CHECKING:
    from peering.core.catalogue.policy import Catalogue
    from peering.core.catalogue.reader import CatalogueError

quieten_sdks()
app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
_log = logger("autopeer")


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
    from peering.core.network.failures import AzureFailure  # noqa: PLC0415 - these are loaded already, if the worker is
    from peering.service.coalesce import left_at_the_door  # noqa: PLC0415 - likewise

    with correlated(event.correlation):
        try:
            return await left_at_the_door(event, wiring.memory().looks, ports.requests, wiring.now)
        except AzureFailure as failure:
            _log.warning("a look could not be sent for later, so the event goes on the queue itself: %s", failure)
            return False


@app.queue_trigger(arg_name="message", queue_name=QUEUE, connection=STORAGE)
async def on_request(message: func.QueueMessage) -> None:
    """Bring the spoke of a request to where it should be."""
    from peering.core.catalogue.reader import CatalogueError  # noqa: PLC0415 - not needed to index the app
    from peering.service.worker import work  # noqa: PLC0415 - as above

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


def _catalogue() -> "Catalogue | None":
    """The hubs; None while there are faults in the catalogue: what could not be finished is recorded all the same."""
    from peering.core.catalogue.reader import CatalogueError  # noqa: PLC0415 - as above

    try:
        return wiring.catalogue()
    except CatalogueError:
        return None


async def _wait(body: str, error: "SettingsError | CatalogueError") -> None:
    """A mistake in a setting or in the catalogue costs time, and no request."""
    from peering.service.worker import wait_until_mended  # noqa: PLC0415 - as above

    _log.error("requests wait until the configuration is mended: %s", error)
    await wait_until_mended(body, wiring.principal(), await wiring.queue(), wiring.now())


@app.route("peerings", methods=["POST"])
@app.queue_output(arg_name="requests", queue_name=QUEUE, connection=STORAGE)
def post_peering(req: func.HttpRequest, context: func.Context, requests: func.Out[str]) -> func.HttpResponse:
    """Ask for a spoke to be looked at."""
    from peering import routes  # noqa: PLC0415 - for HTTP alone

    return routes.post_peering(req, context.invocation_id, requests.set)


@app.route("peerings", methods=["GET"])
async def list_peerings(req: func.HttpRequest) -> func.HttpResponse:
    """The records, by hub, state or spoke."""
    from peering import routes  # noqa: PLC0415 - for HTTP alone

    return await routes.list_peerings(req)


@app.route("peerings/{hub}/{key}", methods=["GET"])
async def get_peering(req: func.HttpRequest) -> func.HttpResponse:
    """One record and its history."""
    from peering import routes  # noqa: PLC0415 - for HTTP alone

    return await routes.get_peering(req)


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
    from peering import routes  # noqa: PLC0415 - for HTTP alone

    return await routes.post_sweep(req, context.invocation_id, requests.set)


@app.route("sweep", methods=["GET"])
async def get_sweep(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the worker binds by this name
    """How far the sweep has got, and what the last one found."""
    from peering import routes  # noqa: PLC0415 - for HTTP alone

    return await routes.get_sweep()


@app.route("pause", methods=["GET"])
async def get_pauses(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the worker binds by this name
    """What is paused, by whom, why and until when."""
    from peering import routes  # noqa: PLC0415 - for HTTP alone

    return await routes.get_pauses()


@app.route("pause", methods=["POST"])
async def post_pause(req: func.HttpRequest) -> func.HttpResponse:
    """Have nothing written: for everything, for a hub or for a spoke."""
    from peering import routes  # noqa: PLC0415 - for HTTP alone

    return await routes.post_pause(req)


@app.route("pause", methods=["DELETE"])
async def delete_pause(req: func.HttpRequest) -> func.HttpResponse:
    """End a pause before its time."""
    from peering import routes  # noqa: PLC0415 - for HTTP alone

    return await routes.delete_pause(req)


@app.route("hubs/{hub}/held", methods=["GET"])
async def get_held(req: func.HttpRequest) -> func.HttpResponse:
    """What the brake holds back at a hub."""
    from peering import routes  # noqa: PLC0415 - for HTTP alone

    return await routes.get_held(req)


@app.route("hubs/{hub}/release", methods=["POST"])
async def post_release(req: func.HttpRequest) -> func.HttpResponse:
    """Let go of what the brake holds back, as the list was that somebody has looked at."""
    from peering import routes  # noqa: PLC0415 - for HTTP alone

    return await routes.post_release(req)


@app.route("health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def health(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the worker binds by this name
    """Whether the app is configured. It is open to anybody, so it says no more than that."""
    from peering import routes  # noqa: PLC0415 - for HTTP alone

    return routes.health()


@app.route("health/details", methods=["GET"])
def health_details(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - as above
    """Which hubs there are, or every reason why the app cannot work."""
    from peering import routes  # noqa: PLC0415 - for HTTP alone

    return routes.health_details()


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
