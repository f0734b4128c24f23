"""What `up` is asked for: arguments, ports and the scenario."""

import argparse
import json
import shutil
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
READY = ROOT / ".local" / "ready.json"
SCENARIOS = Path(__file__).parents[1] / "scenarios"
CORE_TOOLS_PORT = 7071
"""Where `func start` listens."""


class OptionsError(ValueError):
    """An argument cannot be used; the message says which and why."""


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Ports on 127.0.0.1. 0 lets a part pick one: a free port chosen beforehand may be taken by then."""

    arm: int = 0
    local: int = 0
    app: int = 0
    blob: int = 0
    queue: int = 0
    table: int = 0

    @classmethod
    def choose(cls, base: int | None) -> "Ports":
        """`base` and the five after it, in the order of docs/local-azure.md, else free ones."""
        if base is None:
            return cls()
        return cls(arm=base, local=base + 1, app=base + 2, blob=base + 3, queue=base + 4, table=base + 5)


@dataclass(frozen=True)
class Scenario:
    """A folder of `scenarios/`: the catalogue, and what exists at the start."""

    folder: Path
    hubs: list[str]
    tenant: str
    subscription: str

    @property
    def catalogue(self) -> Path:
        return self.folder / "hubs.toml"

    @classmethod
    def named(cls, name: str) -> "Scenario":
        """One of ours by name, or any folder by path."""
        folder = SCENARIOS / name if (SCENARIOS / name).is_dir() else Path(name).resolve()
        try:
            catalogue = tomllib.loads((folder / "hubs.toml").read_text("utf-8"))
            networks = json.loads((folder / "networks.json").read_text("utf-8"))
            return cls(folder, list(catalogue["hubs"]), networks["tenant"], networks["subscription"])
        except FileNotFoundError as error:
            known = ", ".join(sorted(one.parent.name for one in SCENARIOS.glob("*/hubs.toml")))
            raise OptionsError(
                f"There is no scenario '{name}' ({error.filename} is missing). Known: {known}."
            ) from error
        except (ValueError, KeyError) as error:
            raise OptionsError(f"The scenario in {folder} cannot be read: {error}") from error


@dataclass(frozen=True)
class Interpreter:
    """A Python. `isolated` when it has an environment of its own, in which ours must not be seen."""

    executable: str
    isolated: bool = False


@dataclass(frozen=True, kw_only=True)
class Options:
    """The arguments of `up`, as docs/local-azure.md has them."""

    scenario: str = "one-hub"
    ready_file: Path | None = None
    port_base: int | None = None
    latency: str = "fast"
    faults: Path | None = None
    state: Path | None = None
    app_dir: Path = ROOT
    app_python: str | None = None
    setting: tuple[str, ...] = ()
    no_app: bool = False
    instances: int = 1
    invite: bool = False
    switch: tuple[str, ...] = ()

    @property
    def interpreter(self) -> Interpreter:
        """What the host and the app run under: ours, or the one asked for and nothing of ours but the host."""
        if self.app_python is None:
            return Interpreter(sys.executable)
        if found := shutil.which(self.app_python):
            return Interpreter(found, isolated=True)
        raise OptionsError(f"--app-python {self.app_python}: there is no such program.")

    @property
    def more_settings(self) -> dict[str, str]:
        pairs = [text.partition("=") for text in self.setting]
        if wrong := [key for key, equals, _ in pairs if not (key and equals)]:
            raise OptionsError(f"--setting {wrong[0]}: write KEY=VALUE.")
        return {key: value for key, _, value in pairs}


def _how_many(text: str) -> int:
    """The number of instances; Azure has at least one as long as there is work."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of instances: give 1 or more.")
    return int(text)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scenario", default="one-hub", help="folder of localazure/scenarios, or a path")
    parser.add_argument(
        "--ready-file",
        type=Path,
        default=READY,
        help="write this JSON file when everything answers; default: .local/ready.json",
    )
    parser.add_argument("--port-base", type=int, help="use this port and the five after it; default: free ones")
    parser.add_argument("--latency", choices=["none", "fast", "real"], default="fast", help="how long ARM takes")
    parser.add_argument("--faults", type=Path, help="JSON file of faults for ARM to show")
    parser.add_argument("--state", type=Path, help="JSON file to load the networks from, and to save them to")
    parser.add_argument("--app-dir", type=Path, default=ROOT, help="folder of the function app; default: this one")
    parser.add_argument("--app-python", metavar="PYTHON", help="run host and app in this interpreter's environment")
    parser.add_argument("--instances", type=_how_many, default=1, metavar="N", help="serve the app by so many hosts")
    parser.add_argument("--setting", action="append", default=[], metavar="KEY=VALUE", help="one more app setting")
    parser.add_argument("--switch", action="append", default=[], metavar="NAME=VALUE", help="one of ARM's switches")
    parser.add_argument("--invite", action="store_true", help="print a curl and an az line to try")
    parser.add_argument("--no-app", action="store_true", help="no host: write local.settings.json for `func start`")


def options(arguments: argparse.Namespace) -> Options:
    values = {name: getattr(arguments, name) for name in Options.__dataclass_fields__}
    paths = {name: path.resolve() for name, path in values.items() if isinstance(path, Path)}
    if arguments.no_app and arguments.instances > 1:
        raise OptionsError("--instances starts hosts, and --no-app starts none: use one of them.")
    return Options(**{**values, **paths, "setting": tuple(arguments.setting), "switch": tuple(arguments.switch)})
