"""Who calls, by what App Service writes into the headers; and what those hear who may not."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.intake.callers import Caller, CallerKind, Role
from peering.web.callers import caller_of, permit
from peering.web.problems import Problem

ANNE, ROBOT, TEAM = (f"{letter * 8}-0000-0000-0000-000000000001" for letter in "abc")
OID = "http://schemas.microsoft.com/identity/claims/objectidentifier"
SCOPE = "http://schemas.microsoft.com/identity/claims/scope"
EMAIL = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"


def headers(*claims: tuple[str, Any], **others: str) -> dict[str, str]:
    document = {"auth_typ": "aad", "claims": [{"typ": kind, "val": value} for kind, value in claims]}
    written = base64.b64encode(json.dumps(document).encode()).decode()
    return {"x-ms-client-principal": written} | {name.replace("_", "-"): value for name, value in others.items()}


def signed_in(*claims: tuple[str, str], keys_may_operate: bool = False) -> Caller:
    return caller_of(headers(*claims), entra=True, keys_may_operate=keys_may_operate)


PERSON = ((OID, ANNE.upper()), ("preferred_username", "Anne@contoso.com"), (SCOPE, "user_impersonation"))
APP = (("oid", ROBOT), ("azp", "dddd"), ("idtyp", "app"))


def test_a_person_is_named_by_what_she_signs_in_with() -> None:
    caller = signed_in(*PERSON, ("roles", "Autopeer.Request"), ("groups", TEAM), ("appid", "the-cli"))
    assert (caller.name, caller.kind) == ("Anne@contoso.com", CallerKind.PERSON)
    assert caller.ids == {ANNE, "anne@contoso.com", TEAM}, "the app she signs in with is everybody's"
    assert caller.roles == {Role.READ, Role.REQUEST}


@pytest.mark.parametrize("claims", [APP, APP[:2]], ids=["said", "without a scope or a name"])
def test_an_app_is_named_by_its_client_id(claims: tuple[tuple[str, str], ...]) -> None:
    caller = signed_in(*claims, ("roles", "Autopeer.Approve"), ("roles", "Autopeer.Operate"))
    assert (caller.name, caller.kind) == ("app dddd", CallerKind.APP)
    assert caller.roles == set(Role)
    assert {ROBOT, "dddd"} <= caller.ids


@pytest.mark.parametrize(
    ("claims", "others", "name"),
    [
        ((("oid", ANNE), ("scp", "x")), {"x_ms_client_principal_name": "Anne"}, "Anne"),
        ((("oid", ANNE), ("scp", "x")), {}, ANNE),
        (
            (("oid", ANNE), (EMAIL, "anne@contoso.com"), ("scp", "x")),
            {"x_ms_client_principal_name": "A"},
            "anne@contoso.com",
        ),
        ((("oid", ANNE), ("upn", "a\nb" + "c" * 200)), {}, "a?b" + "c" * 97),
    ],
)
def test_whatever_name_there_is(claims: tuple[tuple[str, str], ...], others: dict[str, str], name: str) -> None:
    caller = caller_of(headers(*claims, **others), entra=True, keys_may_operate=False)
    assert caller.name == name
    assert caller.is_named(name)


def test_claims_count_only_where_app_service_writes_them() -> None:
    forged = headers(*PERSON, ("roles", "Autopeer.Operate"))
    caller = caller_of(forged, entra=False, keys_may_operate=False)
    assert (caller.kind, caller.name) == (CallerKind.KEY, "a function key")
    assert caller.roles == {Role.READ, Role.REQUEST}


@pytest.mark.parametrize("entra", [False, True])
@pytest.mark.parametrize("may", [False, True])
def test_who_sends_no_claims_is_a_key(entra: bool, may: bool) -> None:
    caller = caller_of({"x-ms-client-principal-name": "root"}, entra=entra, keys_may_operate=may)
    assert (caller.kind, caller.name, Role.OPERATE in caller.roles) == (CallerKind.KEY, "a function key", may)


def test_that_keys_may_operate_gives_a_person_nothing() -> None:
    assert signed_in(*PERSON, keys_may_operate=True).roles == set()


def encoded(document: object) -> str:
    return base64.b64encode(json.dumps(document).encode()).decode()


ODD = [
    "",
    "not base64!",
    base64.b64encode(b"not json").decode(),
    base64.b64encode(b"\xff\xfe").decode(),
    base64.b64encode(b"[" * 20_000).decode(),
    "A" * 70_000,
    encoded([]),
    encoded(None),
    encoded({}),
    encoded({"claims": None}),
    encoded({"claims": {"typ": "oid"}}),
    encoded({"claims": [["oid", ANNE]]}),
    encoded({"claims": [{"typ": "oid", "val": 5}]}),
    encoded({"claims": [{"typ": "oid"}]}),
    encoded({"claims": []}),
    encoded({"claims": [{"typ": "oid", "val": " "}]}),
    encoded({"claims": [{"typ": "oid", "val": ANNE}, {"typ": OID, "val": ROBOT}]}),
]


@pytest.mark.parametrize("written", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("may", [False, True])
def test_claims_that_cannot_be_read_let_nobody_in(written: str, may: bool) -> None:
    with pytest.raises(Problem) as refused:
        caller_of({"x-ms-client-principal": written}, entra=True, keys_may_operate=may)
    assert refused.value.status == 401
    assert "Sign in again" in refused.value.detail


@given(
    st.text() | st.recursive(st.none() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)).map(encoded)
)
def test_no_header_is_an_error_of_ours(written: str) -> None:
    with pytest.raises(Problem):
        caller_of({"x-ms-client-principal": written}, entra=True, keys_may_operate=True)


# Who, and what of read, request, approve and operate he may: at a hub that names the team as its approver.
WHO = [
    ("a key", caller_of({}, entra=False, keys_may_operate=False), "11000"),
    ("a key that may operate", caller_of({}, entra=False, keys_may_operate=True), "11111"),
    ("a key, beside Entra", caller_of({}, entra=True, keys_may_operate=False), "11000"),
    ("nobody's role", signed_in(*PERSON), "00000"),
    ("read", signed_in(*PERSON, ("roles", "Autopeer.Read")), "10000"),
    ("request", signed_in(*PERSON, ("roles", "Autopeer.Request")), "11000"),
    ("approve", signed_in(*PERSON, ("roles", "Autopeer.Approve")), "10110"),
    ("operate", signed_in(*APP, ("roles", "Autopeer.Operate")), "11001"),
    ("of the team", signed_in(*PERSON, ("groups", TEAM)), "00010"),
]
ASKED = [(Role.READ, ()), (Role.REQUEST, ()), (Role.APPROVE, ()), (Role.APPROVE, (TEAM,)), (Role.OPERATE, (TEAM,))]


@pytest.mark.parametrize(("caller", "may"), [row[1:] for row in WHO], ids=[row[0] for row in WHO])
def test_who_may_do_what(caller: Caller, may: str) -> None:
    def passes(role: Role, approvers: tuple[str, ...]) -> bool:
        try:
            permit(caller, role, approvers)
        except Problem as problem:
            return (problem.status, f"Autopeer.{role.capitalize()}" in problem.detail) != (403, True)
        return True

    assert "".join("01"[passes(*each)] for each in ASKED) == may


def test_who_may_not_is_told_what_he_has_and_who_gives_what_he_needs() -> None:
    with pytest.raises(Problem) as refused:
        permit(signed_in(*PERSON, ("roles", "Autopeer.Approve")), Role.OPERATE)
    assert refused.value.detail == (
        "This needs the app role Autopeer.Operate, and Anne@contoso.com has Autopeer.Read, Autopeer.Approve. Who "
        "administers the enterprise application Autopeer in Entra ID gives it, under Users and groups."
    )
    with pytest.raises(Problem, match="AUTOPEER_KEYS_MAY_OPERATE") as refused:
        permit(caller_of({}, entra=False, keys_may_operate=False), Role.OPERATE)
