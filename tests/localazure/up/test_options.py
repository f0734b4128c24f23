"""What `up` is asked for: arguments, ports, scenarios."""

import argparse
import tomllib
from pathlib import Path

import pytest

from localazure.emulator.emulator import Emulator
from localazure.emulator.latency import Latency, Mode
from localazure.emulator.scenario import Scenario as Networks
from localazure.emulator.scenario import seed
from localazure.up.options import READY, Options, OptionsError, Ports, Scenario, add_arguments, options
from peering.core.catalogue.reader import read_catalogue


def parsed(*arguments: str) -> Options:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return options(parser.parse_args(arguments))


def test_options_default_to_one_hub_at_fast_latency() -> None:
    assert parsed() == Options(scenario="one-hub", latency="fast", ready_file=READY)


def test_paths_are_made_absolute_and_settings_split(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    chosen = parsed("--ready-file", "ready.json", "--setting", "A=b=c", "--setting", "D=")
    assert chosen.ready_file == tmp_path / "ready.json"
    assert chosen.more_settings == {"A": "b=c", "D": ""}


def test_setting_without_a_value_is_refused() -> None:
    with pytest.raises(OptionsError, match="write KEY=VALUE"):
        _ = parsed("--setting", "A").more_settings


def test_there_is_one_instance_unless_more_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert (parsed().instances, parsed("--instances", "3").instances) == (1, 3)
    for wrong in ("0", "-1", "many"):
        with pytest.raises(SystemExit):
            parsed(f"--instances={wrong}")
        assert "give 1 or more" in capsys.readouterr().err


def test_instances_without_a_host_are_refused() -> None:
    with pytest.raises(OptionsError, match="use one of them"):
        parsed("--instances", "2", "--no-app")


def test_ports_count_up_from_the_base_in_the_documented_order() -> None:
    assert Ports.choose(9000) == Ports(arm=9000, local=9001, app=9002, blob=9003, queue=9004, table=9005)
    assert Ports.choose(None) == Ports(arm=0, local=0, app=0, blob=0, queue=0, table=0)


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
