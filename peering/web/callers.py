"""Who has sent a request: a person or an app that App Service has signed in, or somebody with a function key."""

import base64
import binascii
import json
from collections.abc import Collection, Mapping
from typing import Any

from peering.core.intake.callers import Caller, CallerKind, Role, app_role, caller_by_key, roles_among
from peering.web.problems import Kind, Problem

_PRINCIPAL = "x-ms-client-principal"
_NAME = f"{_PRINCIPAL}-name"
_LONGEST_NAME = 100
_LARGEST = 64 * 1024  # characters; a token of Entra's with 200 groups comes to 12,000
_SOAP = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
# A claim has the token's own name or the one that App Service gives it (docs/facts/functions-host.md, Sign-in).
_OBJECT_ID = ("oid", "http://schemas.microsoft.com/identity/claims/objectidentifier")
_ROLES = ("roles", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role")
_SCOPES = ("scp", "http://schemas.microsoft.com/identity/claims/scope")
_SIGNS_IN_AS = ("preferred_username", "upn", f"{_SOAP}upn", "email", f"{_SOAP}emailaddress", "unique_name")
_APP_ID = ("azp", "appid")
_GROUPS = ("groups",)


def caller_of(headers: Mapping[str, str], *, entra: bool, keys_may_operate: bool) -> Caller:
    """Who calls. The claims of the header count only with `entra`, where App Service sits in front and writes them.

    Raises Problem for claims that cannot be read: nobody is let in as somebody with a key because his claims are odd.
    """
    written = headers.get(_PRINCIPAL) if entra else None
    if written is None:
        return caller_by_key(may_operate=keys_may_operate)
    claims = _claims(written)
    objects = claims.all(_OBJECT_ID)
    if len(objects) != 1:
        raise _nobody("names no object id")
    return _person_or_app(claims, objects[0], headers.get(_NAME))


class _Claims:
    """The claims of a principal, as (type, value)."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def all(self, types: Collection[str]) -> list[str]:
        """The different values of the claims of these types, in order; several may be there under both names."""
        found = (value.strip() for kind, value in self._pairs if kind.lower() in types)
        return list(dict.fromkeys(value for value in found if value))


def _person_or_app(claims: _Claims, object_id: str, header_name: str | None) -> Caller:
    """A person's token always has a scope or a name; that of an app alone has neither."""
    names = claims.all(_SIGNS_IN_AS)
    is_app = "app" in claims.all(("idtyp",)) or not (names or claims.all(_SCOPES))
    app_ids = claims.all(_APP_ID) if is_app else []  # of a person it is the id of what he signs in with: everybody's
    name = next(iter([*names, *(f"app {one}" for one in app_ids)]), None) or header_name or object_id
    ids = {object_id, name, *names, *app_ids, *claims.all(_GROUPS)}
    return Caller(
        name=_one_line(name),
        kind=CallerKind.APP if is_app else CallerKind.PERSON,
        ids=frozenset(one.lower() for one in ids) | {_one_line(name).lower()},
        roles=roles_among(claims.all(_ROLES)),
    )


def _one_line(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:_LONGEST_NAME]


def _claims(written: str) -> _Claims:
    if len(written) > _LARGEST:
        raise _nobody("is too long")
    try:
        document = json.loads(base64.b64decode(written, validate=True))
        pairs = [(_text(claim["typ"]), _text(claim["val"])) for claim in document["claims"]]
    except (binascii.Error, ValueError, RecursionError, KeyError, TypeError) as error:
        raise _nobody("cannot be read") from error
    return _Claims(pairs)


def _text(value: Any) -> str:  # noqa: ANN401 - JSON
    if not isinstance(value, str):
        raise TypeError
    return value


def _nobody(why: str) -> Problem:
    told = f"Who you are is not known: the header {_PRINCIPAL} that App Service writes {why}. Sign in again."
    return Problem(Kind.NOT_SIGNED_IN, told)


def permit(caller: Caller, role: Role, approvers: Collection[str] = ()) -> None:
    """Let him pass who may; raises Problem for anybody else, with the role he needs and who gives it.

    `approvers` are those of the hub that it is about.
    """
    if caller.may(role, approvers):
        return
    told = _not_for_keys(role) if caller.kind is CallerKind.KEY else _not_without(caller, role)
    raise Problem(Kind.NOT_ALLOWED, told)


def _not_for_keys(role: Role) -> str:
    return (
        f"This needs the right to {role}, and a function key may only read and request. Sign in with Entra as somebody "
        f"with the app role {app_role(role)}; or, where there is no sign-in, have those who operate Autopeer set "
        "AUTOPEER_KEYS_MAY_OPERATE to true."
    )


def _not_without(caller: Caller, role: Role) -> str:
    has = f"has {', '.join(app_role(one) for one in Role if one in caller.roles)}" if caller.roles else "has none"
    beside = " An approver whom the catalogue names for the hub needs no role." if role is Role.APPROVE else ""
    return (
        f"This needs the app role {app_role(role)}, and {caller.name} {has}. Who administers the enterprise "
        f"application Autopeer in Entra ID gives it, under Users and groups.{beside}"
    )
