"""The HTTP API without HTTP: what each route does, as functions from plain values to a status and a body."""

import re
from datetime import datetime

from peering.core.catalogue.policy import Catalogue
from peering.core.catalogue.reader import CatalogueError
from peering.core.intake.requests import Door
from peering.core.intake.sweep_orders import SweepOrder
from peering.core.network.failures import AzureFailure
from peering.core.record.document import record_body
from peering.core.record.sweep_report import book_body
from peering.ports import Records, StaleRecord, SweepLog
from peering.settings import SettingsError
from peering.version import VERSION
from peering.web.call import Answer
from peering.web.problems import Kind, Problem

_SWEEP = "/api/sweep"
_HISTORY = 50
HUB_NAME = re.compile(r"[a-z0-9-]{1,40}")
_KEY = re.compile(r"[0-9a-f]{32}")


def order_sweep(who: str, identity: str, now: datetime) -> tuple[SweepOrder, Answer]:
    """`POST /api/sweep`: the order for the queue, and 202 with where to look for what comes of it."""
    order = SweepOrder(id=identity, door=Door.HTTP, who=who, when=now)
    return order, Answer(202, {"id": identity, "status": _SWEEP}, {"Location": _SWEEP, "Retry-After": "5"})


async def sweep_status(sweeps: SweepLog) -> Answer:
    """`GET /api/sweep`: the latest sweep and the last complete one."""
    return Answer(200, book_body(await sweeps.read()))


async def one(records: Records, hub: str, key: str) -> Answer:
    """`GET /api/peerings/{hub}/{key}`: the record and its history, newest first."""
    hub, key = keys_of(hub, key)
    record = await records.get(hub, key)
    if record is None:
        raise no_such_record(hub, key)
    history = await records.history(record.spoke.key, _HISTORY)
    return Answer(200, record_body(record) | {"history": [record_body(entry) for entry in history]})


def keys_of(hub: str, key: str) -> tuple[str, str]:
    """The keys of a row, as a path has them, in small letters; raises Problem for what can be none."""
    if not (HUB_NAME.fullmatch(hub.lower()) and _KEY.fullmatch(key.lower())):
        raise no_such_record(hub, key)
    return hub.lower(), key.lower()


def no_such_record(hub: str, key: str) -> Problem:
    """There is no row of these keys."""
    told = (
        f"Hub {hub[:40]!r} has no record {key[:40]!r}. If it was asked for a moment ago, ask again; else find it with "
        "GET /api/peerings?spoke=<resource id>."
    )
    return Problem(Kind.NO_SUCH_RECORD, told)


def healthy(catalogue: Catalogue) -> Answer:
    """`GET /api/health/details` of an app that can work."""
    body = {"status": "ok", "version": VERSION, "tag": catalogue.tag, "hubs": sorted(catalogue.hubs)}
    return Answer(200, body)


def alive() -> Answer:
    """`GET /api/health` of an app that can work: nothing that anybody may not know."""
    return Answer(200, {"status": "ok", "version": VERSION})


def ailing(error: SettingsError | CatalogueError) -> Answer:
    """`GET /api/health` of an app that cannot work: how many faults, and none of them."""
    what = "catalogue has" if isinstance(error, CatalogueError) else "app settings have"
    number = len(error.faults)
    faults = "1 fault" if number == 1 else f"{number} faults"
    detail = f"The {what} {faults}. GET /api/health/details names them to who has a function key."
    return Answer(503, Problem(Kind.NOT_CONFIGURED, detail).body())


def unavailable(failure: AzureFailure) -> Answer:
    """Storage does not answer: not the caller's fault, and worth another try."""
    detail = f"The records cannot be read at the moment ({failure.code}). Ask again in a few seconds."
    return Answer(503, Problem(Kind.STORAGE_UNAVAILABLE, detail).body(), {"Retry-After": "5"})


def busy_record(stale: StaleRecord) -> Answer:
    """Others won every race for a row: not the caller's fault, and worth another try."""
    detail = f"Nothing was done: {stale}. Ask again in a few seconds."
    return Answer(503, Problem(Kind.BUSY_RECORD, detail).body(), {"Retry-After": "5"})


def unhealthy(error: SettingsError | CatalogueError) -> Answer:
    """What an app that cannot work says to who has a key: every fault, so that one deployment mends them all."""
    problem = Problem(Kind.NOT_CONFIGURED, str(error).splitlines()[0], [(f.key, f.reason) for f in error.faults])
    return Answer(503, problem.body())


def unforeseen(invocation: str) -> Answer:
    """A mistake of ours: the log has it under the call's id."""
    detail = f"Nobody foresaw this. The log of those who operate Autopeer says more, under the invocation {invocation}."
    return Answer(500, Problem(Kind.UNFORESEEN, detail).body())
