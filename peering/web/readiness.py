"""`GET /api/health/ready`: what the app leans on, one line for each, and whether all of them answer."""

from collections.abc import Sequence
from dataclasses import asdict

from peering.core.network.probes import Probe
from peering.version import VERSION
from peering.web.call import Answer
from peering.web.problems import Kind, Problem


def readiness(probes: Sequence[Probe]) -> Answer:
    """200 where all answer; else a problem that names those that do not. Both have every line in `checks`."""
    checks = {"checks": [asdict(each) for each in probes]}
    failing = [f"{each.check}: {each.detail}" for each in probes if not each.ok]
    if not failing:
        return Answer(200, {"status": "ok", "version": VERSION, **checks})
    told = f"{'; '.join(failing)}. The log of those who operate Autopeer has Azure's own words."
    return Answer(503, Problem(Kind.NOT_READY, told).body() | checks, {"Retry-After": "10"})
