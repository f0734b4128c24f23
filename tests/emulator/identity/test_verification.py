"""The authority's tokens, and ARM's words for those it refuses."""

import jwt
import pytest

from localazure.emulator.identity import (
    EVENT_GRID_AUDIENCES,
    SYSTEM_ASSIGNED_CLIENT_ID,
    Authority,
    Unauthorized,
    object_id_of,
)

TENANT = "7f58f1a2-6d84-4c3c-9d5e-0f4b1d2a3c11"
CLIENT = "0A1B2C3D-1111-4222-8333-444455556666"


class Clock:
    """Time that a test sets. 1,700,000,000 is 14 November 2023, 22:13:20 UTC."""

    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def authority(clock: Clock) -> Authority:
    made = Authority(TENANT, clock=clock)
    made.base_url = "https://127.0.0.1:18443"
    return made


def refusal(authority: Authority, header: str | None) -> Unauthorized:
    with pytest.raises(Unauthorized) as caught:
        authority.verify(header)
    return caught.value


def test_a_token_of_its_own_names_the_caller(authority: Authority) -> None:
    caller = authority.verify(f"Bearer {authority.issue(CLIENT.lower())}")
    assert caller.object_id == object_id_of(CLIENT) == authority.object_id_of(CLIENT.lower())
    assert (caller.app_id, caller.tenant_id, caller.name) == (CLIENT.lower(), TENANT, CLIENT.lower())


def test_object_ids_are_stable_across_processes_and_differ_between_applications() -> None:
    assert object_id_of(CLIENT) == "0055aa3f-fd0a-5e05-899f-cc7501f028f2"
    assert object_id_of(SYSTEM_ASSIGNED_CLIENT_ID) not in {object_id_of(CLIENT), SYSTEM_ASSIGNED_CLIENT_ID}


def test_the_claims_are_those_of_an_application(authority: Authority) -> None:
    claims = jwt.decode(authority.issue(CLIENT), options={"verify_signature": False})
    assert claims["iss"] == f"https://sts.windows.net/{TENANT}/"
    assert (claims["tid"], claims["appid"], claims["idtyp"]) == (TENANT, CLIENT, "app")
    assert claims["exp"] - claims["iat"] == 24 * 3600


@pytest.mark.parametrize(
    ("header", "code", "words"),
    [
        (None, "AuthenticationFailed", "The 'Authorization' header is missing."),
        ("", "AuthenticationFailed", "The 'Authorization' header is missing."),
        ("Basic dXNlcjpwdw==", "AuthenticationFailedInvalidHeader", "invalid format"),
        ("Bearer ", "AuthenticationFailedInvalidHeader", "invalid format"),
        ("Bearer not.a.token", "InvalidAuthenticationToken", "The access token is invalid."),
    ],
)
def test_what_is_no_token_is_refused(authority: Authority, header: str | None, code: str, words: str) -> None:
    refused = refusal(authority, header)
    assert refused.code == code
    assert words in refused.message


def test_another_keys_signature_is_refused(authority: Authority, clock: Clock) -> None:
    stranger = Authority(TENANT, clock=clock)
    assert refusal(authority, f"Bearer {stranger.issue()}").code == "InvalidAuthenticationToken"


def test_an_unsigned_token_is_refused(authority: Authority) -> None:
    claims = jwt.decode(authority.issue(CLIENT), options={"verify_signature": False})
    unsigned = jwt.encode(claims, key="", algorithm="none")
    assert refusal(authority, f"Bearer {unsigned}").code == "InvalidAuthenticationToken"


def test_an_expired_token_is_refused_with_both_times(authority: Authority, clock: Clock) -> None:
    header = f"Bearer {authority.issue(CLIENT)}"
    clock.now += 24 * 3600 - 1
    assert authority.verify(header).tenant_id == TENANT
    clock.now += 1
    refused = refusal(authority, header)
    assert refused.code == "ExpiredAuthenticationToken"
    assert "'11/15/2023 10:13:20 PM' is earlier than current UTC time '11/15/2023 10:13:20 PM'" in (refused.message)


def test_a_token_from_the_future_is_refused(authority: Authority, clock: Clock) -> None:
    header = f"Bearer {authority.issue(CLIENT)}"
    clock.now -= 1
    assert refusal(authority, header).code == "InvalidAuthenticationToken"


def test_the_audience_must_be_arm_or_this_server(authority: Authority) -> None:
    for audience in ("https://management.azure.com", "https://127.0.0.1:18443", "https://localhost:18443/"):
        authority.verify(f"Bearer {authority.issue(CLIENT, audience)}")
    wrong = f"Bearer {authority.issue(CLIENT, 'https://vault.azure.net')}"
    refused = refusal(authority, wrong)
    assert refused.code == "InvalidAuthenticationTokenAudience"
    assert "'https://vault.azure.net'" in refused.message
    assert 'error="invalid_token"' in refused.www_authenticate


def test_event_grid_takes_its_own_audience_only(authority: Authority) -> None:
    token = authority.issue(CLIENT, "https://eventgrid.azure.net")
    assert authority.verify(f"Bearer {token}", EVENT_GRID_AUDIENCES).app_id == CLIENT
    assert refusal(authority, f"Bearer {token}").code == "InvalidAuthenticationTokenAudience"
    with pytest.raises(Unauthorized):
        authority.verify(f"Bearer {authority.issue(CLIENT)}", EVENT_GRID_AUDIENCES)


def test_without_a_header_the_answer_only_says_where_to_get_a_token(authority: Authority) -> None:
    header = refusal(authority, None).www_authenticate
    assert header == f'Bearer authorization_uri="https://login.windows.net/{TENANT}"'
