"""The supervisor's small parts: options, settings, the ready file, pauses, scenarios."""

import argparse
import json
import tomllib
from pathlib import Path

import pytest

from localazure.client.ready import Ready
from localazure.emulator.emulator import Emulator
from localazure.emulator.identity import object_id_of
from localazure.emulator.latency import Latency, Mode
from localazure.emulator.scenario import Scenario as Networks
from localazure.emulator.scenario import seed
from localazure.up.app_settings import APP_CLIENT_ID, Endpoints, Secrets, app_settings, write_settings
from localazure.up.options import Options, OptionsError, Ports, Scenario, add_arguments, options
from localazure.up.run import Pauses
from peering.core.catalogue import read_catalogue


def parsed(*arguments: str) -> Options:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return options(parser.parse_args(arguments))


def test_options_default_to_one_hub_at_fast_latency() -> None:
    assert parsed() == Options(scenario="one-hub", latency="fast")


def test_paths_are_made_absolute_and_settings_split(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    chosen = parsed("--ready-file", "ready.json", "--setting", "A=b=c", "--setting", "D=")
    assert chosen.ready_file == tmp_path / "ready.json"
    assert chosen.more_settings == {"A": "b=c", "D": ""}


def test_setting_without_a_value_is_refused() -> None:
    with pytest.raises(OptionsError, match="write KEY=VALUE"):
        _ = parsed("--setting", "A").more_settings


def test_ports_count_up_from_the_base_in_the_documented_order() -> None:
    assert Ports.choose(9000) == Ports(arm=9000, local=9001, app=9002, blob=9003, queue=9004, table=9005)
    assert Ports.choose(None) == Ports(0, 0, 0, 0, 0, 0)


def test_unknown_scenario_names_the_known_ones() -> None:
    with pytest.raises(OptionsError, match=r"Known: .*one-hub, two-hubs"):
        Scenario.named("no-hub")


def test_broken_scenario_is_explained(tmp_path: Path) -> None:
    (tmp_path / "hubs.toml").write_text("[hubs")
    (tmp_path / "networks.json").write_text("{}")
    with pytest.raises(OptionsError, match="cannot be read"):
        Scenario.named(str(tmp_path))


@pytest.mark.parametrize("name", ["one-hub", "two-hubs"])
def test_scenario_is_a_valid_catalogue_over_networks_that_exist(name: str) -> None:
    scenario = Scenario.named(name)
    catalogue = read_catalogue(tomllib.loads(scenario.catalogue.read_text()))
    emulator = Emulator(scenario.tenant, lambda: 0.0, lambda _event: None, Latency(Mode.NONE))
    seed(emulator.estate, Networks.read(scenario.folder).resources)
    networks = {network["id"].lower() for network in emulator.view()["networks"]}
    assert list(catalogue.hubs) == scenario.hubs
    assert {str(hub.vnet).lower() for hub in catalogue.hubs.values()} == networks


def test_secrets_are_new_each_time_and_the_host_gets_its_own() -> None:
    one, other = Secrets(), Secrets()
    assert len({one.master_key, one.function_key, one.event_grid_key, other.master_key}) == 4
    assert set(one.for_host()) == {"HOST_MASTER_KEY", "HOST_FUNCTION_KEY", "HOST_EVENTGRID_KEY"}


def test_app_settings_point_at_the_local_parts(tmp_path: Path) -> None:
    endpoints = Endpoints("https://arm", "http://local", "/ca.pem", "header", "UseThis=1")
    settings = app_settings(endpoints, tmp_path / "hubs.toml")
    assert settings["IDENTITY_ENDPOINT"] == "http://local/msi/token"
    assert settings["AUTOPEER_TOPIC_ENDPOINT"] == "https://arm/topics/outcomes/api/events"
    assert settings["AUTOPEER_PRINCIPAL_ID"] == object_id_of(APP_CLIENT_ID)
    assert settings["AzureWebJobsStorage"] == "UseThis=1"


def test_settings_file_is_private_and_keeps_what_it_holds(tmp_path: Path) -> None:
    file = tmp_path / "local.settings.json"
    write_settings(file, {"A": "1"})
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text(json.dumps({"Host": {"CORS": "*"}, "Values": {"A": "old", "MINE": "kept"}}))
    write_settings(file, {"A": "new"})
    written = json.loads(file.read_text())
    assert written == {"IsEncrypted": False, "Host": {"CORS": "*"}, "Values": {"A": "new", "MINE": "kept"}}


def test_ready_file_is_put_in_place_whole(tmp_path: Path) -> None:
    ready = Ready("a", "c", "a", "f", "k", "s", "p", ["h"], {"up": 1}, "t", "u", "i", "l")
    file = tmp_path / "new" / "ready.json"
    ready.write(file)
    assert Ready.read(file) == ready
    assert [path.name for path in file.parent.iterdir()] == ["ready.json"]


def test_pauses_grow_with_short_lives_and_start_anew_after_a_long_one() -> None:
    pauses = Pauses()
    assert [pauses.after(1) for _ in range(6)] == [0, 1, 3, 7, 10, 10]
    assert pauses.after(60) == 0
    assert pauses.after(1) == 0
