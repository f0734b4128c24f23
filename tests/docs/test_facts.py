"""Facts about Azure can be looked up: what code cites is a page of docs/facts, and has a source there."""

import re
from pathlib import Path

import pytest

from tests.docs.markdown import ROOT, anchors, headings, sections, texts

FACTS = ROOT / "docs" / "facts"
INDEX = FACTS / "README.md"
PAGES = sorted(set(FACTS.glob("*.md")) - {INDEX})
CERTAINTIES = ("documented", "recorded", "observed", "unsure")

_CITATION = re.compile(r"docs/facts/([\w-]+\.md)(#[\w-]+|, )?")
_PAGE_NAME = re.compile(r"(?<![\w/.-])(?!https?:)[\w./-]*[\w-]+\.md\b")
_NO_NAME = re.compile(r"https?://\S+|\[[^\]]*\](?=\()")  # an address; the text of a link, whose target is looked at
_NEXT_LINE = re.compile(r"\n[ \t]*(?:(?:#|//)[ \t]*)?")
_LINK = re.compile(r"\]\[[\w.-]+\]|\]\(https?://")


def wrong_citations(text: str) -> list[str]:
    """The citations of docs/facts that lead nowhere. After a comma the heading follows, perhaps on the next line."""
    flowing = _NEXT_LINE.sub(" ", text)
    wrong = []
    for found in _CITATION.finditer(flowing):
        page, how = FACTS / found[1], found[2] or ""
        if not page.is_file():
            wrong.append(found[0])
        elif how.startswith("#"):
            wrong += [] if how[1:] in anchors(page) else [found[0]]
        elif how:
            rest = flowing[found.end() :]
            named = any(re.match(rf"{re.escape(heading)}(?!\w)", rest) for heading in headings(page))
            wrong += [] if named else [found[0] + rest[:30]]
    return wrong


def elsewhere(path: Path, text: str) -> list[str]:
    """The pages that are named and are not in this repository, or which nobody could find by that name."""
    folders = [ROOT / "docs", *(folder for folder in path.parents if folder.is_relative_to(ROOT))]
    names = set(_PAGE_NAME.findall(_NO_NAME.sub("", text)))
    return sorted(name for name in names if not any(_is_ours(folder / name) for folder in folders))


def _is_ours(page: Path) -> bool:
    return page.is_file() and page.resolve().is_relative_to(ROOT)


def test_every_citation_leads_to_a_fact() -> None:
    wrong = {str(path): found for path in texts() if (found := wrong_citations(path.read_text("utf-8")))}
    assert wrong == {}


def test_no_page_is_named_that_a_reader_cannot_open() -> None:
    wrong = {str(path): found for path in texts() if (found := elsewhere(path, path.read_text("utf-8")))}
    assert wrong == {}


def test_citations_are_found() -> None:
    """The patterns above must not pass because they match nothing."""
    cited = [path for path in texts() if path.suffix == ".py" and _CITATION.search(path.read_text("utf-8"))]
    assert len(cited) >= 10
    assert wrong_citations("docs/facts/arm-peering.md, Sync). docs/facts/arm-peering.md#sync") == []
    assert wrong_citations("# (docs/facts/arm-peering.md, Sync\n    # levels)") == []
    assert wrong_citations("docs/facts/arm.md, Sync") == ["docs/facts/arm.md, "]
    assert wrong_citations("docs/facts/arm-peering.md, Synchronous") == ["docs/facts/arm-peering.md, Synchronous"]
    assert wrong_citations("docs/facts/arm-peering.md#sink") == ["docs/facts/arm-peering.md#sink"]
    assert elsewhere(ROOT / "x.py", "(facts: arm.md, section 1), docs/using.md, https://a/b.md") == ["arm.md"]
    assert elsewhere(ROOT / "x.py", "see ../other/README.md") == ["../other/README.md"]
    assert elsewhere(ROOT / "x.py", f"see {ROOT.parent}/README.md and SECURITY.md") == [f"{ROOT.parent}/README.md"]


def test_the_index_lists_every_page() -> None:
    listed = re.findall(r"^\| \[([\w-]+\.md)\]\(\1\) \|", INDEX.read_text("utf-8"), re.MULTILINE)
    assert sorted(listed) == [page.name for page in PAGES]


FACT = [(page, heading) for page in PAGES for heading in sections(page)]


@pytest.mark.parametrize(("page", "heading"), FACT, ids=[f"{page.stem}-{heading}" for page, heading in FACT])
def test_a_fact_says_how_certain_it_is_and_where_it_stands(page: Path, heading: str) -> None:
    text = sections(page)[heading]
    certainty = text.partition("\nCertainty: ")[2].partition("\n[")[0]
    assert any(word in certainty for word in CERTAINTIES), "no line that begins with Certainty:"
    if any(word in certainty for word in CERTAINTIES[:3]):
        assert _LINK.search(text), "a source is named without a link"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_is_defined_and_used(page: Path) -> None:
    text = page.read_text("utf-8")
    defined = re.findall(r"^\[([\w.-]+)\]: https://\S+$", text, re.MULTILINE)
    assert len(defined) == len(set(defined))
    assert set(defined) == set(re.findall(r"\]\[([\w.-]+)\]", text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_two_facts_share_an_anchor(page: Path) -> None:
    assert len(anchors(page)) == len(headings(page))
