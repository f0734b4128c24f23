"""A record as HTTP and the outcome events show it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from peering.core.decision.approval import Ruling
from peering.core.network.arm_documents import flags_to_arm
from peering.core.network.vnets import Flags
from peering.core.record.record import Approval, Record


def record_body(record: Record) -> dict[str, Any]:
    """Names in camelCase, absent values as null."""
    asked, progress, found = record.asked, record.progress, record.found
    return {
        "hub": record.hub,
        "key": record.spoke.key,
        "spoke": str(record.spoke),
        "state": record.state,
        "findings": [asdict(finding) for finding in found.findings],
        "notes": list(found.notes),
        "wanted": asked.wanted,
        "namedBy": asked.named_by,
        "addressSpace": [str(prefix) for prefix in found.prefixes],
        "location": found.location,
        "hubPeering": _half(found.hub_half, found.hub_flags),
        "spokePeering": _half(found.spoke_half, found.spoke_flags),
        "gateway": found.gateway or None,
        "resourceGuid": found.guid or None,
        "formerHalves": list(found.former),
        "approval": _approval(record.approval),
        "door": asked.door,
        "who": asked.who,
        "correlationId": asked.correlation,
        "attempts": progress.attempts,
        "armCalls": progress.calls,
        "notBefore": shown_time(progress.not_before),
        "accepted": shown_time(progress.accepted),
        "requested": shown_time(asked.requested),
        "started": shown_time(progress.started),
        "finished": shown_time(progress.finished),
    }


def _approval(approval: Approval) -> dict[str, Any]:
    """What somebody is asked, and what was said: on letting it in, and on letting it go to another hub."""
    question = approval.question
    asked = None
    if question:
        asked = {
            "of": question.ask.of,
            "to": question.ask.to,
            "since": shown_time(question.since),
            "addressSpace": [str(prefix) for prefix in question.prefixes],
            "who": question.who,
        }
    return {"asked": asked, "ruling": _ruling(approval.ruling), "leave": _ruling(approval.leave)}


def _ruling(ruling: Ruling | None) -> dict[str, Any] | None:
    if ruling is None:
        return None
    return {
        "granted": ruling.granted,
        "to": ruling.to,
        "who": ruling.who,
        "when": shown_time(ruling.when),
        "reason": ruling.reason or None,
        "addressSpace": [str(prefix) for prefix in ruling.prefixes],
    }


def _half(identity: str, flags: Flags | None) -> dict[str, Any] | None:
    if not identity or flags is None:
        return None
    return {"id": identity} | flags_to_arm(flags)


def shown_time(value: datetime | None) -> str | None:
    """In ISO 8601, with a Z for UTC; None where there is none."""
    return value.isoformat().replace("+00:00", "Z") if value else None
