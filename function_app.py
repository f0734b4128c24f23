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
        await work(body, wiring.principal(), context, message.dequeue_count or 1)


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


@app.timer_trigger(arg_name="timer", schedule="%AUTOPEER_SWEEP_SCHEDULE%")
@app.queue_output(arg_name="requests", queue_name=QUEUE, connection=STORAGE)
def on_schedule(timer: func.TimerRequest, context: func.Context, requests: func.Out[str]) -> None:  # noqa: ARG001 - bound
    """Order a sweep; the worker does it, within the time of one invocation after another."""
    who = "the timer"
    requests.set(SweepOrder(id=context.invocation_id, door=Door.SWEEP, who=who, when=wiring.now()).to_json())


@app.route("problems", methods=["GET", "HEAD"], auth_level=func.AuthLevel.ANONYMOUS)
def explain(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the worker binds by this name
    """What each kind of problem means: every problem's `type` leads here."""
    from peering.routes.answering import problems  # noqa: PLC0415 - for HTTP alone

    return problems()


@app.route("health", methods=["GET", "HEAD"], auth_level=func.AuthLevel.ANONYMOUS)
def health(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the worker binds by this name
    """Whether the app is configured. It is open to anybody, so it says no more than that."""
    from peering.routes.answering import healthy  # noqa: PLC0415 - for HTTP alone

    return healthy()


@app.route("health/live", methods=["GET", "HEAD"], auth_level=func.AuthLevel.ANONYMOUS)
def health_live(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the worker binds by this name
    """The same under the name that it has beside health/ready."""
    from peering.routes.answering import healthy  # noqa: PLC0415 - for HTTP alone

    return healthy()


@app.route("{*path}")
@app.queue_output(arg_name="requests", queue_name=QUEUE, connection=STORAGE)
async def http_api(req: func.HttpRequest, context: func.Context, requests: func.Out[str]) -> func.HttpResponse:
    """Everything else that is asked by HTTP.

    The host takes the first route that fits, in the order of the functions' names: this one comes after the others.
    """
    from peering.routes.answering import answer  # noqa: PLC0415 - for HTTP alone

    return await answer(req, context.invocation_id, requests.set)


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
