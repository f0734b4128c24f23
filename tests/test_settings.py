"""The app settings: defaults, every fault at once, and errors that may pass through any context manager."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from peering.core.catalogue.reader import CatalogueError
from peering.settings import Reach, Settings, SettingsError, reach_alone
from peering.web.problems import Kind, Problem

ROOT = Path("/site")
STORAGE = {"AzureWebJobsStorage": "UseDevelopmentStorage=true"}


def read(**environment: str) -> Settings:
    return Settings.from_environment(STORAGE | environment, ROOT)


def test_only_the_storage_must_be_set() -> None:
    found = read()
    assert found.storage.connection_string == "UseDevelopmentStorage=true"
    assert (found.catalogue, found.arm_endpoint) == (ROOT / "hubs.toml", "https://management.azure.com")
    assert (found.arm_audience, found.ca_file, found.principal_id) == (found.arm_endpoint, None, None)
    assert (found.topic_endpoint, found.lease, found.batch) == (None, timedelta(seconds=60), 50)


@pytest.mark.parametrize(("value", "may"), [("", False), ("false", False), ("False", False), ("true", True)])
def test_keys_operate_only_where_the_setting_says_so(value: str, may: bool) -> None:
    """Bicep writes a bool as `True`, people as they like."""
    assert read(AUTOPEER_KEYS_MAY_OPERATE=value).keys_may_operate is may
    assert read(AUTOPEER_KEYS_MAY_OPERATE=value.upper()).keys_may_operate is may
    assert not read().keys_may_operate


def test_the_storage_may_be_named_by_its_account_or_its_addresses() -> None:
    by_name = Settings.from_environment({"AzureWebJobsStorage__accountName": "acc"}, ROOT).storage
    assert by_name.table == "https://acc.table.core.windows.net"
    services = ("blob", "queue", "table")
    addresses = {f"AzureWebJobsStorage__{each}ServiceUri": f"https://{each}.example" for each in services}
    by_address = Settings.from_environment(addresses, ROOT).storage
    assert (by_address.blob, by_address.queue) == ("https://blob.example", "https://queue.example")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("AUTOPEER_ARM_ENDPOINT", "http://management.azure.com"),
        ("AUTOPEER_TOPIC_ENDPOINT", "topic"),
        ("AUTOPEER_LEASE_SECONDS", "14"),
        ("AUTOPEER_LEASE_SECONDS", "61"),
        ("AUTOPEER_LEASE_SECONDS", "1" * 5000),
        ("AUTOPEER_BATCH", "0"),
        ("AUTOPEER_BATCH", "ten"),
        ("AUTOPEER_BATCH", "-1"),
        ("AUTOPEER_KEYS_MAY_OPERATE", "yes"),
        ("AUTOPEER_INSTALLATION", "blue-green"),
        ("AUTOPEER_INSTALLATION", "Dev"),
        ("AUTOPEER_INSTALLATION", "x" * 13),
    ],
)
def test_a_setting_that_is_wrong_is_named(key: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(**{key: value})
    assert [fault.key for fault in caught.value.faults] == [key]
    assert key in str(caught.value)


CHECKED = [
    "AUTOPEER_ARM_ENDPOINT",
    "AUTOPEER_TOPIC_ENDPOINT",
    "AUTOPEER_LEASE_SECONDS",
    "AUTOPEER_BATCH",
    "AUTOPEER_SWEEP_SCHEDULE",
    "AUTOPEER_HISTORY_DAYS",
    "AUTOPEER_INSTALLATION",
    "AUTOPEER_KEYS_MAY_OPERATE",
]


@pytest.mark.parametrize("key", CHECKED)
def test_a_fault_tells_no_part_of_the_value(key: str) -> None:
    """It may be a key that was pasted into the wrong setting, and faults go to the log and to callers."""
    with pytest.raises(SettingsError) as caught:
        read(**{key: "Zm9yIG5vYm9keQ=="})
    assert [fault.key for fault in caught.value.faults] == [key]
    assert "Zm9y" not in str(caught.value)


def test_who_only_reads_networks_is_told_the_same_faults_in_the_same_order() -> None:
    wrong = {"AUTOPEER_INSTALLATION": "Dev", "AUTOPEER_ARM_ENDPOINT": "http://management.azure.com"}
    with pytest.raises(SettingsError) as caught:
        reach_alone(wrong)
    assert [fault.key for fault in caught.value.faults] == ["AUTOPEER_ARM_ENDPOINT", "AUTOPEER_INSTALLATION"]
    reach = reach_alone({"AUTOPEER_ARM_ENDPOINT": "https://arm.example/", "AUTOPEER_CA_FILE": "ca.pem"})
    assert reach == Reach("https://arm.example", "https://arm.example", "ca.pem", "")


def test_all_faults_are_told_at_once() -> None:
    wrong = {"AUTOPEER_BATCH": "x", "AUTOPEER_LEASE_SECONDS": "x", "AUTOPEER_ARM_ENDPOINT": "x"}
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(wrong, ROOT)
    assert {fault.key for fault in caught.value.faults} == {*wrong, "AzureWebJobsStorage"}


@pytest.mark.parametrize("error", [SettingsError(()), CatalogueError("hubs.toml", ()), Problem(Kind.NOT_JSON, "No.")])
def test_our_errors_pass_through_a_context_manager(error: Exception) -> None:
    @contextmanager
    def passing() -> Iterator[None]:
        yield

    with pytest.raises(type(error)), passing():
        raise error
