"""What infra/ says of the app is what the app says of itself: names, events, triggers, metrics, alerts."""

import ast
import json
import re
import tomllib
from datetime import UTC, datetime
from typing import Any

from localazure.up.deployment import FILTER
from peering.adapters.records import TABLES
from peering.adapters.registry import TABLE as REQUESTS
from peering.adapters.sweep_log import SWEEPS
from peering.core.intake import events
from peering.core.intake.events import decode_event
from peering.core.intake.requests import GatewayRequest, Request
from peering.settings import LEASE_CONTAINER, POISON_QUEUE, QUEUE
from tests.infra.bicep import INFRA, ROOT, Declaration, load, one_of

EVENTS = "onboard/events.bicep"
SUBSCRIPTIONS = "Microsoft.EventGrid/systemTopics/eventSubscriptions"


def _module(symbol: str) -> dict[str, Any]:
    (found,) = [one for one in load("main.bicep").of("module") if one.symbol == symbol]
    parameters: dict[str, Any] = found.value["params"]
    return parameters


def _event_subscriptions() -> dict[str, dict[str, Any]]:
    found = [one for one in load(EVENTS).of("resource") if one.type == SUBSCRIPTIONS]
    return {one.symbol: one.value["properties"] for one in found}


def test_queues_tables_and_containers_are_those_of_the_code() -> None:
    storage = _module("storage")
    assert storage["queues"] == [QUEUE, POISON_QUEUE]
    assert storage["tables"] == [*TABLES, SWEEPS, REQUESTS]
    assert LEASE_CONTAINER in storage["containers"]
    assert _module("app")["packageContainer"] in storage["containers"]


def test_events_go_where_the_app_looks() -> None:
    to_queue = _event_subscriptions()["toQueue"]["deliveryWithResourceIdentity"]["destination"]
    assert to_queue["properties"]["queueName"] == QUEUE
    target = _event_subscriptions()["toFunction"]["destination"]["properties"]["resourceId"]
    assert re.findall(r"/functions/(\w+)", target) == _functions_with("event_grid_trigger")


def test_every_queue_that_is_listened_to_is_made() -> None:
    assert len(_functions_with("queue_trigger")) == len(_module("storage")["queues"])


def _functions_with(trigger: str) -> list[str]:
    tree = ast.parse((ROOT / "function_app.py").read_text("utf-8"))
    functions = [one for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [one.name for one in functions if any(f"app.{trigger}(" in ast.unparse(d) for d in one.decorator_list)]


def test_dead_letters_go_to_a_container_that_is_made() -> None:
    for subscription in _event_subscriptions().values():
        where = subscription["deadLetterWithResourceIdentity"]["deadLetterDestination"]["properties"]
        assert where["blobContainerName"] in _module("deadLetters")["containers"]


def test_the_filter_lets_through_what_the_decoder_takes() -> None:
    for subscription in _event_subscriptions().values():
        operations, subject = subscription["filter"]["advancedFilters"]
        assert (operations["key"], operations["operatorType"]) == ("data.operationName", "StringIn")
        assert sorted(map(str.lower, operations["values"])) == sorted(events.OPERATIONS)
        assert len(operations["values"]) + len(subject["values"]) <= 25  # Event Grid's limit for all filters together


def test_what_the_filter_lets_through_makes_a_request() -> None:
    """For each event type and operation together, an event that the filter passes is one the decoder takes."""
    wanted = _event_subscriptions()["toQueue"]["filter"]
    operations, subject = wanted["advancedFilters"]
    assert subject["key"] == "subject"
    for kind in wanted["includedEventTypes"]:
        for operation in operations["values"]:
            resource = _resource_of(operation, subject["values"])
            event = {"id": "1", "eventType": kind, "subject": resource, "data": {"operationName": operation}}
            made = decode_event(event, None, datetime.now(UTC))
            assert isinstance(made, Request | GatewayRequest), (kind, operation)
            assert isinstance(made, Request) == ("/virtualNetworks/" in resource), (kind, operation)


def _resource_of(operation: str, subjects: list[str]) -> str:
    """An id that an event of the operation may be about, below the subject of the filter that lets it through."""
    network, *_ = subjects
    kind, *child, _ = operation.removeprefix("Microsoft.Network/").split("/")
    (below,) = [one for one in subjects if f"/{kind}/" in one] or [network]  # tags of anything: a network's here
    inner = "".join(f"/{one}/x" for one in child if kind != "Microsoft.Resources")
    return f"/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg{below}shop{inner}"


def test_the_local_azure_filters_as_the_real_one() -> None:
    assert _event_subscriptions()["toQueue"]["filter"] == FILTER


def test_the_runtime_is_the_one_the_app_is_written_for() -> None:
    site = one_of("Microsoft.Web/sites", "app/function-app.bicep").value["properties"]["functionAppConfig"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert site["runtime"] == {"name": "python", "version": (ROOT / ".python-version").read_text("utf-8").strip()}
    assert project["requires-python"].startswith(f">={site['runtime']['version']}")
    requirements = (ROOT / "requirements.txt").read_text("utf-8")
    (pinned,) = [one for one in project["dependencies"] if one.startswith("azure-functions-runtime")]
    assert re.search(rf"^{re.escape(pinned)}\b", requirements, re.MULTILINE)


def test_bounds_of_settings_are_those_of_the_code() -> None:
    tree = ast.parse((ROOT / "peering/settings.py").read_text("utf-8"))
    bounds = {}
    for call in (one for one in ast.walk(tree) if isinstance(one, ast.Call) and ast.unparse(one.func) == "_number"):
        default = next(word.value for word in call.keywords if word.arg == "default")
        bounds[ast.literal_eval(call.args[1])] = (*ast.literal_eval(call.args[3]), ast.literal_eval(default))
    for name, setting in {
        "leaseSeconds": "AUTOPEER_LEASE_SECONDS",
        "batch": "AUTOPEER_BATCH",
        "historyDays": "AUTOPEER_HISTORY_DAYS",
    }.items():
        (param,) = [one for one in load("main.bicep").of("param") if one.symbol == name]
        assert (*param.decorators["minValue"], *param.decorators["maxValue"], param.value) == bounds[setting]


def test_what_is_given_to_azd_is_declared() -> None:
    given = set(json.loads((INFRA / "main.parameters.json").read_text("utf-8"))["parameters"])
    declared: list[Declaration] = load("main.bicep").of("param")
    assert given <= {one.symbol for one in declared}
    assert {one.symbol for one in declared if one.value is None} <= given


def test_what_is_kept_ready_is_the_worker() -> None:
    (worker,) = [one.value for one in load("app/function-app.bicep").of("var") if one.symbol == "worker"]
    (kept,) = worker
    assert kept["name"].removeprefix("function:") in _functions_with("queue_trigger")
    tree = ast.parse((ROOT / "function_app.py").read_text("utf-8"))
    (listens,) = [one for one in tree.body if getattr(one, "name", "") == kept["name"].removeprefix("function:")]
    assert "queue_name=QUEUE" in "".join(ast.unparse(one) for one in getattr(listens, "decorator_list", []))
    site = one_of("Microsoft.Web/sites", "app/function-app.bicep").value["properties"]["functionAppConfig"]
    assert site["scaleAndConcurrency"]["alwaysReady"] == "alwaysReadyInstances == 0 ? [] : worker"
