"""Problem details: the first fault in words, all of them by their place, and a page that explains each kind."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from peering.web.problem_page import EXPLAINED, problem_page
from peering.web.problems import Kind, Problem, bad_parameters, unusable
from peering.web.route_table import ROUTES, check_query
from tests.docs.markdown import ROOT


def test_the_first_fault_is_told_and_all_are_listed() -> None:
    body = unusable(
        [("#/hub", "names 'prod', which is no hub. Did you mean 'prod-weu'?"), ("#/a", "is not known")]
    ).body()
    assert body["detail"] == "hub names 'prod', which is no hub. Did you mean 'prod-weu'? There is more: 1 in errors."
    assert [fault["pointer"] for fault in body["errors"]] == ["#/hub", "#/a"]
    assert unusable([("#", "is empty")]).body()["detail"] == "# is empty."


def test_a_parameter_is_named_as_that() -> None:
    body = bad_parameters([("size", "is '0'")]).body()
    assert (body["status"], body["detail"], body["errors"]) == (
        400,
        "size is '0'.",
        [{"parameter": "size", "detail": "is '0'"}],
    )


@pytest.mark.parametrize(
    ("name", "query", "said"),
    [
        ("delete_pause", {"hbu": "x"}, "Did you mean 'hub'? There are hub, spoke."),
        ("post_sweep", {"dryRun": "true"}, "dryRun is no parameter of POST /api/sweep. It takes none."),
        ("get_sweep", {"a": "", "b": ""}, "There is more: 1 in errors."),
    ],
)
def test_a_parameter_that_a_route_does_not_know_is_refused(name: str, query: dict[str, str], said: str) -> None:
    (route,) = (route for route in ROUTES if route.name == name)
    with pytest.raises(Problem, match=re.escape(said)):
        check_query(route, query)


def test_the_function_key_is_a_parameter_everywhere() -> None:
    for route in ROUTES:
        check_query(route, [*route.query, "code"])


def test_every_kind_is_explained_and_used() -> None:
    assert set(EXPLAINED) == set(Kind)
    source = "".join(
        path.read_text("utf-8")
        for path in sorted(Path(ROOT, "peering").rglob("*.py"))
        if path.name != "problem_page.py"
    )
    assert [kind.name for kind in Kind if not re.search(rf"\bKind\.{kind.name}\b", source)] == []


def test_kinds_and_slugs_are_unlike() -> None:
    assert len({kind.slug for kind in Kind}) == len(Kind)
    assert [kind.slug for kind in Kind if not re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.slug)] == []


def test_each_type_leads_to_its_part_of_the_page() -> None:
    class Anchors(HTMLParser):
        ids: list[str] = []  # noqa: RUF012 - of this test's class alone

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.ids += [str(value) for name, value in attrs if name == "id" and tag == "h2"]

    page = Anchors()
    page.feed(problem_page())
    assert page.ids == [kind.slug for kind in Kind]
    assert "`" not in problem_page()
