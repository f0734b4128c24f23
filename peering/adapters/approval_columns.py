"""What people are asked and have said, as columns of a row of `peerings`."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from peering.adapters.long_texts import space_text
from peering.core.decision.approval import Ask, Ruling
from peering.core.network.addresses import Prefix, parse_prefixes
from peering.core.record.record import Approval, Question


def approval_columns(approval: Approval) -> dict[str, Any]:
    """The columns, with None for what there is not. The prefixes have columns of their own, for they may be many."""
    question, ruling, leave = approval.question, approval.ruling, approval.leave
    return {
        "askedSince": question.since if question else None,
        "askedOf": json.dumps({"of": question.ask.of, "to": question.ask.to, "who": question.who})
        if question
        else None,
        "askedFor": space_text(question.prefixes)[0] if question else None,
        "ruling": _ruling_text(ruling),
        "ruledFor": space_text(ruling.prefixes)[0] if ruling else None,
        "leaveRuling": _ruling_text(leave),
        "leaveRuledFor": space_text(leave.prefixes)[0] if leave else None,
        "letIn": space_text(approval.let_in)[0] or None,
    }


def approval_in(entity: Mapping[str, Any], since: datetime | None) -> Approval:
    """The same, of a row, `since` being its time; raises one of MALFORMED for one that cannot be read."""
    return Approval(
        question=_question(entity, since),
        ruling=_ruling(entity, "ruling", "ruledFor"),
        leave=_ruling(entity, "leaveRuling", "leaveRuledFor"),
        let_in=_space(entity, "letIn"),
    )


def _question(entity: Mapping[str, Any], since: datetime | None) -> Question | None:
    if since is None or not entity.get("askedOf"):
        return None
    said = json.loads(entity["askedOf"])
    ask = Ask(_text(said, "of"), _text(said, "to"))
    return Question(ask=ask, since=since, prefixes=_space(entity, "askedFor"), who=_text(said, "who"))


def _ruling_text(ruling: Ruling | None) -> str | None:
    if ruling is None:
        return None
    said = {"granted": ruling.granted, "to": ruling.to, "who": ruling.who, "when": ruling.when.isoformat()}
    return json.dumps(said | {"reason": ruling.reason}, ensure_ascii=False)


def _ruling(entity: Mapping[str, Any], name: str, space: str) -> Ruling | None:
    if not entity.get(name):
        return None
    said = json.loads(entity[name])
    return Ruling(
        granted=said["granted"] is True,
        to=_text(said, "to"),
        who=_text(said, "who"),
        when=datetime.fromisoformat(_text(said, "when")).astimezone(UTC),
        reason=_text(said, "reason"),
        prefixes=_space(entity, space),
    )


def _space(entity: Mapping[str, Any], name: str) -> tuple[Prefix, ...]:
    return parse_prefixes(_text(entity, name).split()) if name in entity else ()


def _text(entity: Mapping[str, Any], name: str) -> str:
    value = entity[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is {str(value)[:100]!r}, and should be a text")
    return value
