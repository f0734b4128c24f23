"""Who calls by HTTP, and what he may: the one place that decides it.

A person or an app may what the roles say that Entra gave it; somebody with a function key may read and ask, and more
only where the installation says so. Whoever a hub's catalogue names as its approver decides there without a role.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

A_KEY = "a function key"
"""The name of a caller by key. The host knows which one it was and does not tell Python
(docs/facts/functions-host.md, Keys of callers)."""


class Role(StrEnum):
    """What a caller may do. The app roles of the Entra application bear these names (`app_role`)."""

    READ = "read"
    REQUEST = "request"
    APPROVE = "approve"
    OPERATE = "operate"


class CallerKind(StrEnum):
    """What has called."""

    PERSON = "person"
    APP = "app"
    KEY = "key"


_FORMER_ROLE = "peerings.use"  # the one role there was up to 1.0: ask and read
_WITHIN: Mapping[Role, frozenset[Role]] = {
    Role.READ: frozenset({Role.READ}),
    Role.REQUEST: frozenset({Role.READ, Role.REQUEST}),
    Role.APPROVE: frozenset({Role.READ, Role.APPROVE}),
    Role.OPERATE: frozenset({Role.READ, Role.REQUEST, Role.OPERATE}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who calls. `name` is for people to read, and stands in records as who asked.

    `ids` are all names that he may stand under elsewhere, in small letters: his object id, what he signs in with, the
    groups that his token names. A key is nobody in particular and has none.
    """

    name: str
    kind: CallerKind
    ids: frozenset[str] = frozenset()
    roles: frozenset[Role] = frozenset()

    def may(self, role: Role, approvers: Collection[str] = ()) -> bool:
        """Whether the role is among his, or he is one of the hub's approvers and it is to approve."""
        if role is Role.APPROVE and not self.ids.isdisjoint(one.lower() for one in approvers):
            return True
        return role in self.roles

    def is_named(self, who: str) -> bool:
        """Whether it was he who is written down as `who`."""
        return who.strip().lower() in self.ids


def app_role(role: Role) -> str:
    """The value of the app role in Entra: `Autopeer.Read` and so on."""
    return f"Autopeer.{role.capitalize()}"


def roles_among(values: Iterable[str]) -> frozenset[Role]:
    """The roles that values of the claim `roles` come to, with what each of them implies. Others' roles count nothing.

    To operate implies to read and to ask, to ask and to approve each to read.
    """
    given = {value.strip().lower() for value in values}
    named = {role for role in Role if app_role(role).lower() in given}
    if _FORMER_ROLE in given:
        named.add(Role.REQUEST)
    return frozenset().union(*(_WITHIN[role] for role in named))


def caller_by_key(*, may_operate: bool) -> Caller:
    """Somebody who has a function key, and of whom nothing else is known."""
    roles = frozenset(Role) if may_operate else _WITHIN[Role.REQUEST]
    return Caller(name=A_KEY, kind=CallerKind.KEY, roles=roles)
