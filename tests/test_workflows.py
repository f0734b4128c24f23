"""The workflows of GitHub Actions, held to a few rules: least rights, no secrets, and commands that exist."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from release.package import DEFAULT

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
_PINNED = re.compile(r"[\w.-]+/[\w./-]+@(v\d+\.\d+\.\d+|[0-9a-f]{40})")
_SECRET = re.compile(r"\bsecrets\b(?!\.GITHUB_TOKEN\b)")
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}")
_TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)

type Workflow = dict[Any, Any]


def read(file: Path) -> Workflow:
    workflow: Workflow = yaml.safe_load(file.read_text("utf-8"))
    return workflow


def steps(workflow: Workflow) -> Iterator[dict[str, Any]]:
    for job in workflow["jobs"].values():
        yield from job["steps"]


def scripts(workflow: Workflow) -> list[str]:
    return [step["run"] for step in steps(workflow) if "run" in step]


def faults(text: str) -> list[str]:
    """What is wrong with a workflow, by rule."""
    workflow: Workflow = yaml.safe_load(text)
    uses = [step["uses"] for step in steps(workflow) if "uses" in step]
    found = [f"{action} is not pinned" for action in uses if not _PINNED.fullmatch(action)]
    found += ["it names a secret"] if _SECRET.search(text) else []
    # A value that somebody else chooses must reach a script through its environment, not as part of its text.
    found += [f"an expression in a script: {script}" for script in scripts(workflow) if _EXPRESSION.search(script)]
    found += [f"bash does not understand: {script}" for script in scripts(workflow) if not _parses(script)]
    found += _missing_targets(workflow)
    if workflow.get("permissions") not in ({}, {"contents": "read"}):
        found.append("by default it may do more than read")
    for name, job in workflow["jobs"].items():
        found += [f"{name} may {right}" for right in _rights_too_many(job)]
        found += [] if "timeout-minutes" in job else [f"{name} has no timeout"]
    found += ["it runs with our rights on what a fork sends"] if "pull_request_target" in workflow[True] else []
    return found


def _rights_too_many(job: dict[str, Any]) -> Iterator[str]:
    allowed = {"contents": "read", **({"id-token": "write"} if "environment" in job else {})}
    rights = job.get("permissions", {})
    yield from (f"{name}: {level}" for name, level in rights.items() if allowed.get(name) != level)


def _parses(script: str) -> bool:
    return subprocess.run(["bash", "-n", "-c", script], capture_output=True, check=False).returncode == 0


def _missing_targets(workflow: Workflow) -> list[str]:
    known = set(_TARGET.findall((ROOT / "Makefile").read_text("utf-8")))
    named = {target for script in scripts(workflow) for target in re.findall(r"\bmake ([\w-]+)", script)}
    return [f"the Makefile has no target {target}" for target in sorted(named - known)]


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_the_workflow_keeps_the_rules(file: Path) -> None:
    assert faults(file.read_text("utf-8")) == []


def test_there_are_the_two() -> None:
    assert [file.name for file in WORKFLOWS] == ["check.yml", "deploy.yml"]


def test_a_change_must_pass_what_a_commit_must_pass() -> None:
    """CI runs what .ci/run runs, in that order."""
    workflow = read(WORKFLOWS[0])
    local = (ROOT / ".ci" / "run").read_text("utf-8")
    assert set(workflow[True]) == {"push", "pull_request"}  # YAML 1.1 reads `on` as true
    assert ["make setup", *re.findall("^make .+$", local, re.MULTILINE)] == scripts(workflow)


def test_only_the_job_that_deploys_gets_a_token() -> None:
    """And that job runs nothing of what the tests install: it deploys the zip that another job made."""
    jobs = read(WORKFLOWS[1])["jobs"]
    assert [name for name, job in jobs.items() if "id-token" in job["permissions"]] == ["deploy"]
    assert jobs["deploy"]["needs"] == "package"
    assert not any("make" in script for script in scripts({"jobs": {"deploy": jobs["deploy"]}}))


def test_what_is_deployed_is_what_azd_knows_and_make_package_makes() -> None:
    """By the workflow and by `azd up` alike: that zip as it is, and nothing is built of it on the way."""
    service, package = re.findall(r"azd deploy (\S+) --from-package (\S+)", WORKFLOWS[1].read_text("utf-8"))[0]
    app = yaml.safe_load((ROOT / "azure.yaml").read_text("utf-8"))["services"][service]
    assert (app["language"], app["dist"], app["remoteBuild"]) == ("custom", package, False)
    assert {hook["run"].removeprefix("wsl ") for hook in app["hooks"]["prepackage"].values()} == {"make package"}
    assert str(DEFAULT.relative_to(ROOT)) == package


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("actions/checkout@v5.0.0", "actions/checkout@v5", "is not pinned"),
        ("actions/checkout@v5.0.0", "actions/checkout@main", "is not pinned"),
        ("run: make demo", "run: echo ${{ secrets.KEY }}", "it names a secret"),
        ("run: make demo", "run: echo ${{ github.head_ref }}", "an expression in a script"),
        ("run: make demo", "run: if true", "bash does not understand"),
        ("run: make demo", "run: make tea", "no target tea"),
        ("contents: read", "contents: write", "may do more than read"),
        ("permissions:\n  contents: read\n", "", "may do more than read"),
        ("timeout-minutes: 45", "permissions: {id-token: write}", "check may id-token: write"),
        ("timeout-minutes: 45\n", "\n", "check has no timeout"),
        ("  pull_request:", "  pull_request_target:", "what a fork sends"),
    ],
)
def test_each_rule_finds_what_breaks_it(old: str, new: str, fault: str) -> None:
    text = WORKFLOWS[0].read_text("utf-8")
    assert old in text
    assert fault in " ".join(faults(text.replace(old, new, 1)))


def test_every_parameter_that_azd_reads_comes_from_the_environments_variables(tmp_path: Path) -> None:
    """One that was forgotten would go back to its default with the first deployment from here, and nobody would see."""
    parameters = (ROOT / "infra" / "main.parameters.json").read_text("utf-8")
    named = set(re.findall(r"\$\{(\w+)", parameters))
    job = read(WORKFLOWS[1])["jobs"]["deploy"]
    [take] = [step for step in job["steps"] if "GITHUB_ENV" in step.get("run", "")]
    variables = {name: f"value of {name}" for name in named} | {"OTHER": "x"}
    written = tmp_path / "env"
    environment = {**os.environ, "VARIABLES": json.dumps(variables), "GITHUB_ENV": str(written)}
    subprocess.run(["bash", "-euc", take["run"]], env=environment, check=True)
    taken = {line.split("=", 1)[0] for line in written.read_text("utf-8").splitlines()}
    assert taken | job["env"].keys() >= named
    assert "OTHER" not in taken
