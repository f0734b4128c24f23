"""What docs/cli.md shows of each command: how the app is prepared for it, and what is typed."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

from peering.core.decision.pause import Pause
from peering.core.network.probes import Probe
from peering.core.record.document import record_body, shown_time
from peering.core.record.record import State
from peering.core.record.retried import MOST
from peering.version import VERSION
from peering.web.limits import pause_body
from peering.web.readiness import readiness
from tests.builders import NOON, SUBSCRIPTION, gateway_of
from tests.cli import town
from tests.cli.fake_app import FakeApp, problem

type Scene = tuple[Callable[[FakeApp], None], tuple[str, ...]]
_WHO = "ada@contoso.example"
_SOON = shown_time(NOON.replace(hour=15, minute=5))
_PAUSE = Pause(reason="change 4711", who=_WHO, since=NOON, hub="prod-weu")
_HUB: dict[str, Any] = {
    "hub": "prod-weu", "network": str(town.HUB), "owners": "Network team", "contact": "network@contoso.example",
    "mode": "enforce", "spokes": {"Connected": 1, "Refused": 1, "Pending": 1, "AwaitingApproval": 1, "Removed": 1},
    "rules": ["Networks of any subscription may come.", "Spokes lie inside 10.0.0.0/12."],
    "peerings": {"most": 500, "connected": 1}, "held": {}, "lastWrite": shown_time(NOON), "pauses": [],
}  # fmt: skip
_WHOLE = _HUB | {
    "unread": None, "location": "westeurope", "addressSpace": ["10.0.0.0/16"], "gateway": gateway_of(town.HUB),
    "gatewayPrefixes": {"ipv4": {"most": 200, "used": 4, "free": 196}},
    "peerings": {"most": 500, "connected": 1, "used": 1, "free": 499},
    "space": [{"block": "10.0.0.0/12", "used": 0.0625, "largestFree": "10.8.0.0/13"}], "anySpace": False,
    "alarm": _SOON, "busyUntil": None, "busySince": None, "toRelease": {"count": 0, "digest": town.DIGEST},
}  # fmt: skip
_PLAN: dict[str, Any] = {
    "verdict": "connect", "hub": "prod-weu", "spoke": str(town.SHOP), "findings": [], "notes": [], "suggested": [],
    "flags": {
        "hub": {"allowVirtualNetworkAccess": True, "allowGatewayTransit": True, "useRemoteGateways": False},
        "spoke": {"allowVirtualNetworkAccess": True, "allowGatewayTransit": False, "useRemoteGateways": True},
    },
    "gateway": gateway_of(town.HUB), "withheld": None, "notBefore": None, "approval": None, "limits": [], "also": [],
    "writes": [
        {"order": 1, "side": "hub", "action": "put", "name": "autopeer-new", "why": "missing"},
        {"order": 2, "side": "spoke", "action": "put", "name": "autopeer-prod-weu", "why": "missing"},
    ],
}  # fmt: skip
_SWEEP = {
    "id": "0f3a", "door": "sweep", "who": "the timer", "started": shown_time(NOON.replace(hour=14, minute=30)),
    "finished": shown_time(NOON.replace(hour=14, minute=31)), "pages": 1, "networks": 7, "hubs": 1, "unread": 0,
    "queued": 1, "rows": 0, "entries": 0, "differences": {"spoke": 1},
}  # fmt: skip
_TODO: dict[str, Any] = {
    "spoke": str(town.LAB), "fate": "created", "withheld": None, "findings": [], "notes": [],
    "changes": ["put hub half autopeer-lab (missing)", "put spoke half autopeer-prod-weu (missing)"],
}  # fmt: skip
_PROBES = (
    ("storage tables", True, "a row can be read", 12),
    ("storage queue", True, "about 3 messages on it", 9),
    ("storage leases", True, "the blobs can be read", 14),
    ("arm", True, "hub 'prod-weu' can be read", 87),
)
_FILE = "tests/cli/hubs.changed.toml"
_BASE = "tests/cli/hubs.before.toml"


def _hubs(app: FakeApp) -> None:
    app.says("GET hubs", {"value": [_HUB]})
    app.says("GET hubs/prod-weu", _WHOLE)
    said = problem("no-such-hub", 404, "'prod-neu' is no hub; the hubs are prod-weu.")
    app.says("GET hubs/prod-neu", said.body, said.status)


def _town(app: FakeApp) -> None:
    town.fill(app)


def _plans(app: FakeApp) -> None:
    town.fill(app)
    app.says("POST plan", _PLAN)


def _plan_refused(app: FakeApp) -> None:
    town.fill(app)
    findings = [asdict(finding) for finding in town.REFUSED.found.findings]
    suggested = ["10.7.0.0/24", "10.8.0.0/24"]
    nothing: dict[str, Any] = {"flags": None, "gateway": None, "writes": []}
    app.says("POST plan", _PLAN | {"verdict": "refuse", "findings": findings, "suggested": suggested} | nothing)


def _free(app: FakeApp) -> None:
    ranges = ["10.7.0.0/24", "10.8.0.0/24", "10.9.0.0/24"]
    app.says("GET free", {"hub": "prod-weu", "size": 24, "version": 4, "value": ranges})


def _held(app: FakeApp) -> None:
    leaving = replace(town.CONNECTED, state=State.LEAVING)
    listed = {"hub": "prod-weu", "digest": town.DIGEST, "count": 1, "value": [record_body(leaving)]}
    app.says("GET hubs/prod-weu/held", listed)
    app.says("POST hubs/prod-weu/release", listed, 202)


def _asked(app: FakeApp) -> None:
    app.says("POST peerings", town.accepted(town.SHOP), 202)
    waiting = record_body(town.PENDING) | {"spoke": str(town.SHOP)}
    for status, record in (("queued", None), ("working", waiting), ("done", record_body(town.CONNECTED))):
        outcome = record if status == "done" else None
        body = {"id": town.ID, "status": status, "outcome": outcome, "records": [record] if record else []}
        app.says(f"GET requests/{town.ID}", body)


def _leaves(app: FakeApp) -> None:
    app.says("GET peerings", {"value": [record_body(town.CONNECTED)], "next": None})
    path = town.path_of(town.CONNECTED)
    app.says(f"DELETE {path}", town.accepted(town.SHOP), 202)


def _may_not_leave(app: FakeApp) -> None:
    app.says("GET peerings", {"value": [record_body(town.CONNECTED)], "next": None})
    body, status = town.conflict("Its tag still names hub 'prod-weu'. Remove the tag: then it leaves by itself.")
    app.says(f"DELETE {town.path_of(town.CONNECTED)}", body, status)


def _again(app: FakeApp) -> None:
    listed = [{"hub": "prod-weu", "key": town.BILLING.key, "spoke": str(town.BILLING)}]
    app.says("POST peerings:retry", {"count": 1, "more": False, "most": MOST, "value": listed}, 202)


def _swept(app: FakeApp) -> None:
    app.says("GET sweep", {"latest": _SWEEP, "lastComplete": _SWEEP})
    counts = {"created": 1, "unchanged": 4}
    hub = {"hub": "prod-weu", "network": str(town.HUB), "unread": None, "counts": counts, "spokes": [_TODO]}
    app.says("POST sweep", {"networks": 7, "withRecords": True, "complete": True, "hubs": [hub | {"oursByName": []}]})


def _waits(app: FakeApp) -> None:
    town.fill(app)
    path = town.path_of(town.AWAITING)
    app.says(f"POST {path}/approve", record_body(town.AWAITING) | {"state": "Pending"}, 202)
    app.says(f"POST {path}/refuse", record_body(town.AWAITING) | {"state": "Refused"}, 202)


def _own(app: FakeApp) -> None:
    town.fill(app)
    said = problem(
        "own-request", 403, "You have asked for lab yourself, so somebody else has to approve it. You may refuse it."
    )
    app.says(f"POST {town.path_of(town.AWAITING)}/approve", said.body, said.status)


def _pauses(app: FakeApp) -> None:
    app.says("GET pause", {"value": [pause_body(_PAUSE)]})
    app.says("POST pause", pause_body(_PAUSE))
    app.says("DELETE pause", {"scope": _PAUSE.scope, "ended": True})


def healthy(app: FakeApp) -> None:
    """An app with nothing wrong but what its records say."""
    _hubs(app)
    town.fill(app, *town.ALL)
    app.says("GET health", {"status": "ok", "version": VERSION})
    app.says("GET health/details", {"status": "ok", "version": VERSION, "tag": "hub", "hubs": ["prod-weu"]})
    app.says("GET health/ready", readiness([Probe(*each) for each in _PROBES]).body)
    for path in ("peerings", "pause", "hubs/prod-weu/release"):
        app.says(f"POST {path}", {"type": "x", "detail": "no"}, 403 if path == "pause" else 422)
    app.says("GET sweep", {"latest": _SWEEP, "lastComplete": _SWEEP})
    app.says("GET pause", {"value": []})


_ID = str(town.SHOP)
OF: dict[str, Sequence[Scene]] = {
    "hubs": [(_hubs, ("hubs",)), (_hubs, ("hubs", "prod-weu")), (_hubs, ("hubs", "prod-neu"))],
    "list": [(_town, ("list",))],
    "show": [(_town, ("show", "shop"))],
    "why": [(_town, ("why", "billing")), (_town, ("why", "search")), (_town, ("why", "nobody"))],
    "plan": [
        (_plans, ("plan", "--space", "10.7.0.0/24", "--hub", "prod-weu", "--region", "westeurope",
                  "--subscription", SUBSCRIPTION)),
        (_plan_refused, ("plan", "billing")),
        (_plans, ("plan", "--space", "10.7.0.0/24")),
    ],
    "free": [(_free, ("free", "prod-weu"))],
    "held": [(_held, ("held", "prod-weu"))],
    "request": [(_asked, ("request", _ID, "--hub", "prod-weu", "--wait"))],
    "leave": [(_leaves, ("leave", "shop")), (_may_not_leave, ("leave", "shop"))],
    "retry": [(_again, ("retry", "--hub", "prod-weu", "--state", "Refused"))],
    "sweep": [(_swept, ("sweep",)), (_swept, ("sweep", "--dry-run"))],
    "approve": [(_waits, ("approve", "lab", "--reason", "change 4711")), (_own, ("approve", "lab"))],
    "refuse": [(_waits, ("refuse", "lab", "--reason", "not in this region"))],
    "release": [(_held, ("release", "prod-weu", town.DIGEST))],
    "pause": [(_pauses, ("pause", "--hub", "prod-weu", "--reason", "change 4711")), (_pauses, ("pause",))],
    "resume": [(_pauses, ("resume", "--hub", "prod-weu"))],
    "doctor": [(healthy, ("doctor",))],
    "catalogue check": [(_town, ("catalogue", "check", _BASE))],
    "catalogue diff": [(_town, ("catalogue", "diff", _FILE, "--against", _BASE))],
}  # fmt: skip
