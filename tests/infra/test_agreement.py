"""What infra/ says of the app is what the app says of itself: names, events, triggers, metrics, alerts."""

import ast
import json
import re
import tomllib
from datetime import UTC, datetime
from typing import Any

from localazure.up.deployment import FILTER
from peering.adapters.records import TABLES
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


def _policy_resources() -> dict[str, dict[str, Any]]:
    template = json.loads((INFRA / "onboard/policy-deployment.json").read_text("utf-8"))
    inner = template["resources"][1]["properties"]["template"]["resources"]
    return {one["type"]: one for one in inner}


def test_queues_tables_and_containers_are_those_of_the_code() -> None:
    storage = _module("storage")
    assert storage["queues"] == [QUEUE, POISON_QUEUE]
    assert storage["tables"] == [*TABLES, SWEEPS]
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


def test_a_topic_of_a_subscription_is_global() -> None:
    topic = one_of("Microsoft.EventGrid/systemTopics", EVENTS).value
    assert (topic["location"], topic["properties"]["topicType"]) == ("global", "Microsoft.Resources.Subscriptions")
    assert "location" not in {one.symbol for one in load(EVENTS).of("param")}


def test_the_policy_deploys_what_onboarding_a_subscription_does() -> None:
    policy, direct = _policy_resources(), _event_subscriptions()["toQueue"]
    topic = one_of("Microsoft.EventGrid/systemTopics", EVENTS)
    for key in ("location", "properties"):
        assert _plain(policy[topic.type][key]) == _plain(topic.value[key])
    by_policy = policy[SUBSCRIPTIONS]["properties"]
    defaults = {one.symbol: one.value for one in load("onboard/subscription.bicep").of("param")}
    assert by_policy["retryPolicy"] == {key: defaults[key] for key in direct["retryPolicy"]}
    assert _plain({**by_policy, "retryPolicy": None}) == _plain({**direct, "retryPolicy": None})


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Bicep's and ARM's expressions by the name they refer to, in lower case."""
    if isinstance(value, dict):
        return {_plain(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    found = re.fullmatch(r"\[parameters\('(\w+)'\)\]|\[subscription\(\)\.id\]|subscription\(\)\.id", str(value))
    return (found.group(1) or "subscription") if found else value


def test_the_policy_passes_every_parameter_on() -> None:
    rule = json.loads((INFRA / "onboard/policy-rule.json").read_text("utf-8"))["then"]["details"]
    template = json.loads((INFRA / "onboard/policy-deployment.json").read_text("utf-8"))
    definition = one_of("Microsoft.Authorization/policyDefinitions", "onboard/policy.bicep").value["properties"]
    assignment = one_of("Microsoft.Authorization/policyAssignments", "onboard/policy.bicep").value["properties"]
    passed = set(rule["deployment"]["properties"]["parameters"])
    assert passed == set(template["parameters"])
    nested = template["resources"][1]["properties"]
    assert set(nested["parameters"]) == set(nested["template"]["parameters"])
    assert set(definition["parameters"]) == set(assignment["parameters"]) == passed | {"effect"}
    assert set(re.findall(r"parameters\('(\w+)'\)", json.dumps(rule))) <= set(definition["parameters"])


def test_the_runtime_is_the_one_the_app_is_written_for() -> None:
    site = one_of("Microsoft.Web/sites", "app/function-app.bicep").value["properties"]["functionAppConfig"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert site["runtime"] == {"name": "python", "version": (ROOT / ".python-version").read_text("utf-8").strip()}
    assert project["requires-python"].startswith(f">={site['runtime']['version']}")
    requirements = (ROOT / "requirements.txt").read_text("utf-8")
    (pinned,) = [one for one in project["dependencies"] if one.startswith("azure-functions-runtime")]
    assert pinned in requirements.splitlines()


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
    rules = [one for one in load("app/alerts.bicep").of("resource") if one.type.endswith(("Rules", "metricAlerts"))]
    named = {str(one.value["name"]) for one in rules if "item" not in str(one.value["name"])}
    queries = next(one.value for one in load("app/alerts.bicep").of("var") if one.symbol == "queries")
    named |= {f"autopeer-{one['name']}" for one in queries}
    headings = set(re.findall(r"^### (autopeer-[\w-]+)$", (ROOT / "docs/operate.md").read_text("utf-8"), re.MULTILINE))
    assert named == headings


def test_what_is_given_to_azd_is_declared() -> None:
    given = set(json.loads((INFRA / "main.parameters.json").read_text("utf-8"))["parameters"])
    declared: list[Declaration] = load("main.bicep").of("param")
    assert given <= {one.symbol for one in declared}
    assert {one.symbol for one in declared if one.value is None} <= given
