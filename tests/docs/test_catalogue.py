"""docs/catalogue.md is up to date, and has every key and every warning."""

from dataclasses import fields

from peering.core.catalogue.lint import CHECKS
from peering.core.catalogue.policy import ApprovalRule, HubPolicy
from tests.core.catalogue.test_lint import WARNINGS, hub
from tests.docs.catalogue import COMMAND, PAGE, page, warnings


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), f"write it anew: {COMMAND}"


def test_every_key_has_its_place() -> None:
    keys = {field.name for kind in (HubPolicy, ApprovalRule) for field in fields(kind)} - {"name", "installation"}
    assert [key for key in {*keys, "tag"} if f"\n| `{key}` | " not in page()] == []


def test_every_check_has_an_example() -> None:
    assert [check.__name__ for check in CHECKS if not any(list(check(hub(**rest))) for rest, _, _ in WARNINGS)] == []
    assert len(list(warnings())) > len(CHECKS)
