"""The onboarding in docs/terraform.md asks for the same events as infra/onboard, and sends them to the same place."""

import re

from tests.docs.terraform import pages
from tests.infra.bicep import Declaration, load

[EXAMPLE] = [block for block in pages.blocks().values() if "azurerm_eventgrid_system_topic" in block]
EVENTS = load("onboard/events.bicep")
[TO_QUEUE] = [one for one in EVENTS.of("resource") if one.symbol == "toQueue"]


def strings(block: str) -> list[str]:
    """What is quoted in a list or a block."""
    [found] = re.findall(rf"{block}\s*(?:= \[|\{{\n)(.*?)(?:\]\n|\n    }}\n)", EXAMPLE, re.DOTALL)
    return re.findall(r'"([^"]+)"', found)


def default(name: str) -> object:
    """Of a parameter of subscription.bicep."""
    [found] = [one for one in load("onboard/subscription.bicep").of("param") if one.symbol == name]
    return found.value


def filter_of(declaration: Declaration) -> dict[str, list[str]]:
    said = declaration.value["properties"]["filter"]
    found = {one["operatorType"]: [one["key"], *one["values"]] for one in said["advancedFilters"]}
    return found | {"types": said["includedEventTypes"]}


def test_the_filter_is_the_same() -> None:
    assert filter_of(TO_QUEUE) == {
        "types": strings("included_event_types"),
        "StringIn": strings("string_in"),
        "StringContains": strings("string_contains"),
    }


def test_so_are_the_destinations_and_the_names() -> None:
    properties = TO_QUEUE.value["properties"]
    queue = properties["deliveryWithResourceIdentity"]["destination"]["properties"]
    dead = properties["deadLetterWithResourceIdentity"]["deadLetterDestination"]["properties"]
    assert f'queue_name                            = "{queue["queueName"]}"' in EXAMPLE
    assert f"time_to_live_in_seconds = {queue['queueMessageTimeToLiveInSeconds']}" in EXAMPLE
    assert f'storage_blob_container_name = "{dead["blobContainerName"]}"' in EXAMPLE
    assert f'name                                 = "{TO_QUEUE.value["name"].rpartition("/")[2]}"' in EXAMPLE
    assert f'"{default("systemTopicName")}"' in EXAMPLE
    assert f'"{default("resourceGroupName")}"' in EXAMPLE
    assert f"max_delivery_attempts = {default('maxDeliveryAttempts')}" in EXAMPLE
    assert f"event_time_to_live    = {default('eventTimeToLiveInMinutes')}" in EXAMPLE


def test_the_alert_is_raised_by_the_same() -> None:
    [alert] = [one for one in EVENTS.of("resource") if one.type == "Microsoft.Insights/metricAlerts"]
    properties = alert.value["properties"]
    [criterion] = properties["criteria"]["allOf"]
    written = {key: value.strip('"') for key, value in re.findall(r"^ +(\w+) += (\S+)$", EXAMPLE, re.MULTILINE)}
    for key, value in {
        "severity": properties["severity"],
        "frequency": properties["evaluationFrequency"],
        "window_size": properties["windowSize"],
        "metric_namespace": criterion["metricNamespace"],
        "metric_name": criterion["metricName"],
        "aggregation": criterion["timeAggregation"],
        "threshold": criterion["threshold"],
    }.items():
        assert written[key] == str(value)
    assert f'"{alert.value["name"]}"' in EXAMPLE
    assert f'operator         = "{criterion["operator"]}"' in EXAMPLE


def test_events_go_out_by_the_topics_own_identity_and_after_its_roles() -> None:
    identities = re.findall(r"identity \{\n +type += \"(\w+)\"", EXAMPLE)
    assert identities == ["SystemAssigned"] * 3  # the topic's, for the queue, for dead letters
    assert "depends_on = [azurerm_role_assignment.queue, azurerm_role_assignment.dead_letters]" in EXAMPLE


def test_every_file_that_it_reads_is_there() -> None:
    files = re.findall(r"\$\{var\.repository\}/([\w/.-]+)", EXAMPLE)
    assert files
    assert [file for file in files if not (pages.ROOT / file).exists()] == []
