"""The answer as a tag on the spoke: short, because a tag's value holds 256 characters, and the remedy comes first."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from peering.core.catalogue.policy import Departure, HubPolicy
from peering.core.decision.findings import Finding
from peering.core.network.failures import doubled
from peering.core.record.record import Record, State, Tag

LONGEST = 256
_REMEDY = 150  # characters of the longest remedy, which is never cut
_ELLIPSIS = "…"
_AGAIN_AFTER, _AT_MOST_AFTER = timedelta(seconds=5), timedelta(days=1)


def status_text(record: Record, policy: HubPolicy | None = None) -> str:
    """`Connected to prod-weu (gateway) 2026-11-23T14:02Z`, or `Refused 2026-… OverlapsSpoke: Use 10.1.2.0/24. …`.

    What waits begins with `Waiting`: a person can end that. `policy` says what becomes of the pair of one that leaves.
    """
    head, findings = _head(record, policy), record.found.findings
    if record.is_in_grace or not findings:
        return _cut(head)
    codes = _codes(findings, LONGEST - len(head) - _REMEDY - len(" : "))
    return _cut(f"{head} {codes}: {_words(findings, LONGEST - len(head) - len(codes) - len(' : '))}")


def _head(record: Record, policy: HubPolicy | None) -> str:
    progress, hub = record.progress, record.hub
    match record.state:
        case State.CONNECTED:
            gateway = " (no gateway)" if record.found.gateway == "none" else " (gateway)"
            return f"{record.state} to {hub}{'' if record.found.findings else gateway} {_time(progress.finished)}"
        case State.REMOVED:
            notes = f": {'; '.join(record.found.notes)}" if record.found.notes else ""
            return f"{record.state} from {hub} {_time(progress.finished)}{notes}"
        case State.LEAVING if record.is_in_grace:
            return f"{record.state} {hub} at {_time(progress.grace_ends)}: {_leaving(policy)}"
        case State.PENDING | State.LEAVING:
            return f"Waiting {_time(progress.failing)}"
        case state:
            return f"{state} {_time(progress.finished)}"


def _leaving(policy: HubPolicy | None) -> str:
    keeps = policy is not None and policy.departure is Departure.KEEP
    cut = "the peering is then left to you" if keeps else "the peering is then removed"
    return f"the tag that named the hub is gone, and {cut}. Set the tag again before, and nothing changes."


def _time(when: datetime | None) -> str:
    return f"{when:%Y-%m-%dT%H:%MZ}" if when else ""


def _codes(findings: tuple[Finding, ...], room: int) -> str:
    """As many codes as have room, and how many there are beyond them."""
    codes = list(dict.fromkeys(str(finding.code) for finding in findings))
    for shown in range(len(codes), 0, -1):
        left = f" and {len(codes) - shown} more" if shown < len(codes) else ""
        if len(text := ", ".join(codes[:shown]) + left) <= room:
            return text
    return codes[0][:room]


def _words(findings: tuple[Finding, ...], room: int) -> str:
    """The remedies, each whole or not at all; after them what is wrong, as far as it goes, and nothing twice."""
    text, message = "", findings[0].message
    for remedy in dict.fromkeys(finding.remedy for finding in findings if finding.remedy):
        if not text or len(text) + 1 + len(remedy) <= room:
            text, message = f"{text} {remedy}".strip(), message.replace(remedy, "").replace("  ", " ")
    return f"{text} {message}".strip()


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + _ELLIPSIS


def has_something_to_say(record: Record) -> bool:
    """False where nothing ever stood and nothing is wanted any more: no tag is the whole answer."""
    return record.state != State.REMOVED or record.progress.was == State.CONNECTED


def is_lost(tag: Tag, tags: Mapping[str, str]) -> bool:
    """Whether a network with these tags does not say what we last wrote onto it: a redeployment wiped it, perhaps."""
    return tags_value(tags, tag.name) != tag.text


def may_come_back(tag: Tag, now: datetime) -> bool:
    """Whether a tag that was wiped is to be written again already.

    The first time at once; then after pauses that double up to a day. Whoever takes it away each time, another
    installation or a policy, makes no war of it.
    """
    return not tag.wiped or now - tag.written >= doubled(_AGAIN_AFTER, tag.wiped, _AT_MOST_AFTER)


def tags_value(tags: Mapping[str, str], name: str) -> str | None:
    """The value of a tag; names are compared without case."""
    return next((value for key, value in tags.items() if key.lower() == name.lower()), None)
