"""The first package meets roles that are minutes old: they go first, the app comes last, the rest has a remedy."""

import re

import pytest

from tests.infra.bicep import ROOT, Declaration, load

MODULES = {one.symbol: one for one in load("main.bicep").of("module")}
TROUBLE = (ROOT / "docs/deploy.md").read_text("utf-8").split("\n## When it does not deploy\n")[1]


def _needs(module: Declaration) -> set[str]:
    """The modules whose outputs it takes, and those it says it waits for."""
    text = (module.node.text or b"").decode()
    return {*re.findall(r"\b(\w+)!?\.outputs\.", text), *module.value.get("dependsOn", [])} & set(MODULES)


def _all_before(symbol: str) -> set[str]:
    before = _needs(MODULES[symbol])
    return before.union(*(_all_before(one) for one in before))


def test_the_apps_roles_on_its_storage_wait_for_nothing_else() -> None:
    assert _needs(MODULES["storageAccess"]) == {"identities", "storage"}


def test_the_app_comes_when_everything_else_is_there() -> None:
    later = {"app", "operators"}  # what people may read is nothing that the app waits for
    assert _all_before("app") == set(MODULES) - later


@pytest.mark.parametrize(
    "words",
    ["403 while the package is uploaded", "RoleDefinitionDoesNotExist", "Managed Identity Authorization Error"],
)
def test_what_a_role_says_that_is_not_seen_yet_has_a_remedy(words: str) -> None:
    (row,) = [line for line in TROUBLE.splitlines() if words in line]
    *_, remedy, _ = row.split("|")
    assert "the same line again" in remedy or "azd deploy" in remedy
