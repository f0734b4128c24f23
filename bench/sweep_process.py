"""One sweep of a large estate in a process of its own, loaded as the app's is; prints what it took as JSON."""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import function_app
from bench import large_estate as large
from peering.adapters import arm_clients, clients, estate, networks
from peering.core.network.resource_ids import VnetId
from peering.noop import NoAnnouncer, NoPauses, NoRegistry, NoTelemetry
from peering.ports import Ports
from peering.service.context import Context
from peering.service.sweep import sweep

_LOADED = (function_app, clients)  # what the app's process has in memory too
_EVERY = 101  # one spoke in so many drifts, at all hubs
_ARM = "https://management.azure.com"


class _Credential:
    async def get_token(self, *_: object, **__: object) -> Any:  # noqa: ANN401 - the SDK's
        from azure.core.credentials import AccessToken  # noqa: PLC0415 - as the app has it

        return AccessToken("token", 4_000_000_000)

    async def close(self) -> None:
        """Nothing to close."""


def _context(session: large.Session) -> tuple[Context, large.Queue]:
    credential: Any = _Credential()
    arm = arm_clients.Arm(credential, _ARM, _ARM, large.Transport(session), NoTelemetry())
    queue, rows, leases = large.Queue(), large.Rows(), large.Leases()
    others: dict[str, Any] = {"records": rows, "leases": leases, "requests": queue, "sweeps": large.Book()}
    ports = Ports(
        networks=networks.ArmNetworks(arm),
        estate=estate.GraphEstate(arm),
        pauses=NoPauses(),
        announcer=NoAnnouncer(),
        telemetry=NoTelemetry(),
        registry=NoRegistry(),
        **others,
    )
    context = Context(ports=ports, catalogue=large.catalogue(), clock=lambda: datetime.now(UTC), chance=lambda: 0.5)
    return context, queue


def _highest() -> int:
    """The most memory that this process has had, in KiB. getrusage would count what its parent had when it was made."""
    status = Path("/proc/self/status").read_text("ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def _bare(session: large.Session) -> float:
    """Seconds to make up the same answers and read them as JSON, with nothing done about them."""
    began = time.perf_counter()
    for start in range(0, large.SPOKES, large.PAGE):
        json.loads(json.dumps(session.page(start)))
    for number in range(large.HUBS):
        json.loads(json.dumps(session.hub(number)))
    return time.perf_counter() - began


def main(share: str) -> dict[str, Any]:
    """`share` is `none` or `some`: whether anything differs."""
    drifted = frozenset(range(0, large.SPOKES, _EVERY)) if share == "some" else frozenset[int]()
    session = large.Session(drifted)
    context, queue = _context(session)
    idle = _highest()
    began = time.perf_counter()
    report = asyncio.run(sweep(context))
    seconds, peak = time.perf_counter() - began, _highest()
    asked = sorted(VnetId.parse(each["spoke"]).name for each in queue.asked)
    return {
        "pages": session.pages,
        "reads": session.reads,
        "seconds": seconds,
        "bare": _bare(session),
        "idle": idle / 1024,
        "peak": peak / 1024,
        "drifted": len(drifted),
        "asked": len(asked),
        "wrong": len(set(asked) ^ {large.spoke_id(number).name for number in drifted}) + len(asked) - len(set(asked)),
        "complete": report.is_complete,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1])))
