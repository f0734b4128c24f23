"""Alerts ask for what exists, look back far enough, and each has its page in docs/operate.md."""

import re
from datetime import timedelta
from typing import Any

import pytest

from peering.core.intake.requests import Request
from peering.settings import POISON_QUEUE, QUEUE
from tests.infra.bicep import INFRA, ROOT, load, one_of, resources

LATE = timedelta(minutes=20)  # Azure says a few minutes; a wide margin costs nothing but a later all-clear
OPERATE = (ROOT / "docs/operate.md").read_text("utf-8")
QUERIES: list[dict[str, Any]] = next(one.value for one in load("app/alerts.bicep").of("var") if one.symbol == "queries")
_SPAN = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
_AGO = re.compile(r"ago\((\d+)([mhd])\)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _time(text: str) -> timedelta:
    found = _SPAN.fullmatch(text)
    assert found, text
    days, hours, minutes = (int(one or 0) for one in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


@pytest.mark.parametrize("rule", QUERIES, ids=lambda rule: rule["name"])
def test_a_row_that_comes_late_is_still_seen(rule: dict[str, Any]) -> None:
    assert _time(rule["window"]) - _time(rule["frequency"]) >= LATE


@pytest.mark.parametrize("rule", QUERIES, ids=lambda rule: rule["name"])
def test_a_query_does_not_look_back_further_than_its_window(rule: dict[str, Any]) -> None:
    text = (INFRA / f"app/queries/{rule['name']}.kql").read_text("utf-8")
    for number, unit in _AGO.findall(text):
        assert timedelta(**{_UNITS[unit]: int(number)}) <= _time(rule["window"])


def test_what_was_put_a_moment_ago_is_not_missed_yet() -> None:
    """That a message was taken is another row than that it came, and may come later."""
    text = (INFRA / "app/queries/stalled.kql").read_text("utf-8")
    (minutes,) = re.findall(r"'PutMessage' and TimeGenerated < ago\((\d+)m\)", text)
    assert timedelta(minutes=int(minutes)) >= LATE


def test_the_rules_use_the_files_of_their_names() -> None:
    assert [str(one["query"]) for one in QUERIES] == [
        f"loadTextContent('queries/{one['name']}.kql')" for one in QUERIES
    ]
    assert {path.stem for path in (INFRA / "app/queries").glob("*.kql")} == {one["name"] for one in QUERIES}


def _spans() -> set[str]:
    """The spans of the service, and what they are told apart by."""
    texts = [path.read_text("utf-8") for path in (ROOT / "peering/service").glob("*.py")]
    steps = {name for text in texts for name in re.findall(r'\.step\(\s*"(\w+)"', text)}
    request = Request.__dataclass_fields__.keys()
    return {f"autopeer.{name}" for name in steps | request}


def test_queries_ask_for_metrics_and_queues_that_exist() -> None:
    telemetry = (ROOT / "peering/adapters/telemetry.py").read_text("utf-8")
    metrics = set(re.findall(r"create_\w+\(\"(autopeer\.[\w.]+)\"", telemetry))
    for file in (INFRA / "app/queries").glob("*.kql"):
        text = file.read_text("utf-8")
        assert set(re.findall(r"'(autopeer\.[\w.]+)'", text)) <= metrics | _spans(), file.name
        assert set(re.findall(r"'/([\w-]+)/messages'", text)) <= {QUEUE, POISON_QUEUE}, file.name


def test_every_alert_has_a_page_in_the_book_of_operations() -> None:
    rules = [*resources("Microsoft.Insights/metricAlerts"), *resources("Microsoft.Insights/scheduledQueryRules")]
    named = {str(one.value["name"]) for one in rules if "item" not in str(one.value["name"])}
    named |= {f"autopeer-{one['name']}" for one in QUERIES}
    assert named == set(re.findall(r"^### (autopeer-[\w-]+)$", OPERATE, re.MULTILINE))


def test_failed_deliveries_of_either_event_subscription_are_told() -> None:
    """By the metric itself: a dead letter is written a day later, and by the same identity that was refused."""
    alert = one_of("Microsoft.Insights/metricAlerts", "onboard/events.bicep").value["properties"]
    (criterion,) = alert["criteria"]["allOf"]
    assert criterion["metricName"] == "DeliveryAttemptFailCount"
    (dimension,) = criterion["dimensions"]
    names = [one.value["name"] for one in resources("Microsoft.EventGrid/systemTopics/eventSubscriptions")]
    assert sorted(dimension["values"]) == sorted([*names, *map(str.upper, names)])
    assert alert["actions"] == [{"actionGroupId": "actionGroupId"}]
