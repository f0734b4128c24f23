"""docs/deploy.md can be followed: its lines are sound shell, and name templates, parameters and outputs that exist."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from peering.core.catalogue.toml_table import EXAMPLE_ID
from tests.infra.bicep import INFRA, ROOT, load

TEXT = (ROOT / "docs/deploy.md").read_text("utf-8")
BLOCKS = re.findall(r"^```sh( offline)?\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
SHELL = "\n".join(block for _, block in BLOCKS)


def _deployments() -> Iterator[tuple[str, set[str]]]:
    """The template of each `az deployment`, and the parameters given to it."""
    for line in SHELL.replace("\\\n", " ").splitlines():
        if found := re.search(r"--template-file infra/(\S+)(?: +--parameters (.*))?", line):
            yield found[1], set(re.findall(r"(\w+)=", found[2] or ""))


@pytest.mark.parametrize("block", [block for _, block in BLOCKS])
def test_it_is_shell(block: str) -> None:
    answer = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, check=False)
    assert answer.stderr == ""


def test_what_needs_no_azure_runs(tmp_path: Path) -> None:
    for name in ("infra", "peering"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "hubs.example.toml", tmp_path)
    blocks = [block for offline, block in BLOCKS if offline]
    assert len(blocks) == 2
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    edit = f"sed -i s/{EXAMPLE_ID}/a1b2c3d4-0000-4000-8000-000000000001/ hubs.toml\n"  # as the text between them says
    for between, status in ("", 1), (edit, 0):
        answer = subprocess.run(
            ["bash", "-euc", between.join(blocks)],
            cwd=tmp_path,
            env={"PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (answer.returncode, "no faults" in answer.stdout) == (status, not status), answer.stderr


def test_templates_get_their_parameters() -> None:
    seen = dict(_deployments())
    names = ("hub", "roles", "subscription", "policy", "tag-policy")
    assert set(seen) == {f"onboard/{name}.bicep" for name in names}
    for template, given in _deployments():
        declared = {one.symbol: one.value is None for one in load(template).of("param")}
        assert given <= set(declared), template
        assert {name for name, required in declared.items() if required} <= given, template


def test_values_taken_from_azd_are_there() -> None:
    outputs = {one.symbol for one in load("main.bicep").of("output")}
    used = set(re.findall(r"\$(AUTOPEER_\w+)", SHELL)) - {"AUTOPEER_AUTH_CLIENT_ID"}  # that one a step before has set
    assert used <= outputs
    assert outputs - used <= {"AUTOPEER_TOPIC_ID"}
    for template in ("onboard/hub", "onboard/subscription", "onboard/policy", "onboard/tag-policy"):
        assert set(re.findall(r"AUTOPEER_\w+", (INFRA / f"{template}.bicep").read_text("utf-8"))) <= outputs


def test_what_can_be_set_is_what_is_passed_on() -> None:
    parameters = json.loads((INFRA / "main.parameters.json").read_text("utf-8"))["parameters"]
    lines = "\n".join(one["value"] for one in parameters.values())
    passed = dict(re.findall(r"^\$\{(\w+)=?(.*)\}$", lines, re.MULTILINE))
    assert len(passed) == len(parameters)
    table = dict(re.findall(r"^\| `(AUTOPEER_\w+)` \| (?:`([^`]*)`|none) \|", TEXT, re.MULTILINE))
    asked = {"AZURE_ENV_NAME", "AZURE_LOCATION"}  # by azd
    assert table == {name: value for name, value in passed.items() if name not in asked}
    assert set(re.findall(r"azd env set (\w+)", SHELL)) <= set(table)


def test_defaults_are_those_of_the_template() -> None:
    parameters = json.loads((INFRA / "main.parameters.json").read_text("utf-8"))["parameters"]
    defaults = {one.symbol: one.value for one in load("main.bicep").of("param")}
    for name, one in parameters.items():
        default = defaults[name]
        if default is not None:
            text = str(default).lower() if isinstance(default, bool) else str(default)
            assert one["value"].endswith(f"={text}}}"), name


def test_names_in_the_docs_are_those_that_are_made() -> None:
    parameters = {one.symbol: one.value for one in load("onboard/subscription.bicep").of("param")}
    assert f"--resource-group {parameters['resourceGroupName']}" in SHELL
    assert f"--system-topic-name {parameters['systemTopicName']}" in SHELL
    (link,) = re.findall(r"\((decisions/0010-[\w-]+\.md)\)", TEXT)
    assert (ROOT / "docs" / link).is_file()
