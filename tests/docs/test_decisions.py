"""The index of decisions, held to the files: none missing, none made up, titles and states as they stand there."""

import re
from pathlib import Path

import pytest

from tests.docs.markdown import ROOT, texts

FOLDER = ROOT / "docs" / "decisions"
FILES = sorted(FOLDER.glob("[0-9]*.md"))
_ROW = re.compile(r"^\| (\d+) \| \[(.+?)\]\(([\w-]+\.md)\) \| (.+?) \| (.+?) \|$", re.MULTILINE)
_HEAD = re.compile(r"# (\d+)\. (.+)\n\nStatus: (.+)\n\n")
_STATUS = re.compile(r"accepted|open|superseded by (\d+)")

ROWS = {
    file: (number, title, status)
    for number, title, file, status, _ in _ROW.findall((FOLDER / "README.md").read_text("utf-8"))
}


def test_the_index_lists_every_decision_in_order() -> None:
    assert list(ROWS) == [file.name for file in FILES]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_decision_has_the_number_title_and_status_of_the_index(file: Path) -> None:
    head = _HEAD.match(file.read_text("utf-8"))
    assert head, "a decision begins with '# <number>. <title>' and 'Status: <status>'"
    assert head.groups() == ROWS[file.name]
    assert int(file.name[:4]) == int(head[1])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_status_is_one_of_three(file: Path) -> None:
    status = _STATUS.fullmatch(ROWS[file.name][2])
    assert status
    if status[1]:
        assert status[1] in {number for number, _, _ in ROWS.values()}


def test_a_decision_that_is_cited_exists() -> None:
    cited = {name for path in texts() for name in re.findall(r"docs/decisions/(\d{4})", path.read_text("utf-8"))}
    assert cited
    assert cited <= {file.name[:4] for file in FILES}
