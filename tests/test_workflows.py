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
WORKFLOWS = {file.name: file for file in sorted((ROOT / ".github" / "workflows").glob("*.yml"))}
_USES = re.compile(r"uses: *(.+)")
_PINNED = re.compile(r"([\w.-]+/[\w./-]+)@([0-9a-f]{40}  # v\d+\.\d+\.\d+)")
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
    found = [f"{action} is not pinned" for action in _USES.findall(text) if not _PINNED.fullmatch(action)]
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
    """To read is nothing; what is more is for jobs that an environment guards, or that run nothing but an action."""
    own = [step["run"] for step in job["steps"] if "run" in step]
    allowed = {("contents", "read")}
    if "environment" in job:
        allowed |= {("id-token", "write")} | ({("contents", "write")} if not _runs_ours(job) else set())
    if not own:
        allowed.add(("security-events", "write"))
    yield from (
        f"{name}: {level}" for name, level in job.get("permissions", {}).items() if (name, level) not in allowed
    )


def _runs_ours(job: dict[str, Any]) -> bool:
    return any(step.get("uses", "").startswith("actions/checkout@") for step in job["steps"])


def _parses(script: str) -> bool:
    return subprocess.run(["bash", "-n", "-c", script], capture_output=True, check=False).returncode == 0


def _missing_targets(workflow: Workflow) -> list[str]:
    known = set(_TARGET.findall((ROOT / "Makefile").read_text("utf-8")))
    named = {target for script in scripts(workflow) for target in re.findall(r"\bmake ([\w-]+)", script)}
    return [f"the Makefile has no target {target}" for target in sorted(named - known)]


@pytest.mark.parametrize("file", WORKFLOWS.values(), ids=lambda file: file.name)
def test_the_workflow_keeps_the_rules(file: Path) -> None:
    assert faults(file.read_text("utf-8")) == []


def test_these_are_all() -> None:
    assert list(WORKFLOWS) == ["check.yml", "codeql.yml", "deploy.yml", "release.yml", "zizmor.yml"]


def test_an_action_is_pinned_the_same_everywhere() -> None:
    """Else one workflow stays behind when the other is brought up to date. An action's parts count as one."""
    pins: dict[str, set[str]] = {}
    for file in WORKFLOWS.values():
        for action in _USES.findall(file.read_text("utf-8")):
            name, pin = _PINNED.fullmatch(action).groups()  # type: ignore[union-attr]  # test_the_workflow_keeps_the_rules
            pins.setdefault("/".join(name.split("/")[:2]), set()).add(pin)
    assert {name: found for name, found in pins.items() if len(found) > 1} == {}


def test_a_change_must_pass_what_a_commit_must_pass() -> None:
    """CI runs what .ci/run runs, in that order."""
    workflow = read(WORKFLOWS["check.yml"])
    local = (ROOT / ".ci" / "run").read_text("utf-8")
    assert set(workflow[True]) == {"push", "pull_request"}  # YAML 1.1 reads `on` as true
    assert ["make setup", *re.findall("^make .+$", local, re.MULTILINE)] == scripts(workflow)


def test_only_the_job_that_deploys_gets_a_token() -> None:
    """And that job runs nothing of what the tests install: it deploys the zip that another job made."""
    jobs = read(WORKFLOWS["deploy.yml"])["jobs"]
    assert [name for name, job in jobs.items() if "id-token" in job["permissions"]] == ["deploy"]
    assert jobs["deploy"]["needs"] == "package"
    assert not any("make" in script for script in scripts({"jobs": {"deploy": jobs["deploy"]}}))


def test_what_is_deployed_is_what_azd_knows_and_make_package_makes() -> None:
    """By the workflow and by `azd up` alike: that zip as it is, and nothing is built of it on the way."""
    text = WORKFLOWS["deploy.yml"].read_text("utf-8")
    service, package = re.findall(r"azd deploy (\S+) --from-package (\S+)", text)[0]
    app = yaml.safe_load((ROOT / "azure.yaml").read_text("utf-8"))["services"][service]
    assert (app["language"], app["dist"], app["remoteBuild"]) == ("custom", package, False)
    assert {hook["run"].removeprefix("wsl ") for hook in app["hooks"]["prepackage"].values()} == {"make package"}
    assert str(DEFAULT.relative_to(ROOT)) == package


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("check.yml", "  # v5.0.0", "", "is not pinned"),
        ("check.yml", "08c6903cd8c0fde910a37f88322edcfb5dd907a8  # v5.0.0", "v5.0.0", "is not pinned"),
        ("check.yml", "08c6903cd8c0fde910a37f88322edcfb5dd907a8  # v5.0.0", "main", "is not pinned"),
        ("check.yml", "run: make demo", "run: echo ${{ secrets.KEY }}", "it names a secret"),
        ("check.yml", "run: make demo", "run: echo ${{ github.head_ref }}", "an expression in a script"),
        ("check.yml", "run: make demo", "run: if true", "bash does not understand"),
        ("check.yml", "run: make demo", "run: make tea", "no target tea"),
        ("check.yml", "contents: read", "contents: write", "may do more than read"),
        ("check.yml", "permissions:\n  contents: read\n", "", "may do more than read"),
        ("check.yml", "timeout-minutes: 45", "permissions: {id-token: write}", "check may id-token: write"),
        ("check.yml", "timeout-minutes: 45\n", "\n", "check has no timeout"),
        ("check.yml", "  pull_request:", "  pull_request_target:", "what a fork sends"),
        ("release.yml", "    environment: release\n", "", "publish may contents: write"),
        ("release.yml", "actions/download-artifact@", "actions/checkout@", "publish may contents: write"),
        (
            "codeql.yml",
            "      - uses: github",
            "      - run: make setup\n      - uses: github",
            "may security-events: write",
        ),
    ],
)
def test_each_rule_finds_what_breaks_it(file: str, old: str, new: str, fault: str) -> None:
    text = WORKFLOWS[file].read_text("utf-8")
    assert old in text
    assert fault in " ".join(faults(text.replace(old, new, 1)))


def test_only_a_job_that_runs_nothing_of_ours_may_release() -> None:
    """And what it releases is what the other one made."""
    jobs = read(WORKFLOWS["release.yml"])["jobs"]
    assert [name for name, job in jobs.items() if job["permissions"]["contents"] == "write"] == ["publish"]
    assert jobs["publish"]["needs"] == "pack"
    [script] = scripts({"jobs": {"publish": jobs["publish"]}})
    made = {str(DEFAULT.relative_to(ROOT)), "dist/autopeer.zip.sha256", "dist/autopeer.cdx.json", "dist/notes.txt"}
    assert set(re.findall(r"dist/\S+", script)) == made


def test_every_parameter_that_azd_reads_comes_from_the_environments_variables(tmp_path: Path) -> None:
    """One that was forgotten would go back to its default with the first deployment from here, and nobody would see."""
    parameters = (ROOT / "infra" / "main.parameters.json").read_text("utf-8")
    named = set(re.findall(r"\$\{(\w+)", parameters))
    job = read(WORKFLOWS["deploy.yml"])["jobs"]["deploy"]
    [take] = [step for step in job["steps"] if "GITHUB_ENV" in step.get("run", "")]
    variables = {name: f"value of {name}" for name in named} | {"OTHER": "x"}
    written = tmp_path / "env"
    environment = {**os.environ, "VARIABLES": json.dumps(variables), "GITHUB_ENV": str(written)}
    subprocess.run(["bash", "-euc", take["run"]], env=environment, check=True)
    taken = {line.split("=", 1)[0] for line in written.read_text("utf-8").splitlines()}
    assert taken | job["env"].keys() >= named
    assert "OTHER" not in taken
