"""docs/operate.md has no step that the roles forbid: what each needs is granted by a role that the page names."""

import re
from collections.abc import Iterator

import pytest

from peering.adapters.records import TABLES
from peering.adapters.registry import TABLE as REQUESTS
from peering.adapters.sweep_log import SWEEPS
from peering.settings import LEASE_CONTAINER
from tests.infra.bicep import ROOT, load
from tests.infra.built_in_roles import BLOBS, ENTITIES, MESSAGES, grants

OPERATE = (ROOT / "docs/operate.md").read_text("utf-8")
DEPLOY = (ROOT / "docs/deploy.md").read_text("utf-8")
DEPLOYING = ["Microsoft.Resources/deployments/write", "Microsoft.Authorization/roleDefinitions/write"]
PEERINGS = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings"
# What each command of the page needs in Azure. A command that is not here fails: look its actions up, and add them.
NEEDS: dict[str, list[str]] = {
    "az login": [],
    "az functionapp show": ["Microsoft.Web/sites/read"],
    "az functionapp function list": ["Microsoft.Web/sites/functions/read"],
    "az functionapp stop": ["Microsoft.Web/sites/stop/action"],
    "az functionapp start": ["Microsoft.Web/sites/start/action"],
    "az functionapp keys list": ["Microsoft.Web/sites/host/listkeys/action"],
    "az network vnet peering list": [f"{PEERINGS}/read"],
    "az network vnet peering delete": [f"{PEERINGS}/delete"],
    "az eventgrid system-topic event-subscription list": ["Microsoft.EventGrid/systemTopics/eventSubscriptions/read"],
    "az monitor metrics list": ["Microsoft.Insights/metrics/read"],
    "az storage entity query": [f"{ENTITIES}/read"],
    "az storage message peek": [f"{MESSAGES}/read"],
    "az storage blob show": [f"{BLOBS}/read"],
    "az storage blob list": [f"{BLOBS}/read"],
    "az storage blob download": [f"{BLOBS}/read"],
    "azd env": [],
    "azd deploy": ["Microsoft.Web/sites/publish/action"],
    "azd provision": DEPLOYING,
    "azd up": DEPLOYING,
    "python -m peering catalogue check": [],
    "python -m peering plan": ["Microsoft.Network/virtualNetworks/read"],
    "python -m peering export": [f"{ENTITIES}/read"],
    "python -m peering import": [f"{ENTITIES}/read", f"{ENTITIES}/write"],
    "python -m peering recover": [f"{ENTITIES}/read", f"{ENTITIES}/write"],
}
OPERATORS = {  # the roles of infra/app/operators.bicep as the page calls them
    "reader": "Reader",
    "storageTableDataReader": "Storage Table Data Reader",
    "storageQueueDataReader": "Storage Queue Data Reader",
    "storageBlobDataReader": "Storage Blob Data Reader",
}
_CODE = re.compile(r"^```(?:sh|bash)\n(.*?)^```$|(?<!`)`([^`\n]+)`(?!`)", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"(?:^|[\s(/])((?:az|azd|python -m peering)(?: [a-z][a-z-]*)+)", re.MULTILINE)
_ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def _commands(text: str) -> Iterator[str]:
    """The commands in what is set as code, options and operands left out."""
    for found in _CODE.finditer(text):
        for command in _COMMAND.findall(found[1] or found[2]):
            yield _known(command)


def _known(command: str) -> str:
    """The longest beginning that NEEDS has, or the command as it stands: a file's name may look like a word of it."""
    words = command.split(" ")
    return next((one for n in range(len(words), 0, -1) if (one := " ".join(words[:n])) in NEEDS), command)


def _section(name: str) -> str:
    return OPERATE.split(f"\n## {name}\n")[1].split("\n## ")[0]


def _rows() -> list[tuple[set[str], str]]:
    """Role names and purpose of each row of the table; a row without a role is about callers, who need none."""
    rows = _ROW.findall(_section("Who may do what"))[1:]
    assert len(rows) >= 8
    return [(set(re.findall(r"\*([^*]+)\*", role)), purpose) for role, _, purpose in rows]


ROWS = _rows()
STEPS = sorted(set(_commands(OPERATE)))


@pytest.mark.parametrize("step", STEPS)
def test_what_a_step_needs_is_granted_by_a_role_of_the_page(step: str) -> None:
    assert step in NEEDS, f"{step}: say which actions it needs"
    roles = set().union(*(names for names, _ in ROWS))
    for action in NEEDS[step]:
        assert any(grants(role, action) for role in roles), f"{step} needs {action}"


@pytest.mark.parametrize(("roles", "purpose"), ROWS, ids=lambda one: one if isinstance(one, str) else None)
def test_a_role_grants_what_its_row_says(roles: set[str], purpose: str) -> None:
    for step in _commands(purpose):
        for action in NEEDS[step]:
            assert any(grants(role, action) for role in roles), f"{step} needs {action}, which {roles} lack"


def test_every_step_that_needs_a_role_is_in_the_row_of_one() -> None:
    """The commands of *Reading the data* are there by what they read: tables, queues, leases, dead letters."""
    named = {step for _, purpose in ROWS for step in _commands(purpose)}
    needing = {step for step in STEPS if NEEDS[step] and not step.startswith("az storage ")}
    assert needing <= named
    assert named <= set(_commands(OPERATE.replace(_section("Who may do what"), "") + DEPLOY)), "nobody is sent there"


def test_the_operators_group_has_the_roles_that_the_page_says_it_has() -> None:
    given = load("app/operators.bicep").of("resource")
    keys = {
        found[1]
        for one in given
        if not one.existing and (found := re.search(r"roles\.(\w+)\)", one.value["properties"]["roleDefinitionId"]))
    }
    assert {OPERATORS[key] for key in keys} == set().union(*(names for names, _ in ROWS[:4]))


def test_the_operators_group_can_read_what_the_runbooks_send_people_to() -> None:
    tables = set(re.findall(r"[Tt]able `(\w+)`", OPERATE))
    containers = set(re.findall(r"container `([\w-]+)`", OPERATE))
    assert tables
    assert tables <= {*TABLES, SWEEPS, REQUESTS}
    assert containers == {LEASE_CONTAINER, "dead-letters"}
    reads = {action for step in STEPS for action in NEEDS[step] if step.startswith("az storage ")}
    assert reads == {f"{ENTITIES}/read", f"{MESSAGES}/read", f"{BLOBS}/read"}
    for action in reads:
        assert any(grants(role, action) for role in OPERATORS.values()), action


def test_the_operators_group_writes_nothing() -> None:
    for actions in NEEDS.values():
        for action in actions:
            if not action.endswith("/read"):
                assert not any(grants(role, action) for role in OPERATORS.values()), action


@pytest.mark.parametrize("action", DEPLOYING)
def test_who_is_told_to_deploy_may(action: str) -> None:
    """Step 1 of docs/deploy.md names a pair, and a role that looks like half of it and is not."""
    roles = DEPLOY.split("* Roles. ")[1].split("\n* ")[0].split("\n\n")[0]
    pair = ["Contributor", "User Access Administrator"]
    assert all(f"*{role}*" in roles for role in ["Owner", *pair])
    assert grants("Owner", action)
    assert any(grants(role, action) for role in pair)
    assert not grants("Role Based Access Control Administrator", action)
    assert "*Role Based Access Control Administrator* is too little" in roles
