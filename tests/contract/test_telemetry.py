"""The telemetry adapter on OpenTelemetry's own in-memory reader and exporter: what would be sent to Azure Monitor."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from peering.adapters.telemetry import OpenTelemetry
from peering.core.decision.findings import Finding
from peering.core.network.resource_ids import VnetId
from peering.core.record.estate import Kind
from peering.core.record.record import Record, State
from peering.core.record.sweep_report import SweepReport
from tests.builders import record

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def outcome(state: State, *findings: Finding) -> Record:
    spoke = VnetId("22222222-2222-4222-8222-222222222222", "rg", "shop")
    return record(state, spoke=spoke, requested=NOW, finished=NOW + timedelta(seconds=12), findings=findings)


class Watched:
    def __init__(self) -> None:
        self._reader, self._spans, traces = InMemoryMetricReader(), InMemorySpanExporter(), TracerProvider()
        traces.add_span_processor(SimpleSpanProcessor(self._spans))
        self.telemetry = OpenTelemetry(MeterProvider([self._reader]).get_meter("t"), traces.get_tracer("t"))

    def points(self, name: str) -> list[Any]:
        data: Any = self._reader.get_metrics_data()
        metrics = data.resource_metrics[0].scope_metrics[0].metrics
        return [point for metric in metrics if metric.name == name for point in metric.data.data_points]

    def span_names(self) -> list[str]:
        return [span.name for span in self._spans.get_finished_spans()]


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_a_connection_counts_and_is_timed_from_its_request(watched: Watched) -> None:
    watched.telemetry.outcome(outcome(State.CONNECTED))
    [count] = watched.points("autopeer.outcomes")
    assert (count.value, count.attributes["state"], count.attributes["hub"]) == (1, "Connected", "prod-weu")
    [time] = watched.points("autopeer.time_to_connected")
    assert (time.count, time.sum) == (1, 12)


def test_a_refusal_counts_by_its_code_and_is_not_timed(watched: Watched) -> None:
    watched.telemetry.outcome(outcome(State.REFUSED, Finding("OverlapsHub", "…")))
    [count] = watched.points("autopeer.outcomes")
    assert (count.attributes["state"], count.attributes["code"]) == ("Refused", "OverlapsHub")
    assert watched.points("autopeer.time_to_connected") == []


def test_answers_of_arm_count_by_class_and_throttles_apart(watched: Watched) -> None:
    for status in (200, 201, 429):
        watched.telemetry.arm_answered(status)
    assert {p.attributes["status"]: p.value for p in watched.points("autopeer.arm.calls")} == {"2xx": 2, "4xx": 1}
    assert [p.value for p in watched.points("autopeer.arm.throttled")] == [1]


def test_waits_and_headroom(watched: Watched) -> None:
    watched.telemetry.message_waited(timedelta(seconds=3))
    watched.telemetry.hub_seen("prod-weu", 0.25)
    assert [p.sum for p in watched.points("autopeer.queue.age")] == [3]
    assert [(p.value, p.attributes["hub"]) for p in watched.points("autopeer.hub.headroom")] == [(0.25, "prod-weu")]


def test_a_state_that_is_left_by_all_goes_to_zero(watched: Watched) -> None:
    watched.telemetry.pairs("prod-weu", {State.CONNECTED: 2, State.PENDING: 1})
    watched.telemetry.pairs("prod-weu", {State.CONNECTED: 3})
    seen = {point.attributes["state"]: point.value for point in watched.points("autopeer.pairs")}
    assert (seen["Connected"], seen["Pending"]) == (3, 0)


def test_a_sweep_tells_its_age_its_time_and_every_kind(watched: Watched) -> None:
    watched.telemetry.sweep_began(None)
    watched.telemetry.sweep_began(timedelta(minutes=31))
    report = SweepReport(
        id="1", door="sweep", who="the timer", started=NOW, finished=NOW + timedelta(seconds=9), networks=7
    )
    watched.telemetry.swept(report.with_found({Kind.UNHEARD: 2}, 2))
    assert [point.value for point in watched.points("autopeer.sweep.age")] == [31 * 60]
    assert [point.sum for point in watched.points("autopeer.sweep.duration")] == [9]
    assert [point.value for point in watched.points("autopeer.sweep.networks")] == [7]
    found = {point.attributes["kind"]: point.value for point in watched.points("autopeer.sweep.differences")}
    assert (set(found), found["unheard"], found["hub"]) == (set(Kind), 2, 0)


def test_steps_are_spans_and_errors_pass_through_them(watched: Watched) -> None:
    with pytest.raises(ValueError, match="boom"), watched.telemetry.step("handle", {"spoke": "shop"}):
        raise ValueError("boom")
    assert watched.span_names() == ["autopeer.handle"]
