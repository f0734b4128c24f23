"""docs/pains.md has a row for every pain, and each row a test that exists or the reason why there is none."""

import re
from pathlib import Path

from tests import shared
from tests.docs.markdown import ROOT

PAGE = ROOT / "docs" / "pains.md"
_ROW = re.compile(r"^\| P(\d+) \|.*\| ([^|]*) \| ([^|]*)\|$", re.MULTILINE)
_NAMED = re.compile(r"`(test_\w+)`")
_WRITTEN = re.compile(r"^(?:async )?def (test_\w+)", re.MULTILINE)
_OF_THE_FIELD = re.compile(r"^\| P(\d+) \|", re.MULTILINE)
PAGE_OF_THE_FIELD = "field" + ".md"  # beside this clone, not one that a reader can open
_REASONS = ("cannot occur: ", "out of scope: ")


def rows() -> dict[int, tuple[str, set[str]]]:
    """By its number what is done about a pain, and the tests that show it."""
    found = _ROW.findall(PAGE.read_text("utf-8"))
    assert len({number for number, _, _ in found}) == len(found), "a pain has one row"
    return {int(number): (done, set(_NAMED.findall(shown))) for number, done, shown in found}


def written(files: list[Path]) -> set[str]:
    return {name for file in files for name in _WRITTEN.findall(file.read_text("utf-8"))}


def test_every_pain_has_its_row() -> None:
    assert list(rows()) == list(range(1, 31))


@shared.needs("facts")
def test_the_pains_are_those_of_the_field() -> None:
    of_the_field = _OF_THE_FIELD.findall((shared.folder("facts") / PAGE_OF_THE_FIELD).read_text("utf-8"))
    assert sorted(rows()) == sorted(map(int, of_the_field))


def test_each_is_shown_by_a_test_or_says_why_not() -> None:
    silent = [number for number, (done, tests) in rows().items() if bool(tests) == done.startswith(_REASONS)]
    assert silent == []


def test_every_test_that_is_named_exists() -> None:
    named = {name for _, tests in rows().values() for name in tests}
    assert named - written(list((ROOT / "tests").rglob("test_*.py"))) == set()


def test_the_tests_of_a_pain_are_named_at_it() -> None:
    own = written([ROOT / "tests" / "service" / "test_pains.py"])
    assert own
    for name in own:
        _, tests = rows()[int(name.removeprefix("test_p")[:2])]
        assert name in tests
