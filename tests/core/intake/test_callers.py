"""Who may do what: every kind of caller, every role."""

import pytest

from peering.core.intake.callers import Caller, CallerKind, Role, app_role, caller_by_key, roles_among

ALL = set(Role)
READ, REQUEST, APPROVE, OPERATE = Role
IMPLIED = [
    ([], set()),
    (["Autopeer.Read"], {READ}),
    (["Autopeer.Request"], {READ, REQUEST}),
    (["Autopeer.Approve"], {READ, APPROVE}),
    (["Autopeer.Operate"], {READ, REQUEST, OPERATE}),
    (["Peerings.Use"], {READ, REQUEST}),
    (["Autopeer.Approve", "Autopeer.Operate"], ALL),
    ([" autopeer.operate "], {READ, REQUEST, OPERATE}),
    (["Operate", "operate", "Autopeer.Everything", ""], set()),
]


@pytest.mark.parametrize(("values", "roles"), IMPLIED, ids=range(len(IMPLIED)))
def test_what_a_role_implies(values: list[str], roles: set[Role]) -> None:
    assert roles_among(values) == roles


def test_the_roles_are_called_as_in_entra() -> None:
    assert [app_role(role) for role in Role] == [
        "Autopeer.Read",
        "Autopeer.Request",
        "Autopeer.Approve",
        "Autopeer.Operate",
    ]


@pytest.mark.parametrize(("may_operate", "roles"), [(False, {READ, REQUEST}), (True, ALL)])
def test_what_a_key_may(may_operate: bool, roles: set[Role]) -> None:
    caller = caller_by_key(may_operate=may_operate)
    assert {role for role in Role if caller.may(role)} == roles
    assert (caller.kind, caller.name) == (CallerKind.KEY, "a function key")


def test_a_key_is_nobody_in_particular() -> None:
    """Who has the same key may be another person, so it is not known whose own request it is."""
    assert not caller_by_key(may_operate=True).is_named("a function key")
    assert not caller_by_key(may_operate=False).may(APPROVE, ["", "a function key"])


ANNE = Caller(name="anne@contoso.com", kind=CallerKind.PERSON, ids=frozenset({"aaaa-1", "anne@contoso.com"}))


@pytest.mark.parametrize("role", Role)
def test_an_approver_of_a_hub_may_approve_there_and_nothing_else(role: Role) -> None:
    assert ANNE.may(role, ["bbbb-2", "AAAA-1"]) is (role is APPROVE)
    assert not ANNE.may(role, ["bbbb-2"])
    assert not ANNE.may(role)


@pytest.mark.parametrize(("who", "own"), [("AAAA-1", True), (" Anne@Contoso.com ", True), ("bob", False), ("", False)])
def test_whose_request_it_was(who: str, own: bool) -> None:
    assert ANNE.is_named(who) is own
