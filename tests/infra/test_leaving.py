"""docs/deploy.md, Leaving: whatever onboarding gives is taken away by a line, while it can still be found."""

import json
import re

import pytest

from tests.infra.bicep import INFRA, ROOT, Declaration, load

SECTION = (ROOT / "docs/deploy.md").read_text("utf-8").split("\n## Leaving\n")[1].split("\n## ")[0]
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)
# Whose the assignments of a file are, and what their scope is called there. The rest says itself from the file.
WHO = {
    ("hub-access", "assignment"): "AUTOPEER_PRINCIPAL_ID",
    ("spoke-access", "assignment"): "AUTOPEER_PRINCIPAL_ID",
    ("policy", "app"): "AUTOPEER_PRINCIPAL_ID",
    ("policy", "deployer"): "POLICY",
    ("delivery-access", "queue"): "DELIVERER",
    ("delivery-access", "letters"): "DELIVERER",
    ("destination-access", "assignment"): "POLICY",
    ("destination-access", "letsSend"): "POLICY",
    ("destination-access", "letsWriteLetters"): "POLICY",
}
WHERE = {
    "storage": "$AUTOPEER_STORAGE_ID",
    "deadLetters": "$AUTOPEER_DEAD_LETTER_STORAGE_ID",
    "hub": "$HUB",
    "spoke-access": "/subscriptions/$SUBSCRIPTION",
    "policy": "$MANAGED",
    "destination-access": "$APP_GROUP",
}


def _lines(block: str) -> list[str]:
    return [line.strip() for line in block.replace("\\\n", " ").splitlines()]


LINES = [line for block in BLOCKS for line in _lines(block)]


def _option(line: str, name: str) -> str:
    (value,) = re.findall(rf'--{name} (?:"([^"]*)"|(\S+))', line)
    return str(value[0] or value[1])


def _deleted(kind: str) -> list[str]:
    return [line for line in LINES if line.startswith(f"az role {kind} delete ")]


def _assignments() -> list[Declaration]:
    files = [load(f"onboard/{path.name}") for path in sorted((INFRA / "onboard").glob("*.bicep"))]
    found = [one for file in files for one in file.of("resource") if not one.existing]
    return [one for one in found if one.type == "Microsoft.Authorization/roleAssignments"]


def test_every_assignment_of_onboarding_is_deleted() -> None:
    given = set()
    for one in _assignments():
        scope = WHERE[str(one.value.get("scope", one.file.stem))]
        given.add((f"${WHO[one.file.stem, one.symbol]}", scope))
    deleted = {(_option(line, "assignee"), _option(line, "scope")) for line in _deleted("assignment")}
    assert deleted == given


@pytest.mark.parametrize("path", sorted(INFRA.glob("roles/*.json")), ids=lambda path: path.stem)
def test_every_custom_role_is_deleted(path: object) -> None:
    name = json.loads((INFRA / str(path)).read_text("utf-8"))["name"]
    listed = [line for line in LINES if "az role definition list" in line and f"'{name}'" in line]
    assert listed or [line for line in _deleted("definition") if _option(line, "name").startswith(f"{name} ")]
    if listed:
        assert '"$ROLE" --scope "$APP_GROUP"' in "".join(_deleted("definition"))


@pytest.mark.parametrize("block", [one for one in BLOCKS if "az role " in one])
def test_an_assignment_goes_before_its_identity_and_before_its_role(block: str) -> None:
    """`az` finds an assignee that exists; Azure deletes a role that nobody has."""
    lines = _lines(block)
    order = [index for index, line in enumerate(lines) if line.startswith("az role assignment delete")]
    assert order
    ends = {"$DELIVERER": "az group delete", "$POLICY": "az policy assignment delete"}
    for index in order:
        end = ends.get(_option(lines[index], "assignee"))
        assert end is None or index < next(at for at, line in enumerate(lines) if line.startswith(end))
    definitions = [index for index, line in enumerate(lines) if line.startswith("az role definition delete")]
    assert not definitions or max(order) < min(definitions)


def test_azd_takes_the_rest_at_the_very_end() -> None:
    commands = [line for line in LINES if line.startswith(("az ", "azd "))]
    assert [line for line in commands if line.startswith("azd ")] == [commands[-1]] == ["azd down --purge"]


def test_what_is_deleted_beside_a_shared_topic_is_what_onboarding_made_there() -> None:
    made = [one for one in load("onboard/events.bicep").of("resource") if not one.existing]
    names = {str(one.value["name"]) for one in made} - {"autopeer-function"}  # either of the two subscriptions
    (block,) = [one for one in BLOCKS if "event-subscription delete" in one]
    assert {_option(line, "name") for line in _lines(block)} == names
