"""The token endpoints over http and https, asked by hand and by the real azure-identity."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import jwt
import pytest
import trustme
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from azure.identity import (
    ClientSecretCredential,
    ManagedIdentityCredential,
)

from localazure.emulator.identity import SYSTEM_ASSIGNED_CLIENT_ID, Authority, Unauthorized, object_id_of

TENANT = "7f58f1a2-6d84-4c3c-9d5e-0f4b1d2a3c11"
FOREIGN = "11111111-2222-4333-8444-555555555555"
CLIENT = "0a1b2c3d-1111-4222-8333-444455556666"
ARM_SCOPE = "https://management.azure.com/.default"
FORM = {
    "grant_type": "client_credentials",
    "client_id": CLIENT,
    "client_secret": "anything",
    "scope": ARM_SCOPE,
}
TOKEN = f"/{TENANT}/oauth2/v2.0/token"

Client = TestClient[web.Request, web.Application]


@pytest.fixture
def authority() -> Authority:
    return Authority(TENANT, other_tenants=[FOREIGN], identity_header="the-header")


@pytest.fixture
async def client(authority: Authority) -> AsyncIterator[Client]:
    app = web.Application()
    app.add_routes([*authority.arm_routes(), *authority.local_routes()])
    async with TestClient(TestServer(app)) as made:
        yield made


async def test_client_credentials_give_a_token_for_the_scopes_resource(client: Client, authority: Authority) -> None:
    response = await client.post(TOKEN, data=FORM)
    body = await response.json()
    assert (response.status, body["token_type"], body["expires_in"]) == (200, "Bearer", 86399)
    assert response.headers["Cache-Control"].startswith("no-store")
    assert authority.verify(f"Bearer {body['access_token']}").object_id == object_id_of(CLIENT)


async def test_a_slash_before_the_suffix_belongs_to_the_resource(client: Client) -> None:
    form = {**FORM, "scope": "https://management.azure.com//.default"}
    body = await (await client.post(TOKEN, data=form)).json()
    claims = jwt.decode(body["access_token"], options={"verify_signature": False})
    assert claims["aud"] == "https://management.azure.com/"


@pytest.mark.parametrize("path", [f"/{TENANT}/oauth2/token", "/adfs/oauth2/token"])
async def test_v1_answers_in_strings(client: Client, authority: Authority, path: str) -> None:
    form = {**FORM, "resource": "https://management.azure.com/"}
    body = await (await client.post(path, data=form)).json()
    assert body["resource"] == "https://management.azure.com/"
    assert int(body["expires_on"]) - int(body["not_before"]) == 86400
    assert authority.verify(f"Bearer {body['access_token']}").tenant_id == TENANT


@pytest.mark.parametrize(
    ("change", "status", "error", "code"),
    [
        ({"grant_type": None}, 400, "invalid_request", 900144),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ({"client_id": None}, 400, "invalid_request", 900144),
        ({"client_secret": None}, 401, "invalid_client", 7000216),
        ({"client_secret": ""}, 401, "invalid_client", 7000216),
        ({"client_id": "not-a-guid"}, 400, "unauthorized_client", 700016),
        ({"scope": None}, 400, "invalid_request", 900144),
        ({"scope": "https://management.azure.com/user_impersonation"}, 400, "invalid_scope", 1002012),
    ],
)
async def test_a_bad_form_is_refused_as_entra_does(
    client: Client, change: dict[str, str | None], status: int, error: str, code: int
) -> None:
    form = {name: value for name, value in {**FORM, **change}.items() if value is not None}
    response = await client.post(TOKEN, data=form)
    body = await response.json()
    assert (response.status, body["error"], body["error_codes"]) == (status, error, [code])
    assert body["error_description"].startswith(f"AADSTS{code}: ")
    assert body["correlation_id"] in body["error_description"]


@pytest.mark.parametrize("path", ["/nowhere/oauth2/v2.0/token", "/nowhere/v2.0/.well-known/openid-configuration"])
async def test_an_unknown_tenant_is_refused(client: Client, path: str) -> None:
    response = await (client.get(path) if "openid" in path else client.post(path, data=FORM))
    body = await response.json()
    assert (response.status, body["error_codes"]) == (400, [90002])
    assert "Tenant 'nowhere' not found" in body["error_description"]


async def test_another_tenants_token_is_from_the_wrong_issuer(client: Client, authority: Authority) -> None:
    body = await (await client.post(f"/{FOREIGN}/oauth2/v2.0/token", data=FORM)).json()
    with pytest.raises(Unauthorized) as refused:
        authority.verify(f"Bearer {body['access_token']}")
    assert refused.value.code == "InvalidAuthenticationTokenTenant"
    assert f"wrong issuer 'https://sts.windows.net/{FOREIGN}/'" in refused.value.message
    assert f"login.windows.net/{TENANT}" in refused.value.www_authenticate


async def test_discovery_leads_to_keys_that_verify_the_token(client: Client) -> None:
    base = f"http://{client.host}:{client.port}"
    instance = await (await client.get("/common/discovery/instance")).json()
    found = await (await client.get(instance["tenant_discovery_endpoint"].removeprefix(base))).json()
    assert found["token_endpoint"] == f"{base}{TOKEN}"
    keys = await (await client.get(found["jwks_uri"].removeprefix(base))).json()
    token = (await (await client.post(TOKEN, data=FORM)).json())["access_token"]
    key = jwt.PyJWKSet.from_dict(keys)[jwt.get_unverified_header(token)["kid"]]
    assert jwt.decode(token, key, audience="https://management.azure.com")["tid"] == TENANT


async def test_adfs_discovery_stays_on_v1(client: Client) -> None:
    found = await (await client.get("/adfs/.well-known/openid-configuration")).json()
    assert found["token_endpoint"].endswith("/adfs/oauth2/token")


MSI = "/msi/token?api-version=2019-08-01&resource=https://management.azure.com"
IMDS = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com"


async def test_managed_identity_is_the_system_assigned_one_by_default(client: Client, authority: Authority) -> None:
    body = await (await client.get(MSI, headers={"X-IDENTITY-HEADER": "the-header"})).json()
    assert body["client_id"] == SYSTEM_ASSIGNED_CLIENT_ID
    caller = authority.verify(f"Bearer {body['access_token']}")
    assert caller.object_id == object_id_of(SYSTEM_ASSIGNED_CLIENT_ID)


async def test_a_user_assigned_identity_is_named_by_client_id(client: Client) -> None:
    body = await (await client.get(f"{MSI}&client_id={CLIENT}", headers={"X-IDENTITY-HEADER": "the-header"})).json()
    assert body["client_id"] == CLIENT


@pytest.mark.parametrize("header", [None, "wrong", "the-héader"])
async def test_a_wrong_identity_header_is_refused(client: Client, header: str | None) -> None:
    headers = {"X-IDENTITY-HEADER": header} if header else {}
    response = await client.get(MSI, headers=headers)
    body = await response.json()
    assert (response.status, body["statusCode"]) == (401, 401)
    assert "X-IDENTITY-HEADER" in body["message"]


@pytest.mark.parametrize("query", ["", "?api-version=2019-08-01", f"{MSI[10:]}&object_id=x", f"{MSI[10:]}&client_id=x"])
async def test_a_bad_identity_request_says_what_is_missing(client: Client, query: str) -> None:
    response = await client.get(f"/msi/token{query}", headers={"X-IDENTITY-HEADER": "the-header"})
    assert response.status == 400
    assert (await response.json())["message"].endswith(("required.", "object_id.", "GUID."))


async def test_the_metadata_service_wants_its_header(client: Client, authority: Authority) -> None:
    refused = await client.get(IMDS)
    assert (refused.status, (await refused.json())["error"]) == (400, "invalid_request")
    body = await (await client.get(IMDS, headers={"Metadata": "true"})).json()
    assert int(body["expires_in"]) == 86399
    authority.verify(f"Bearer {body['access_token']}")


Get = Callable[[], str]


async def token_of(get: Get) -> str:
    """Run a synchronous credential beside the server that answers it."""
    return f"Bearer {await asyncio.to_thread(get)}"


async def test_azure_identity_gets_a_managed_identity_token(
    client: Client, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", str(client.make_url("/msi/token")))
    monkeypatch.setenv("IDENTITY_HEADER", authority.identity_header)
    with ManagedIdentityCredential(client_id=CLIENT) as credential:
        header = await token_of(lambda: credential.get_token(ARM_SCOPE).token)
    assert authority.verify(header).app_id == CLIENT


@pytest.mark.parametrize("tenant", [TENANT, "adfs"])
async def test_azure_identity_gets_a_service_principals_token(
    authority: Authority, tmp_path: Path, tenant: str
) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    app = web.Application()
    app.add_routes(authority.arm_routes())
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=context)
    authority.base_url = str(server.make_url("")).rstrip("/")
    try:
        with ClientSecretCredential(
            tenant,
            CLIENT,
            "any secret",
            authority=authority.base_url,
            disable_instance_discovery=True,
            connection_verify=str(tmp_path / "ca.pem"),
        ) as credential:
            header = await token_of(lambda: credential.get_token(f"{authority.base_url}/.default").token)
    finally:
        await server.close()
    assert authority.verify(header).app_id == CLIENT
