"""One emulator: its estate, its settings and its log, wired together without a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from localazure.emulator.activity_log import event, timestamp
from localazure.emulator.callers import Activity
from localazure.emulator.faults import Faults
from localazure.emulator.graph.routes import GraphRoutes
from localazure.emulator.latency import Latency
from localazure.emulator.latency_settings import read_graph_delay
from localazure.emulator.networks import snapshot
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.mirror import Mirror
from localazure.emulator.pipeline import Pipeline
from localazure.emulator.request_log import RequestLog
from localazure.emulator.scenario import API_VERSION
from localazure.emulator.throttle import Throttle
from localazure.emulator.wire.directory_routes import DirectoryRoutes
from localazure.emulator.wire.group_routes import GroupRoutes
from localazure.emulator.wire.job_routes import JobRoutes
from localazure.emulator.wire.lock_routes import LockRoutes
from localazure.emulator.wire.move_routes import MoveRoutes
from localazure.emulator.wire.network_bodies import network_body
from localazure.emulator.wire.network_routes import NetworkRoutes
from localazure.emulator.wire.operation_routes import OperationRoutes
from localazure.emulator.wire.plain_routes import PlainRoutes
from localazure.emulator.wire.resource_list_routes import ResourceListRoutes
from localazure.emulator.wire.role_assignment_routes import RoleAssignmentRoutes
from localazure.emulator.wire.role_definition_routes import RoleDefinitionRoutes
from localazure.emulator.wire.route_routes import RouteRoutes
from localazure.emulator.wire.router import Router
from localazure.emulator.wire.tag_routes import TagRoutes

type Json = dict[str, Any]

_SHOWN_REQUESTS = 50


class Emulator:
    """Everything one emulator knows. `publish` is given each Event Grid event as it happens."""

    def __init__(
        self, tenant: str, clock: Callable[[], float], publish: Callable[[Json], None], latency: Latency
    ) -> None:
        self.tenant = tenant
        self.clock = clock
        self.latency = latency
        self.faults = Faults()
        self.log = RequestLog()
        self.estate = Estate(clock=clock, latency=latency, announce=self._announce)
        self._publish = publish
        mirror = Mirror(self.estate)
        router = Router()
        for routes in (
            LockRoutes(self.estate),
            RoleAssignmentRoutes(self.estate, tenant),
            RoleDefinitionRoutes(self.estate),
            TagRoutes(self.estate),
            OperationRoutes(self.estate),
            NetworkRoutes(self.estate),
            RouteRoutes(self.estate),
            PlainRoutes(self.estate),
            GroupRoutes(self.estate),
            JobRoutes(self.estate),
            MoveRoutes(self.estate),
            ResourceListRoutes(self.estate),
            GraphRoutes(self.estate, mirror, tenant),
            DirectoryRoutes(self.estate, tenant),
        ):
            routes.add_to(router)
        self.pipeline = Pipeline(self.estate, router, Throttle(clock), self.faults, mirror)

    def _announce(self, activity: Activity) -> None:
        self._publish(event(activity, self.clock()))

    def settle(self) -> None:
        self.pipeline.settle()

    def load_faults(self, source: object) -> None:
        """Replace the rules, and set what else the object says. Raises ValueError or InvalidRule: nothing changes."""
        delay = read_graph_delay(source, self.latency.graph_delay_seconds)
        self.faults.load(source)
        self.latency.graph_delay_seconds = delay

    def save(self) -> Json:
        self.settle()
        return snapshot.save(self.estate)

    def load(self, state: Json) -> None:
        """Raises snapshot.UnreadableState and changes nothing."""
        snapshot.load(self.estate, state)
        self.settle()

    def view(self) -> Json:
        """What the page for browsers shows: the networks as ARM's GET gives them, the last requests served."""
        self.settle()
        networks = [network_body(self.estate, each, API_VERSION) for each in self.estate.networks.values()]
        return {"networks": networks, "requests": self.log.last(_SHOWN_REQUESTS)}

    def now_text(self) -> str:
        return timestamp(self.clock())
