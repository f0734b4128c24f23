"""Records as table entities. Every property is a text, a number or a time, so that any table browser shows it."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from peering.adapters.approval_columns import approval_columns, approval_in
from peering.adapters.long_texts import findings_text, space_text
from peering.adapters.table_rows import MALFORMED
from peering.core.decision.findings import Finding
from peering.core.decision.switches import Word
from peering.core.intake.requests import Door, NamedBy
from peering.core.network.addresses import parse_prefixes
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Flags
from peering.core.record.record import RELEASED, Approval, Asked, Found, Progress, Record, State, Tag

_FIRST_YEAR = 1601  # docs/facts/storage.md, Times in a row


def to_entity(record: Record) -> dict[str, Any]:
    """The row of `peerings`, without keys that are absent. What a later version added stays as it was read."""
    properties: dict[str, Any] = {
        "spoke": str(record.spoke),
        "state": str(record.state),
        **_asked(record.asked),
        **_progress(record.progress),
        **_found(record.found),
        **approval_columns(record.approval),
    }
    keys = {"PartitionKey": record.hub, "RowKey": record.spoke.key}
    return {**record.unknown, **keys, **{name: value for name, value in properties.items() if value is not None}}


def _asked(asked: Asked) -> dict[str, Any]:
    return {
        "wanted": asked.wanted,
        "namedBy": str(asked.named_by),
        "door": str(asked.door),
        "who": asked.who,
        "correlation": asked.correlation,
        "requested": asked.requested,
        "word": int(asked.word) or None,
        "tag": asked.tag or None,
    }


def _progress(progress: Progress) -> dict[str, Any]:
    return {
        "started": progress.started,
        "finished": progress.finished,
        "notBefore": progress.not_before,
        "attempts": progress.attempts,
        "armCalls": progress.calls,
        "was": str(progress.was) if progress.was else None,
        "failingSince": progress.failing,
        "doubtedSince": progress.doubted,
        "deaths": progress.deaths or None,
        "beginWith": progress.begin_with or None,
        "told": progress.told,
        "graceEnds": progress.grace_ends,
        "accepted": progress.accepted,
        "held": progress.held or None,
        "takenAt": progress.taken,
        "writtenAt": progress.written,
        **_tag(progress.tag),
        "statusOwed": progress.owed or None,
        "undoneAt": " ".join(when.isoformat() for when in progress.undone) or None,
        "undoneBy": progress.undone_by or None,
        "event": progress.event or None,
        "eventUnsent": progress.unsent or None,
    }


def _tag(tag: Tag | None) -> dict[str, Any]:
    return {
        "statusTag": tag.name if tag else None,
        "statusText": tag.text if tag else None,
        "statusWritten": tag.written if tag else None,
        "statusWiped": tag.wiped or None if tag else None,
    }


def _found(found: Found) -> dict[str, Any]:
    space, left_out = space_text(found.prefixes)
    notes = found.notes if not left_out or left_out in found.notes else (*found.notes, left_out)
    return {
        "addressSpace": space,
        "location": found.location,
        "hubPeering": found.hub_half,
        "spokePeering": found.spoke_half,
        "hubFlags": _flags_text(found.hub_flags),
        "spokeFlags": _flags_text(found.spoke_flags),
        "gateway": found.gateway,
        "findings": findings_text(found.findings),
        "notes": json.dumps(notes),
        "leftOff": " ".join(found.left_off) or None,
        "rightfulFlags": "; ".join(map(_flags_text, found.rightful)) if found.rightful else None,
        "resourceGuid": found.guid or None,
        "formerHalves": " ".join(found.former) or None,
    }


_KEYS = ("PartitionKey", "RowKey", "Timestamp", "hub")  # the last is history's, whose partition is the spoke


def from_entity(entity: Mapping[str, Any], etag: str | None) -> Record:
    """The record of a row; raises one of MALFORMED for a row that somebody has edited past reading."""
    return Record(
        hub=_text(entity, "hub") if entity.get("hub") else _text(entity, "PartitionKey"),
        spoke=VnetId.parse(_text(entity, "spoke")),
        state=_word(State, entity["state"]),
        asked=Asked(
            wanted=_text(entity, "wanted"),
            named_by=_word(NamedBy, entity["namedBy"]),
            door=_word(Door, entity["door"]),
            who=_text(entity, "who"),
            correlation=_text(entity, "correlation"),
            requested=_time(entity["requested"]) or moment(entity["Timestamp"]),
            word=Word(min(_count(entity, "word"), Word.RESTORE)) if "word" in entity else Word.NONE,
            tag=_is_text(entity.get("tag", "")),
        ),
        progress=Progress(
            started=_time(entity.get("started")),
            finished=_time(entity.get("finished")),
            not_before=_time(entity.get("notBefore")),
            attempts=_count(entity, "attempts"),
            calls=_count(entity, "armCalls"),
            was=_word(State, entity["was"]) if entity.get("was") else None,
            failing=_time(entity.get("failingSince")),
            doubted=_time(entity.get("doubtedSince")),
            deaths=entity.get("deaths") or 0,
            begin_with=entity.get("beginWith") or "",
            told=entity.get("told"),
            grace_ends=_time(entity.get("graceEnds")),
            accepted=_time(entity.get("accepted")),
            held=_is_text(entity.get("held", "")),
            taken=_time(entity.get("takenAt")),
            written=_time(entity.get("writtenAt")),
            tag=_tag_in(entity),
            owed=entity.get("statusOwed") is True,
            undone=tuple(moment(each) for each in _is_text(entity.get("undoneAt", "")).split()),
            undone_by=_is_text(entity.get("undoneBy", "")),
            event=_is_text(entity.get("event", "")),
            unsent=entity.get("eventUnsent") is True,
        ),
        found=_found_in(entity),
        approval=approval_in(entity, _time(entity.get("askedSince"))),
        unknown={name: value for name, value in entity.items() if name not in _columns()},
        etag=etag,
    )


def _tag_in(entity: Mapping[str, Any]) -> Tag | None:
    written = _time(entity.get("statusWritten"))
    if written is None or not entity.get("statusTag"):
        return None
    wiped = entity.get("statusWiped") or 0
    return Tag(name=_text(entity, "statusTag"), text=_text(entity, "statusText"), written=written, wiped=wiped)


def _found_in(entity: Mapping[str, Any]) -> Found:
    findings = json.loads(entity["findings"])
    return Found(
        prefixes=parse_prefixes(_text(entity, "addressSpace").split()),
        location=_text(entity, "location"),
        hub_half=_text(entity, "hubPeering"),
        spoke_half=_text(entity, "spokePeering"),
        hub_flags=_flags(_text(entity, "hubFlags")),
        spoke_flags=_flags(_text(entity, "spokeFlags")),
        gateway=_text(entity, "gateway"),
        findings=tuple(_finding(finding) for finding in findings),
        notes=tuple(_is_text(note) for note in json.loads(entity["notes"])),
        left_off=tuple(_is_text(entity.get("leftOff", "")).split()),
        rightful=_both_flags(_is_text(entity.get("rightfulFlags", ""))),
        guid=_is_text(entity.get("resourceGuid", "")),
        former=tuple(_is_text(entity.get("formerHalves", "")).split()),
    )


def _finding(entry: Mapping[str, Any]) -> Finding:
    return Finding(_text(entry, "code"), _text(entry, "message"), _is_text(entry.get("remedy", "")))


@cache
def _columns() -> frozenset[str]:
    """The names of all columns that this version writes; `was` and the times are left out of a row that has none."""
    moment = datetime.fromtimestamp(0, UTC)
    asked = Asked(wanted="", named_by="", door="", who="", correlation="", requested=moment)
    progress = Progress(started=moment, was=State.PENDING)  # every name is there, whatever the value
    rest = (*_asked(asked), *_progress(progress), *_found(Found()), *approval_columns(Approval()))
    return frozenset({*_KEYS, "spoke", "state", *rest})


def _word[T: StrEnum](words: type[T], text: str) -> T | str:
    """A word of ours, or the text of one that only a later version knows."""
    return words(text) if _is_text(text) in words else text


def _text(entity: Mapping[str, Any], name: str) -> str:
    return _is_text(entity[name])


def _is_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{str(value)[:100]!r} is no text")
    return value


def _count(entity: Mapping[str, Any], name: str) -> int:
    value = entity[name]
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError(f"{name} is {str(value)[:100]!r}, and should be a whole number")
    return value


def _flags_text(flags: Flags | None) -> str:
    """The switches that are on, as words."""
    return "" if flags is None else " ".join(name for name, on in asdict(flags).items() if on) or "none"


def _flags(text: str) -> Flags | None:
    words = set(text.split())
    return Flags(**{name: name in words for name in Flags.__dataclass_fields__}) if words else None


def _both_flags(text: str) -> tuple[Flags, Flags] | None:
    hub, spoke = (_flags(each) for each in (*text.split(";"), "")[:2])
    return (hub, spoke) if hub and spoke else None


def counted(entity: Mapping[str, Any]) -> tuple[str, str, datetime | None]:
    """State, limit and last write of a row of which nothing else was read; what cannot be read counts as not there."""
    held, written = entity.get("held"), None
    with suppress(*MALFORMED):
        written = _time(entity.get("writtenAt"))
    limit = held if isinstance(held, str) and held != RELEASED else ""
    return str(entity.get("state")), limit, written


def _time(value: object) -> datetime | None:
    """A time, None for one that lies before all that a table can hold.

    0.1.0 took over what events said, the year 1 too, which the SDK wrote without its zeros: "1-01-01T00:00:00Z".
    """
    when = None if value is None else moment(value)
    return when if when and when.year >= _FIRST_YEAR else None


def moment(value: object) -> datetime:
    """A time as a row has it, typed text, or as the SDK decodes it, a subclass of datetime."""
    text = value.isoformat() if isinstance(value, datetime) else str(value[0] if isinstance(value, tuple) else value)
    year, dash, rest = text.partition("-")
    return datetime.fromisoformat(f"{year:0>4}{dash}{rest}").astimezone(UTC)
