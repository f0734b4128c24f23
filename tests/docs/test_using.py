"""What app teams read of states, refusals and routes, held to the code: none missing, and none that is made up."""

import re

from peering.core.decision.findings import Code
from peering.core.record.record import State
from peering.web.route_table import OPEN, ROUTES
from tests.docs.markdown import ROOT, sections

PAGE = sections(ROOT / "docs" / "using.md")
REFUSALS = PAGE["Refusals"]
_ROW = re.compile(r"^\| `(\w+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)


def test_every_state_is_explained_once_and_no_other() -> None:
    rows = re.findall(r"^\| (`[\w`, ]+`) \| .{10,} \|$", PAGE["States"], re.MULTILINE)
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(State)


def test_every_code_is_documented_once_and_no_other() -> None:
    documented = [code for code, _, _ in _ROW.findall(REFUSALS)]
    assert sorted(documented) == sorted(Code)


def test_every_code_has_a_cause_and_a_remedy() -> None:
    assert [code for code, cause, remedy in _ROW.findall(REFUSALS) if len(cause) < 10 or len(remedy) < 5] == []


def test_no_code_hides_in_another_form() -> None:
    """A row that the pattern does not match would be a code that nobody checks."""
    rows = [line for line in REFUSALS.splitlines() if line.startswith("| `")]
    assert len(rows) == len(_ROW.findall(REFUSALS))


def test_every_route_is_told_and_no_other() -> None:
    told = set(re.findall(r"/api/([\w/{}:]+(?:\.json)?)", PAGE["Asking by HTTP"]))
    assert {route.path for route in (*ROUTES, *OPEN)} == told
