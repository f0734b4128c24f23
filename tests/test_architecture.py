"""What holds the parts apart: who may import whom, what importing the app costs, and what is deployed."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LINTER = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo", "--config"]


def lint(folder: Path, config: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*LINTER, str(config)], cwd=folder, capture_output=True, text=True, check=False)


def test_the_layers_are_kept() -> None:
    outcome = lint(ROOT, ROOT / "pyproject.toml")
    assert outcome.returncode == 0, outcome.stdout
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    assert f"Contracts: {len(contracts)} kept, 0 broken." in outcome.stdout


def modules_of(package: str) -> dict[str, list[str]]:
    """The names of its modules, folder by folder."""
    files = [file for file in (ROOT / package).rglob("*.py") if "node_modules" not in file.parts]
    folders = {file.parent for file in files}
    return {str(each.relative_to(ROOT)): [file.stem for file in files if file.parent == each] for each in folders}


TREE = modules_of("peering") | modules_of("localazure") | {"tests": ["__init__"]} | modules_of("tests/histories")
LAYERS, AZURE_ONLY = "Each layer imports only those below it", "Azure's SDKs are imported by the adapters only"
MODEL = "The model of the histories shares no code"
EMULATOR = "The emulator shares no code with the app"
OFFENCES = [
    ("peering/core/decision/plan.py", "import peering.ports", LAYERS),
    ("peering/core/decision/plan.py", "import azure.core", AZURE_ONLY),
    ("peering/service/drain.py", "import peering.web.api", LAYERS),
    ("peering/adapters/networks.py", "import peering.service.context", LAYERS),
    ("peering/adapters/networks.py", "import peering.web.api", LAYERS),
    ("peering/service/drain.py", "import azure.storage.blob", AZURE_ONLY),
    ("peering/core/decision/plan.py", "import peering.core.record.record", "The rooms of the core"),
    ("peering/core/catalogue/policy.py", "import peering.core.intake.requests", "The rooms of the core"),
    ("peering/service/outcome.py", "import peering.service.batch", "The service reads top to bottom"),
    ("peering/service/poison.py", "import peering.service.reconcile", "The service reads top to bottom"),
    ("peering/adapters/networks.py", "import localazure", "What is deployed does not know the local Azure"),
    ("localazure/emulator/__init__.py", "import peering.core.decision.plan", EMULATOR),
    ("localazure/emulator/__init__.py", "import azure.mgmt.network", EMULATOR),
    ("localazure/client/arm.py", "import localazure.up.run", "Rooms of the local Azure"),
    ("localazure/host/worker.py", "import localazure.emulator", "Rooms of the local Azure"),
    ("localazure/emulator/networks/estate.py", "import localazure.emulator.wire.router", "Floors of the emulator"),
    ("localazure/emulator/page/routes.py", "import localazure.emulator.control.emulator", "Floors of the emulator"),
    ("localazure/emulator/wire/router.py", "import aiohttp.web", "What ARM answers is known without a server"),
    ("tests/histories/model/rules.py", "import peering.core.decision.verdict", MODEL),
]


@pytest.mark.parametrize(("file", "line", "contract"), OFFENCES)
def test_an_offence_is_noticed(tmp_path: Path, file: str, line: str, contract: str) -> None:
    offend(tmp_path, {file: line}, contract)


def test_a_circle_is_noticed(tmp_path: Path) -> None:
    there = {"localazure/host/queues.py": "import localazure.host.worker"}
    back = {"localazure/host/worker.py": "import localazure.host.queues"}
    offend(tmp_path, there | back, "No circles among siblings")


def offend(tmp_path: Path, lines: dict[str, str], contract: str) -> None:
    """Write the lines into a project of empty modules; that contract must be broken."""
    for folder, modules in TREE.items():
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        for module in modules:
            (tmp_path / folder / f"{module}.py").touch()
    for file, line in lines.items():
        (tmp_path / file).write_text(f"{line}\n")
    config = tmp_path / "pyproject.toml"
    config.write_text((ROOT / "pyproject.toml").read_text("utf-8"), "utf-8")
    outcome = lint(tmp_path, config)
    assert outcome.returncode == 1
    assert re.search(rf"{contract}.* BROKEN", outcome.stdout), outcome.stdout


IMPURE = {"os", "io", "logging", "random", "secrets", "time", "socket", "ssl", "asyncio", "threading", "subprocess"}
IMPURE |= {"pathlib", "tempfile", "uuid", "urllib", "http", "shutil", "multiprocessing"}
CLOCKS = {"now", "utcnow", "today"}


def impurities(source: str) -> list[str]:
    """What a module of the core must not have: foreign imports, the outside world, a clock."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
        found += [name for name in names if not _is_pure(name)]
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
            found.append(node.attr)
        if isinstance(node, ast.Name) and node.id in {"open", "print", "input"}:
            found.append(node.id)
    return found


def _is_pure(module: str) -> bool:
    top = module.partition(".")[0]
    return module.startswith("peering.core.") or (top in sys.stdlib_module_names and top not in IMPURE)


@pytest.mark.parametrize("file", sorted((ROOT / "peering" / "core").rglob("*.py")), ids=lambda file: file.stem)
def test_the_core_is_pure(file: Path) -> None:
    assert impurities(file.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    ["import os", "from azure.core import x", "import peering.ports", "from . import x", "datetime.now()", "open('x')"],
)
def test_an_impurity_is_noticed(source: str) -> None:
    assert impurities(source)


WATCH = """
import json, sys
touched = []
def watch(event, arguments):
    if event == "open":
        path, mode = str(arguments[0]), str(arguments[1] or "r")
        if set(mode) & set("wax+") or not path.endswith((".py", ".pyc", ".so", ".pth", ".zip")):
            touched.append(f"{event} {path} {mode}")
    elif event.startswith(("socket.", "subprocess.", "os.system", "urllib.", "http.")):
        touched.append(event)
sys.addaudithook(watch)
import function_app
print(json.dumps({"touched": touched, "modules": sorted(sys.modules)}))
"""
SDKS = ("identity", "mgmt", "data", "storage", "eventgrid", "core", "monitor")
HEAVY = (*(f"azure.{sdk}" for sdk in SDKS), "aiohttp", "opentelemetry", "msal", "cryptography", "localazure")


@pytest.fixture(scope="module")
def imported() -> dict[str, list[str]]:
    """What a fresh interpreter touched and loaded when it imported the app, without a single app setting."""
    command = [sys.executable, "-B", "-c", WATCH]
    bare = {"PYTHONPATH": str(ROOT)}
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, env=bare)
    found: dict[str, list[str]] = json.loads(outcome.stdout)
    return found


def test_importing_the_app_loads_nothing_heavy(imported: dict[str, list[str]]) -> None:
    assert "azure.functions" in imported["modules"]
    assert [name for name in imported["modules"] if name.startswith(HEAVY)] == []


FOR_EVENTS = {"core.intake.events", "core.intake.fields", "core.intake.requests", "core.intake.sweep_orders"}
FOR_EVENTS |= {"core.network.resource_ids", "core.catalogue.fault", "log", "settings", "wiring"}
ROOMS = {"core", "core.intake", "core.network", "core.catalogue"}


def test_importing_the_app_loads_of_our_own_what_an_event_needs(imported: dict[str, list[str]]) -> None:
    """Every event on a cold process waits for it. HTTP and the worker load theirs with their first request."""
    ours = {name.removeprefix("peering.") for name in imported["modules"] if name.startswith("peering.")}
    assert ours == FOR_EVENTS | ROOMS
    assert not {"tomllib", "difflib"} & set(imported["modules"])


def test_importing_the_app_touches_nothing_but_modules(imported: dict[str, list[str]]) -> None:
    assert imported["touched"] == []


HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})\b")
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^\s;\\]+)", re.MULTILINE)


def pins(file: str) -> dict[str, str]:
    return {found["name"]: found["version"] for found in PIN.finditer((ROOT / file).read_text("utf-8"))}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9.-]", each, maxsplit=1)[0].lower() for each in requirements}


def test_what_is_deployed_is_what_is_tested() -> None:
    deployed, locked = pins("requirements.txt"), pins("requirements.lock")
    assert deployed
    assert deployed.items() <= locked.items()


def hashes(file: str) -> dict[str, set[str]]:
    """Those of each pin. A file with one hash is installed with `--require-hashes` by pip and uv of themselves."""
    text = (ROOT / file).read_text("utf-8")
    starts = [(found["name"], found.end()) for found in PIN.finditer(text)]
    ends = [*(end for _, end in starts[1:]), len(text)]
    return {name: set(HASH.findall(text[start:end])) for (name, start), end in zip(starts, ends, strict=True)}


def test_what_is_deployed_is_known_by_its_hashes_and_by_no_address() -> None:
    deployed, locked = hashes("requirements.txt"), hashes("requirements.lock")
    assert [name for name, found in deployed.items() if not found or found != locked[name]] == []
    assert "://" not in (ROOT / "requirements.txt").read_text("utf-8")


def test_what_is_deployed_is_what_the_project_needs() -> None:
    deployed = pins("requirements.txt").keys()
    assert names(PROJECT["project"]["dependencies"]) <= deployed
    tools = names(PROJECT["dependency-groups"]["dev"]) - {"pyjwt"}  # which msal brings along
    assert tools & deployed == set()


FIXED = ("azure.functions", "azure.identity", "azure.mgmt.network", "azure.eventgrid", "azure.data.tables")


@pytest.mark.parametrize("package", FIXED)
def test_what_the_design_is_built_on_is_deployed_and_used(package: str) -> None:
    """The design fixes these: the app goes to Azure through Microsoft's own clients, networks through theirs too."""
    assert package.replace(".", "-") in (ROOT / "requirements.txt").read_text("utf-8")
    sources = [ROOT / "function_app.py", *(ROOT / "peering").rglob("*.py")]
    pattern = re.compile(rf"^\s*(?:import|from) {re.escape(package)}\b", re.MULTILINE)
    assert any(pattern.search(source.read_text("utf-8")) for source in sources), f"nothing imports {package}"
