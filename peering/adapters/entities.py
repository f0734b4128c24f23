"""Records as table entities. Every property is a text, a number or a time, so that any table browser shows it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from peering.core.addresses import parse_prefixes
from peering.core.findings import Finding
from peering.core.model import Flags
from peering.core.records import NamedBy, Record, State
from peering.core.requests import Door
from peering.core.resource_ids import VnetId

_TIMES = ("requested", "started", "finished", "not_before")
_LONGEST = 30_000  # characters; a property holds 64 KiB of UTF-16


def to_entity(record: Record) -> dict[str, Any]:
    """The row of `peerings`, without keys that are absent."""
    properties: dict[str, Any] = {
        "spoke": str(record.spoke),
        "state": record.state.value,
        "wanted": record.wanted,
        "namedBy": record.named_by.value,
        "door": record.door.value,
        "who": record.who,
        "correlation": record.correlation,
        "attempts": record.attempts,
        "armCalls": record.calls,
        "addressSpace": " ".join(map(str, record.prefixes)),
        "location": record.location,
        "hubPeering": record.hub_half,
        "spokePeering": record.spoke_half,
        "hubFlags": _flags_text(record.hub_flags),
        "spokeFlags": _flags_text(record.spoke_flags),
        "gateway": record.gateway,
        "findings": _findings_text(record.findings),
        "notes": json.dumps(record.notes),
        "was": record.was.value if record.was else None,
    }
    properties |= {_camel(name): getattr(record, name) for name in _TIMES}
    keys = {"PartitionKey": record.hub, "RowKey": record.spoke.key}
    return keys | {name: value for name, value in properties.items() if value is not None}


def from_entity(entity: Mapping[str, Any], etag: str | None) -> Record:
    return Record(
        hub=entity.get("hub") or entity["PartitionKey"],
        spoke=VnetId.parse(entity["spoke"]),
        state=State(entity["state"]),
        wanted=entity["wanted"],
        named_by=NamedBy(entity["namedBy"]),
        door=Door(entity["door"]),
        who=entity["who"],
        correlation=entity["correlation"],
        attempts=entity["attempts"],
        calls=entity["armCalls"],
        prefixes=parse_prefixes(entity["addressSpace"].split()),
        location=entity["location"],
        hub_half=entity["hubPeering"],
        spoke_half=entity["spokePeering"],
        hub_flags=_flags(entity["hubFlags"]),
        spoke_flags=_flags(entity["spokeFlags"]),
        gateway=entity["gateway"],
        findings=tuple(Finding(**finding) for finding in json.loads(entity["findings"])),
        notes=tuple(json.loads(entity["notes"])),
        was=State(entity["was"]) if entity.get("was") else None,
        etag=etag,
        **{name: _time(entity.get(_camel(name))) for name in _TIMES},  # type: ignore[arg-type]
    )


def _findings_text(findings: Sequence[Finding]) -> str:
    """As many findings as a property holds; a last one says how many there are beyond them."""
    for kept in range(len(findings), -1, -1):
        left = len(findings) - kept
        more = [Finding("More", f"And {left} more. Mend these first.")] if left else []
        text = json.dumps([asdict(finding) for finding in (*findings[:kept], *more)], ensure_ascii=False)
        if len(text) <= _LONGEST:
            return text
    raise AssertionError("unreachable: without findings the text is short")


def _flags_text(flags: Flags | None) -> str:
    """The switches that are on, as words."""
    return "" if flags is None else " ".join(name for name, on in asdict(flags).items() if on) or "none"


def _flags(text: str) -> Flags | None:
    words = set(text.split())
    return Flags(**{name: name in words for name in Flags.__dataclass_fields__}) if words else None


def _time(value: datetime | None) -> datetime | None:
    """The SDK's own subclass of datetime, as a plain one."""
    return None if value is None else datetime.fromisoformat(value.isoformat()).astimezone(UTC)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
