"""One HTTP call from its arrival to its answer: which route, who asks, what comes of it, and what goes wrong."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl, urlsplit

import azure.functions as func

from peering import wiring
from peering.core.catalogue.reader import CatalogueError
from peering.core.network.failures import NO_ANSWER, AzureFailure, StorageFailure
from peering.log import logger
from peering.ports import StaleRecord
from peering.routes import approvals, health, hubs, limits, peerings, planning, sweep
from peering.settings import SettingsError
from peering.web import api
from peering.web.call import Answer, Call
from peering.web.callers import caller_of, permit
from peering.web.problems import MEDIA_TYPE, Problem
from peering.web.route_table import check_query, find

_log = logger("autopeer")
_LONGEST = 29.0  # seconds; who asks has an answer within 30
_EVERY_ANSWER = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

HANDLERS: Mapping[str, Callable[[Call], Awaitable[Answer]]] = {
    handler.__name__: handler
    for handler in (
        peerings.list_peerings,
        peerings.post_peering,
        peerings.get_peering,
        planning.post_plan,
        planning.get_free,
        hubs.list_hubs,
        hubs.get_hub,
        approvals.post_approve,
        approvals.post_refuse,
        peerings.get_request,
        peerings.delete_peering,
        peerings.retry_peerings,
        limits.get_held,
        limits.post_release,
        limits.get_pauses,
        limits.post_pause,
        limits.delete_pause,
        sweep.get_sweep,
        sweep.post_sweep,
        health.get_health_details,
        health.get_health_ready,
        health.get_openapi,
    )
}
"""By the name that the route table has for each."""


async def answer(req: func.HttpRequest, invocation: str, send: Callable[[str], None]) -> func.HttpResponse:
    """The answer to a call of the API, whatever it is."""
    try:
        call = _call(req, invocation, send)
        async with asyncio.timeout(_LONGEST):  # one answer may take several questions to storage
            return _response(await HANDLERS[call.route.name](call))
    except Problem as problem:
        _log.info("refused a request: %s %s", problem.status, problem.detail)
        return _response(Answer(problem.status, problem.body(), problem.headers))
    except (SettingsError, CatalogueError) as error:
        return _response(api.unhealthy(error))
    except (TimeoutError, AzureFailure, StaleRecord) as passing:
        return _unavailable(passing)
    except Exception:  # noqa: BLE001 - whoever asks is told so, and the log has it
        _log.exception("nobody foresaw this: %s %s", req.method, req.url.partition("?")[0])
        return _response(api.unforeseen(invocation))


def healthy() -> func.HttpResponse:
    """Whether the app is configured. It is open to anybody, so it says no more than that."""
    return _response(health.alive())


def problems() -> func.HttpResponse:
    """What each kind of problem means, for people."""
    from peering.web.problem_page import problem_page  # noqa: PLC0415 - hardly ever asked for

    return func.HttpResponse(problem_page(), headers=_EVERY_ANSWER, mimetype="text/html")


def _call(req: func.HttpRequest, invocation: str, send: Callable[[str], None]) -> Call:
    route, names = find(req.method, req.route_params.get("path", ""))
    headers = {name.lower(): value for name, value in req.headers.items()}
    settings = wiring.settings()
    caller = caller_of(headers, entra=settings.trusts_principal_header, keys_may_operate=settings.keys_may_operate)
    permit(caller, route.role, _approvers(names.get("hub", "")))
    check_query(route, query := _query(req))
    return Call(
        route=route,
        names=names,
        query=query,
        headers=headers,
        body=req.get_body(),
        caller=caller,
        invocation=invocation,
        url=req.url,
        send=send,
    )


def _approvers(hub: str) -> tuple[str, ...]:
    """Whom the catalogue names for the hub that the call is about; nobody, while there are faults in it."""
    try:
        policy = wiring.catalogue().hub(hub)
    except CatalogueError:
        return ()
    return policy.approvers if policy else ()


def _query(req: func.HttpRequest) -> dict[str, str]:
    """The parameters, those without a value too: the host leaves them out, as if nobody had meant any."""
    empty = {name: "" for name, value in parse_qsl(urlsplit(req.url).query, keep_blank_values=True) if not value}
    return empty | dict(req.params)


def _unavailable(passing: TimeoutError | AzureFailure | StaleRecord) -> func.HttpResponse:
    """What is over soon, and worth another try."""
    if isinstance(passing, StaleRecord):
        _log.warning("others won every race: %s", passing)
        return _response(api.busy_record(passing))
    if isinstance(passing, TimeoutError):
        passing = StorageFailure(NO_ANSWER, "TimedOut", "Storage took too long.")
    _log.warning("records cannot be read: %s", passing)
    return _response(api.unavailable(passing))


def _response(answer: Answer) -> func.HttpResponse:
    kind = MEDIA_TYPE if answer.status >= 400 else "application/json"
    return func.HttpResponse(
        # A caller's unpaired surrogate is no UTF-8; backslashreplace writes it as JSON's own escape.
        json.dumps(answer.body, ensure_ascii=False).encode("utf-8", "backslashreplace"),
        status_code=answer.status,
        headers=_EVERY_ANSWER | dict(answer.headers),
        mimetype=kind,
    )
