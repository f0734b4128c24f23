"""The documents hold: links lead to files and headings, shell is shell, and commands that are named exist."""

import importlib.util
import re
import subprocess
from pathlib import Path

import pytest

from tests.docs.markdown import anchors

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "localazure/emulator/coverage.md"])
_BLOCK = re.compile(r"^```(sh|console)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TYPED = re.compile(r"^\$ ((?:.*\\\n)*.*)$", re.MULTILINE)  # a prompt's line, and what it goes on with
_LINK = re.compile(r"\]\((?!https?://)([^)#\s]*)#?([^)\s]*)\)")
_MAKE = re.compile(r"(?:`|^    |\$ )make ([a-z-]+)", re.MULTILINE)
_MODULE = re.compile(r"python3? -m ([\w.]+)")
_TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def shell_of(text: str) -> list[str]:
    """Each block of shell; of a console, what is typed and not what is answered."""
    return [block if kind == "sh" else "\n".join(_TYPED.findall(block)) for kind, block in _BLOCK.findall(text)]


@pages
def test_links_lead_to_files_and_headings(page: Path) -> None:
    links = _LINK.findall(page.read_text("utf-8"))
    targets = [(page.parent / link if link else page, part) for link, part in links]
    assert [target for target, _ in targets if not target.exists()] == []
    assert [(target, part) for target, part in targets if part and part not in anchors(target)] == []


@pages
def test_shell_is_shell(page: Path) -> None:
    for block in shell_of(page.read_text("utf-8")):
        answer = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, check=False)
        assert answer.stderr == "", block


@pages
def test_commands_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    assert set(_MAKE.findall(text)) <= set(_TARGET.findall((ROOT / "Makefile").read_text("utf-8")))
    assert [module for module in _MODULE.findall(text) if importlib.util.find_spec(module) is None] == []


def test_what_is_looked_for_is_found() -> None:
    """The patterns above must not pass because they match nothing."""
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "make demo" in shell_of(readme)
    assert {"demo", "test"} <= set(_MAKE.findall(readme))
    assert ("docs/using.md", "") in _LINK.findall(readme)
    assert _LINK.findall("[a](#b), [c](using.md#e)") == [("", "b"), ("using.md", "e")]
    assert _MODULE.findall("`python -m localazure up`") == ["localazure"]


def test_the_make_targets_list_themselves() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "make demo" in listed
    assert "make test" in listed
