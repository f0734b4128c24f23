"""Traces and metrics over OpenTelemetry, exported to Azure Monitor. Set up on first use: it costs nothing at import."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from azure.core.credentials import TokenCredential
from azure.core.settings import settings as azure_settings
from azure.monitor.opentelemetry.exporter import AzureMonitorMetricExporter, AzureMonitorTraceExporter
from opentelemetry.metrics import Meter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Tracer, set_tracer_provider

from peering.core.record.estate import Kind
from peering.core.record.record import Record, State
from peering.core.record.sweep_report import SweepReport

NAME = "autopeer"
_EXPORT_EVERY = 60_000  # milliseconds
_TOO_MANY_REQUESTS = 429


class OpenTelemetry:
    """The instruments of docs/operate.md, on a meter and a tracer."""

    def __init__(self, meter: Meter, tracer: Tracer) -> None:
        self._tracer = tracer
        self._connected = meter.create_histogram("autopeer.time_to_connected", "s", "request to connection")
        self._outcomes = meter.create_counter("autopeer.outcomes", "1", "outcomes by state, first code and hub")
        self._calls = meter.create_counter("autopeer.arm.calls", "1", "requests to ARM, by status class")
        self._throttled = meter.create_counter("autopeer.arm.throttled", "1", "answers of ARM with status 429")
        self._age = meter.create_histogram("autopeer.queue.age", "s", "how long a message waited on the queue")
        self._headroom = meter.create_gauge("autopeer.hub.headroom", "1", "free share of the hub's peerings")
        self._withheld = meter.create_counter("autopeer.withheld", "1", "changes that a limit kept from being made")
        self._paused = meter.create_gauge("autopeer.pause.age", "s", "age of the oldest pause that lasts")
        self._pairs = meter.create_gauge("autopeer.pairs", "1", "the hub's spokes by state")
        self._sweep_age = meter.create_gauge("autopeer.sweep.age", "s", "since the last complete sweep")
        self._sweep_time = meter.create_histogram("autopeer.sweep.duration", "s", "start to end of complete sweeps")
        self._networks = meter.create_gauge("autopeer.sweep.networks", "1", "networks that the sweep saw")
        self._differences = meter.create_counter("autopeer.sweep.differences", "1", "differences found, by kind")

    def outcome(self, record: Record) -> None:
        code = record.found.findings[0].code if record.found.findings else ""
        self._outcomes.add(1, {"state": record.state, "code": code, "hub": record.hub})
        if record.state is State.CONNECTED and record.progress.finished:
            self._connected.record(
                (record.progress.finished - record.asked.requested).total_seconds(), {"hub": record.hub}
            )

    def arm_answered(self, status: int) -> None:
        self._calls.add(1, {"status": f"{status // 100}xx"})
        if status == _TOO_MANY_REQUESTS:
            self._throttled.add(1)

    def message_waited(self, wait: timedelta) -> None:
        self._age.record(wait.total_seconds())

    def hub_seen(self, hub: str, headroom: float) -> None:
        self._headroom.set(headroom, {"hub": hub})

    def withheld(self, hub: str, limit: str) -> None:
        self._withheld.add(1, {"hub": hub, "limit": limit})

    def paused(self, age: timedelta) -> None:
        self._paused.set(age.total_seconds())

    counts_pairs = True

    def pairs(self, hub: str, states: Mapping[str, int]) -> None:
        """Every state is set, so that the last spoke to leave one brings it to zero."""
        for state in State:
            self._pairs.set(states.get(state, 0), {"hub": hub, "state": state})

    def sweep_began(self, age: timedelta | None) -> None:
        if age is not None:
            self._sweep_age.set(age.total_seconds())

    def swept(self, report: SweepReport) -> None:
        """Every kind is counted, by zero too, so that there is a series to ask for."""
        if report.finished:
            self._sweep_time.record((report.finished - report.started).total_seconds())
        self._networks.set(report.networks)
        for kind in Kind:
            self._differences.add(report.differences.get(kind, 0), {"kind": kind})

    @contextmanager
    def step(self, name: str, attributes: dict[str, str]) -> Iterator[None]:
        """A span `autopeer.<name>`; the spans of the SDKs' requests are its children."""
        named = {f"{NAME}.{key}": value for key, value in attributes.items()}
        with self._tracer.start_as_current_span(f"{NAME}.{name}", attributes=named):
            yield


def azure_monitor(connection_string: str, credential: TokenCredential) -> OpenTelemetry:
    """Telemetry that is sent to Application Insights with the app's identity; local keys may be switched off there."""
    resource = Resource.create({"service.name": NAME})
    options = {"connection_string": connection_string, "credential": credential}
    reader = PeriodicExportingMetricReader(AzureMonitorMetricExporter(**options), _EXPORT_EVERY)
    meters = MeterProvider([reader], resource)
    traces = TracerProvider(resource=resource)
    traces.add_span_processor(BatchSpanProcessor(AzureMonitorTraceExporter(**options)))
    set_tracer_provider(traces)
    azure_settings.tracing_enabled = True
    return OpenTelemetry(meters.get_meter(NAME), traces.get_tracer(NAME))
