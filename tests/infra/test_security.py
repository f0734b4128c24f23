"""What must hold of everything that is deployed: encrypted, signed in, watched, and open to nobody by accident."""

import json
import re
from typing import Any

import pytest

from tests.infra.bicep import FILES, INFRA, Declaration, every, load, one_of, resources

# Everything that has logs to offer, and where its diagnostic setting is.
WATCHED = {
    "Microsoft.EventGrid/systemTopics": "onboard/system-topic.bicep",
    "Microsoft.EventGrid/topics": "app/outcomes.bicep",
    "Microsoft.Storage/storageAccounts/blobServices": "app/storage.bicep",
    "Microsoft.Storage/storageAccounts/queueServices": "app/storage.bicep",
    "Microsoft.Storage/storageAccounts/tableServices": "app/storage.bicep",
    "Microsoft.Web/sites": "app/function-app.bicep",
}
# Who is given what, and on what, in the app's resource group: all there is.
GIVEN = {
    ("appPrincipalId", "storage", "storageBlobDataOwner"),
    ("appPrincipalId", "storage", "storageQueueDataContributor"),
    ("appPrincipalId", "storage", "storageTableDataContributor"),
    ("appPrincipalId", "insights", "monitoringMetricsPublisher"),
    ("appPrincipalId", "topic", "eventGridDataSender"),
    ("operatorsGroupId", "resourceGroup()", "reader"),
    ("operatorsGroupId", "storage", "storageTableDataReader"),
    ("operatorsGroupId", "storage", "storageQueueDataReader"),
    ("operatorsGroupId", "storage", "storageBlobDataReader"),
    ("operatorsGroupId", "deadLetters", "storageBlobDataReader"),
    ("principalId", "storage", "storageQueueDataMessageSender"),
    ("principalId", "deadLetters", "storageBlobDataContributor"),
}
BUILT_IN = {  # learn.microsoft.com, "Azure built-in roles"
    "reader": "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "storageBlobDataOwner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
    "storageBlobDataContributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "storageBlobDataReader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    "storageQueueDataContributor": "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
    "storageQueueDataMessageSender": "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a",
    "storageQueueDataReader": "19e7f393-937e-4f77-808e-94535e297925",
    "storageTableDataContributor": "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
    "storageTableDataReader": "76199698-9eea-4c19-bc75-cec21354c6b6",
    "monitoringMetricsPublisher": "3913510d-42f4-4e42-8a64-420c390055eb",
    "eventGridDataSender": "d5a91429-5739-47e2-a06b-3470a27159e7",
}
TEXTS = [*FILES, *INFRA.rglob("*.json")]


def test_storage_has_no_keys_no_public_blobs_and_no_old_tls() -> None:
    account = one_of("Microsoft.Storage/storageAccounts", "app/storage.bicep").value["properties"]
    wanted = {
        "allowBlobPublicAccess": False,
        "allowSharedKeyAccess": False,
        "allowCrossTenantReplication": False,
        "minimumTlsVersion": "TLS1_2",
        "supportsHttpsTrafficOnly": True,
    }
    assert {key: account[key] for key in wanted} == wanted
    for container in resources("Microsoft.Storage/storageAccounts/blobServices/containers"):
        assert container.value["properties"]["publicAccess"] == "None"


def test_events_which_hold_personal_data_do_not_stay() -> None:
    (dead,) = [one.value["params"] for one in every("module") if one.symbol == "deadLetters"]
    assert 0 < dead["blobsKeptDays"] <= 30
    for one in resources("Microsoft.EventGrid/systemTopics/eventSubscriptions"):
        queued = one.value["properties"].get("deliveryWithResourceIdentity")
        if queued:
            assert queued["destination"]["properties"]["queueMessageTimeToLiveInSeconds"] <= 7 * 86_400


def test_the_app_speaks_https_and_takes_no_passwords() -> None:
    site = one_of("Microsoft.Web/sites", "app/function-app.bicep").value
    assert site["properties"]["httpsOnly"] is True
    config = site["properties"]["siteConfig"]
    assert (config["minTlsVersion"], config["scmMinTlsVersion"], config["ftpsState"]) == ("1.2", "1.2", "Disabled")
    assert config["remoteDebuggingEnabled"] is False
    policies = resources("Microsoft.Web/sites/basicPublishingCredentialsPolicies")
    assert {one.value["name"]: one.value["properties"]["allow"] for one in policies} == {"ftp": False, "scm": False}
    storage = site["properties"]["functionAppConfig"]["deployment"]["storage"]
    assert storage["authentication"]["type"] == "UserAssignedIdentity"


@pytest.mark.parametrize(
    ("kind", "path", "keys"),
    [
        ("Microsoft.Insights/components", "app/monitoring.bicep", ["DisableLocalAuth"]),
        ("Microsoft.OperationalInsights/workspaces", "app/monitoring.bicep", ["features", "disableLocalAuth"]),
        ("Microsoft.EventGrid/topics", "app/outcomes.bicep", ["disableLocalAuth"]),
    ],
)
def test_keys_are_switched_off(kind: str, path: str, keys: list[str]) -> None:
    value = one_of(kind, path).value["properties"]
    for key in keys:
        value = value[key]
    assert value is True


@pytest.mark.parametrize("kind", sorted(WATCHED))
def test_what_has_logs_is_watched(kind: str) -> None:
    made = one_of(kind, WATCHED[kind])
    settings = [one for one in resources("Microsoft.Insights/diagnosticSettings") if one.file == made.file]
    (found,) = [one.value for one in settings if one.value["scope"] == made.symbol]
    assert found["properties"]["workspaceId"] == "workspaceId"
    for part in ("logs", "metrics"):
        assert all(one["enabled"] is True for one in found["properties"][part])
        assert found["properties"][part]


def test_nothing_with_logs_is_overlooked() -> None:
    candidates = {"Microsoft.EventGrid/", "Microsoft.Storage/", "Microsoft.Web/sites", "Microsoft.KeyVault/"}
    made = {one.type for one in every("resource") if not one.existing and one.type.startswith(tuple(candidates))}
    parts = {"eventSubscriptions", "containers", "queues", "tables", "storageAccounts", "config", "managementPolicies"}
    parts |= {"basicPublishingCredentialsPolicies"}
    assert {one for one in made if one.rpartition("/")[2] not in parts} == set(WATCHED)


def test_the_identities_have_these_roles_and_no_others() -> None:
    assignments = resources("Microsoft.Authorization/roleAssignments")
    built_in = [one for one in assignments if "roles." in one.value["properties"]["roleDefinitionId"]]
    assert {_given(one) for one in built_in} == GIVEN
    assert len(built_in) == len(GIVEN)
    for one in assignments:  # without the type a new identity is not found yet
        group = one.value["properties"]["principalId"] == "operatorsGroupId"
        assert one.value["properties"]["principalType"] == ("Group" if group else "ServicePrincipal")
    assert json.loads((INFRA / "built-in-roles.json").read_text("utf-8")) == BUILT_IN


def _given(assignment: Declaration) -> tuple[str, str, str]:
    value = assignment.value
    (role,) = re.findall(r"roles\.(\w+)\)", value["properties"]["roleDefinitionId"])
    scope = value.get("scope", "resourceGroup()")
    assert value["name"] == f"guid({scope}.id, {value['properties']['principalId']}, roles.{role})"
    return str(value["properties"]["principalId"]), str(scope), role


def test_custom_roles_name_every_action() -> None:
    files = sorted(INFRA.glob("roles/*.json"))
    assert [file.stem for file in files] == ["delegate", "destination", "hub", "onboarder", "spoke"]
    for file in files:
        role = json.loads(file.read_text("utf-8"))
        assert not [action for action in role["actions"] if "*" in action], file.name
        assert len(set(role["actions"])) == len(role["actions"])
        grants = "Microsoft.Authorization" in json.dumps(role["actions"])
        assert grants == (file.stem == "delegate"), f"{file.name}: may not grant access"
        definitions = [one for one in every("resource") if one.type == "Microsoft.Authorization/roleDefinitions"]
        loaders = [one for one in every("var") if f"roles/{file.name}'" in str(one.value)]
        assert loaders, f"{file.name} is not used"
        assert {one.file for one in loaders} <= {one.file for one in definitions}


def test_who_may_give_roles_may_give_one_on_each_account() -> None:
    """The policy's identity gives each topic what it delivers with. Who may write blobs beside the package is the app.

    docs/facts/arm-access.md, Conditions on giving roles.
    """
    file = load("onboard/destination-access.bicep")
    delegations = {
        str(one.value["scope"]): one.value["properties"]
        for one in file.of("resource")
        if one.type == "Microsoft.Authorization/roleAssignments" and "delegate.name" in one.value["name"]
    }
    one_role = "replace(condition, '<role>', roles.{})"
    assert {scope: value.get("condition") for scope, value in delegations.items()} == {
        "storage": one_role.format("storageQueueDataMessageSender"),
        "deadLetters": one_role.format("storageBlobDataContributor"),
    }
    assert all(value["conditionVersion"] == "2.0" for value in delegations.values())
    (condition,) = [one.value for one in file.of("var") if one.symbol == "condition"]
    assert condition.startswith("((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (")
    assert "roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {<role>} AND " in condition
    assert condition.count("(") == condition.count(")")


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: str(file.relative_to(INFRA)))
def test_no_secret_no_key_no_contributor(file: Any) -> None:  # noqa: ANN401 - a path, of pytest's making
    text = file.read_text("utf-8")
    for word in ("listKeys", "accountKey", "AccountKey=", "SharedAccess", "b24988ac-6180-42a0-ab88-20f7382dd24c"):
        assert word.lower() not in text.lower(), word
    assert "8e3af657-a8ff-443c-a75c-2fe8c4bcb635" not in text, "Owner"
    assert not re.search(r"(?i)(password|secret)\w*\s*[:=]\s*['\"]\w", text)


def test_no_address_of_one_cloud_only() -> None:
    for file in FILES:
        code = re.sub(r"//[^\n]*", "", re.sub(r"https://", "", file.read_text("utf-8")))
        assert not re.search(r"\.(windows\.net|azure\.com|microsoftonline)", code), file.name


def test_names_that_are_unique_in_azure_carry_the_token() -> None:
    for kind, path in {
        "Microsoft.Web/sites": "app/function-app.bicep",
        "Microsoft.EventGrid/topics": "app/outcomes.bicep",
        "Microsoft.OperationalInsights/workspaces": "app/monitoring.bicep",
    }.items():
        assert "${token}" in one_of(kind, path).value["name"]
    accounts = [one.value["params"]["name"] for one in every("module") if one.kind == "app/storage.bicep"]
    assert accounts == ["st${token}", "stdl${token}"]
    for name in accounts:  # uniqueString has 13 characters, an account's name 24
        assert len(name.replace("${token}", "")) + 13 <= 24
