"""The app registration that docs/deploy.md sets up: a role, a scope for people, and the Azure CLI that may have it."""

import json
from typing import Any
from uuid import UUID

from peering.core.intake.callers import Role, app_role, roles_among
from tests.infra.bicep import INFRA, ROOT, load

AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"  # the CLI's own client id, the same in every tenant
DEPLOY = (ROOT / "docs/deploy.md").read_text("utf-8")
SECTION = DEPLOY.split("\n## Signing in with Entra\n")[1].split("\n## ")[0]


def _file(name: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads((INFRA / "app" / name).read_text("utf-8"))


def test_the_scope_is_there_before_a_client_is_named_for_it() -> None:
    scope, clients = _file("app-scope.json")["api"], _file("app-clients.json")["api"]
    assert "preAuthorizedApplications" not in scope
    assert {key: clients[key] for key in scope} == scope, "a patch replaces what it names"
    assert SECTION.index("@infra/app/app-scope.json") < SECTION.index("@infra/app/app-clients.json")


def test_the_azure_cli_may_have_it_without_asking() -> None:
    (scope,) = _file("app-scope.json")["api"]["oauth2PermissionScopes"]
    assert (scope["type"], scope["isEnabled"]) == ("User", True)
    (client,) = _file("app-clients.json")["api"]["preAuthorizedApplications"]
    assert client == {"appId": AZURE_CLI, "delegatedPermissionIds": [scope["id"]]}
    assert 'az account get-access-token --scope "api://$AUTOPEER_AUTH_CLIENT_ID/.default"' in SECTION


def test_roles_and_scopes_share_no_value_and_no_id() -> None:
    """Entra refuses a value or an id twice in one application."""
    both = [*_file("app-roles.json"), *_file("app-scope.json")["api"]["oauth2PermissionScopes"]]
    assert len({one["value"] for one in both}) == len({UUID(one["id"]) for one in both}) == len(both)


def test_people_and_workloads_get_the_roles_that_the_code_knows_and_the_page_names() -> None:
    roles = _file("app-roles.json")
    assert {role["value"] for role in roles} == {app_role(role) for role in Role} | {"Peerings.Use"}
    for role in roles:
        assert set(role["allowedMemberTypes"]) == {"User", "Application"}
        assert role["isEnabled"], "Entra refuses to take a role away that is enabled"
        assert f"`{role['value']}`" in SECTION
        assert roles_among([role["value"]])


def test_health_that_needs_no_key_needs_no_token() -> None:
    (settings,) = [one.value for one in load("app/function-app.bicep").of("resource") if one.symbol == "authentication"]
    excluded = settings["properties"]["globalValidation"]["excludedPaths"]
    assert excluded == ["/api/health", "/api/health/live", "/api/problems", "/runtime/webhooks/eventgrid"]


def test_tokens_of_either_version_are_taken() -> None:
    """Version 2 has the client's id as audience, version 1 the address."""
    assert _file("app-scope.json")["api"]["requestedAccessTokenVersion"] == 2
    (settings,) = [one.value for one in load("app/function-app.bicep").of("resource") if one.symbol == "authentication"]
    provider = settings["properties"]["identityProviders"]["azureActiveDirectory"]
    assert provider["validation"]["allowedAudiences"] == ["authClientId", "api://${authClientId}"]
