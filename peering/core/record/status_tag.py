"""The answer as a tag on the spoke: short, because a tag's value holds 256 characters."""

from peering.core.record.record import Record, State

_LONGEST = 256
_ELLIPSIS = "…"


def status_text(record: Record) -> str:
    """`Connected to prod-weu (gateway) 2026-11-23T14:02Z`, or `Refused OverlapsSpoke: 10.1.0.0/16 overlaps …`."""
    when = f"{record.progress.finished:%Y-%m-%dT%H:%MZ}" if record.progress.finished else ""
    if record.state is State.CONNECTED:
        gateway = "no gateway" if record.found.gateway == "none" else "gateway"
        text = f"{record.state} to {record.hub} ({gateway}) {when}"
        return _shortened(f"{text}, but {_because(record)}") if record.found.findings else text
    if not record.found.findings:
        return f"{record.state} {when}"
    return _shortened(f"{record.state} {when} {_because(record)}")


def _because(record: Record) -> str:
    codes = ", ".join(dict.fromkeys(finding.code for finding in record.found.findings))
    return f"{codes}: {record.found.findings[0].message}"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + _ELLIPSIS
