"""One list of settings in three places: what the code reads, what infra/ sets, what docs/deploy.md explains."""

import re
from functools import cache
from pathlib import Path

from localazure.up.app_settings import Endpoints, app_settings
from peering.settings import Settings
from tests.infra.bicep import ROOT, load

DEPLOY = (ROOT / "docs/deploy.md").read_text("utf-8")
SETTINGS = (ROOT / "peering/settings.py").read_text("utf-8")
PLATFORM = re.compile(r"AzureWebJobsStorage__\w+|AZURE_CLIENT_ID|APPLICATIONINSIGHTS_AUTHENTICATION_STRING")


@cache
def _documented() -> dict[str, str]:
    section = DEPLOY.split("\n## Settings\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([\w]+)` \| (\w+) \| .{10,} \|$", section, re.MULTILINE)
    assert len(rows) == section.count("\n| `")
    return dict(rows)


def _in_bicep() -> set[str]:
    configs = [one.value for one in load("app/function-app.bicep").of("resource") if one.symbol == "settings"]
    return set(configs[0]["properties"])


def _explained() -> set[str]:
    return set(re.findall(r'"""`([A-Z]\w+)`', SETTINGS))


def _read() -> set[str]:
    return set(re.findall(r'"((?:AUTOPEER|APPLICATIONINSIGHTS|WEBSITE)_\w+)"', SETTINGS))


def test_the_code_explains_what_it_reads() -> None:
    assert _explained() == _read()


def test_the_docs_explain_what_the_code_reads_and_what_infra_sets() -> None:
    assert set(_documented()) == _explained() | _in_bicep()


def test_infra_sets_what_the_docs_say_it_does() -> None:
    assert {name for name, by in _documented().items() if by == "infra"} == _in_bicep()
    assert set(_documented().values()) == {"infra", "local", "Azure"}


def test_every_setting_that_infra_sets_is_read_by_somebody() -> None:
    assert {name for name in _in_bicep() - _explained() if not PLATFORM.fullmatch(name)} == set()


AT_THEIR_DEFAULTS = {
    "AUTOPEER_ARM_AUDIENCE",
    "AUTOPEER_BATCH",
    "AUTOPEER_HISTORY_DAYS",
    "AUTOPEER_INSTALLATION",
    "AUTOPEER_LEASE_SECONDS",
}


def test_local_settings_are_the_same_list() -> None:
    """What `up` and `func start` give the app: every setting of ours but those that the local Azure leaves alone."""
    endpoints = Endpoints(
        arm="https://127.0.0.1:1",
        local="http://127.0.0.1:2",
        ca="ca.pem",
        identity_header="header",
        storage="UseDevelopmentStorage=true",
    )
    local = app_settings(endpoints, Path("hubs.toml"))
    ours = {name for name in local if name.startswith("AUTOPEER_")}
    assert ours | AT_THEIR_DEFAULTS == {name for name in _explained() if name.startswith("AUTOPEER_")}
    assert ours.isdisjoint(AT_THEIR_DEFAULTS)
    assert Settings.from_environment(local, ROOT).arm_endpoint == endpoints.arm
