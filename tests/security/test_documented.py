"""docs/security.md promises nothing that no test shows."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_NAMED = re.compile(r"`(test_\w+)`")


def test_every_test_that_is_named_exists() -> None:
    named = set(_NAMED.findall((ROOT / "docs" / "security.md").read_text("utf-8")))
    written = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)
    }
    assert named
    assert named - written == set()


def test_every_test_of_this_folder_is_named() -> None:
    named = set(_NAMED.findall((ROOT / "docs" / "security.md").read_text("utf-8")))
    here = [file.read_text("utf-8") for file in Path(__file__).parent.glob("test_*.py") if file != Path(__file__)]
    written = {name for text in here for name in re.findall(r"^(?:async )?def (test_\w+)", text, re.MULTILINE)}
    assert written - named == set()
