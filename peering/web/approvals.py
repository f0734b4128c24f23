"""The routes by which a person approves or refuses, without HTTP."""

from typing import Any

from peering.core.network.addresses import InvalidPrefix, Prefix
from peering.core.record.approvals import Objection, Say
from peering.core.record.document import record_body
from peering.core.record.record import Record
from peering.web.api import no_such_record
from peering.web.call import Answer, Call
from peering.web.json_body import object_in, unknown_in
from peering.web.problems import Kind, Problem, unusable

_REASON = 200  # characters: it stands in the finding that the owner reads
_APPROVE, _REFUSE = {"prefixes", "reason"}, {"reason"}
_APPROVAL, _REFUSAL = '{"prefixes": ["10.64.0.0/24"], "reason": "change 4711"}', '{"reason": "no address plan"}'


def read_approval(call: Call) -> Say:
    """The body of `POST …/approve`, which may be empty; raises Problem with every fault of it."""
    document = object_in(call.body or b"{}", _APPROVAL)
    errors = unknown_in(document, _APPROVE, "an approval has prefixes and reason")
    prefixes, reason = _prefixes(document, errors), _reason(document, errors, least=0)
    if errors:
        raise unusable(errors)
    return Say(granted=True, who=call.who, ids=call.caller.ids, reason=reason, prefixes=prefixes)


def read_refusal(call: Call) -> Say:
    """The body of `POST …/refuse`: why; raises Problem with every fault of it."""
    document = object_in(call.body or b"{}", _REFUSAL)
    errors = unknown_in(document, _REFUSE, "a refusal has reason alone")
    reason = _reason(document, errors, least=1)
    if errors:
        raise unusable(errors)
    return Say(granted=False, who=call.who, ids=call.caller.ids, reason=reason)


def _reason(document: dict[str, Any], errors: list[tuple[str, str]], least: int) -> str:
    reason = document.get("reason", "")
    if not isinstance(reason, str) or not least <= len(reason.strip()) <= _REASON or not reason.isprintable():
        errors.append(("#/reason", f"should say why, in one line of {least} to {_REASON} characters"))
        return ""
    return reason.strip()


def _prefixes(document: dict[str, Any], errors: list[tuple[str, str]]) -> tuple[Prefix, ...] | None:
    value = document.get("prefixes")
    if value is None:
        return None
    if not isinstance(value, list) or not value:
        errors.append(
            ("#/prefixes", "should be the list of prefixes that you were shown (approval.asked.addressSpace)")
        )
        return None
    found = []
    for index, text in enumerate(value):
        try:
            found.append(Prefix.parse(text if isinstance(text, str) else repr(text)[:40]))
        except InvalidPrefix as error:
            errors.append((f"#/prefixes/{index}", f"cannot be used: {error}"))
    return tuple(found)


def decided(row: Record) -> Answer:
    """What was said is written down; the record says what comes of it."""
    where = f"/api/peerings/{row.hub}/{row.spoke.key}"
    return Answer(202, record_body(row), {"Location": where, "Retry-After": "2"})


def cannot_count(why: Objection, row: Record | None, hub: str, key: str) -> Problem:
    """Why what was said does not count, and what to do instead."""
    if row is None:
        return no_such_record(hub, key)
    question = row.approval.question
    of, asked = (question.ask.of, question.prefixes) if question else ("", ())
    match why:
        case Objection.HIS_OWN:
            told = f"You have asked for {row.spoke.name} yourself, so somebody else has to approve it."
            return Problem(Kind.OWN_REQUEST, f"{told} You may refuse it.")
        case Objection.CHANGED:
            shown = ", ".join(str(prefix) for prefix in asked)
            told = f"The addresses of {row.spoke.name} are not those that you were shown; asked about is {shown}."
            return Problem(Kind.ADDRESSES_CHANGED, f"{told} Look at {_at(row)} again, and decide on what it says.")
        case Objection.ELSEWHERE:
            told = (
                f"Here nothing has to be decided; whether it may leave hub {of!r} is what {row.spoke.name} waits for."
            )
            return Problem(Kind.NOTHING_TO_DECIDE, f"{told} Decide at /api/peerings/{of}/{row.spoke.key}.")
        case Objection.OVERDUE:
            told = f"The question about {row.spoke.name} is closed: nobody has decided in time."
            return Problem(Kind.NOTHING_TO_DECIDE, f"{told} Ask anew with POST /api/peerings, and decide then.")
        case Objection.NOTHING_WAITS:
            told = f"{row.spoke.name} is {row.state} at hub {row.hub!r}, and waits for nobody's approval."
            return Problem(Kind.NOTHING_TO_DECIDE, f"{told} {_at(row)} says how it stands.")


def _at(row: Record) -> str:
    return f"GET /api/peerings/{row.hub}/{row.spoke.key}"
