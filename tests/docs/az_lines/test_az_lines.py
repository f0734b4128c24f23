"""Every `az` line that we give people is one that the Azure CLI understands."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from localazure.conformance.clients.azure_cli import AzureCli
from localazure.conformance.installation import FOLDER
from tests.docs.az_lines import documented
from tests.docs.az_lines.line import Line

_SCRIPT = Path(__file__).with_name("ask_parser.py")
_PYTHON = FOLDER / "azure-cli" / "venv" / "bin" / "python"


@pytest.fixture(scope="module")
def configuration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    AzureCli().install()
    return tmp_path_factory.mktemp("azure")


def misunderstood(lines: Sequence[Line], configuration: Path) -> dict[str, str]:
    """By the place of the line, what the CLI said to it."""
    environment = {
        **os.environ,
        "AZURE_CONFIG_DIR": str(configuration),
        "AZURE_CORE_COLLECT_TELEMETRY": "no",
        "AZURE_EXTENSION_USE_DYNAMIC_INSTALL": "no",
    }
    asked = json.dumps([{"words": line.words, "complete": line.complete} for line in lines])
    done = subprocess.run([_PYTHON, _SCRIPT], input=asked, env=environment, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    return {f"{line.where} az {' '.join(line.words)}": one for line, one in zip(lines, said, strict=True) if one}


@pytest.mark.long
def test_the_parser_understands_every_line(configuration: Path) -> None:
    assert misunderstood(documented.every(), configuration) == {}


WRONG = {
    "no such command": ("functionapp key list -g g -n n", True, "exit 2: "),
    "missing": ("functionapp keys list --ids /subscriptions/s", True, "are required: "),
    "unknown option": ("group delete --name g --all", True, "unrecognized arguments: --all"),
    "no such choice": ("tag update --resource-id r --operation Add --tags a=b", True, "'Add' is not a valid value"),
    "ids of which nothing can be taken": ("network vnet show --ids vnet", True, "vnet"),
    "a value too many": ("cloud set --name a b", True, "unrecognized arguments: b"),
    "mentioned, no such command": ("functionapp keys lists", False, "no command or group has this name"),
    "mentioned, no such group": ("functionapps", False, "no command or group has this name"),
    "mentioned, unknown option": ("role assignment create --assignees", False, "it has no --assignees"),
}


@pytest.mark.long
def test_it_does_not_understand_what_is_wrong(configuration: Path) -> None:
    lines = [Line(name, tuple(text.split()), complete) for name, (text, complete, _) in WRONG.items()]
    said = misunderstood(lines, configuration)
    assert len(said) == len(WRONG), said
    for line, answer in said.items():
        assert WRONG[line.partition(" az ")[0]][2] in answer
