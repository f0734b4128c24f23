"""The development container has what `make demo` starts from; the workflow *check* runs it on as little."""

import json
import re

from release.package import ROOT

CONTAINER = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))


def test_its_python_is_ours() -> None:
    """Else uv would fetch one from elsewhere."""
    wanted = ".".join((ROOT / ".python-version").read_text("utf-8").split(".")[:2]).strip()
    assert CONTAINER["image"] == f"mcr.microsoft.com/devcontainers/python:{wanted}"


def test_it_sets_up_what_the_makefile_has() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    command, target = CONTAINER["postCreateCommand"].split()
    assert command == "make"
    assert target in targets
