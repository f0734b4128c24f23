"""The names we give to halves. The pattern, together with the record, is our mark: what lacks it we never remove."""

import re

from peering.core.resource_ids import VnetId

_MARK = "autopeer-"
_LONGEST = 80  # of a peering's name (docs/facts/arm-peering.md, Names)
_OURS = re.compile(r"autopeer-[\w.-]+", re.IGNORECASE | re.ASCII)


def hub_half_name(spoke: VnetId, digits: int = 8) -> str:
    """On the hub: the spoke's name for the reader, and some digits of its key because names repeat."""
    room = _LONGEST - len(_MARK) - 1 - digits
    return f"{_MARK}{spoke.name[:room]}-{spoke.key[:digits]}"


def spoke_half_name(hub: str) -> str:
    """On the spoke: the hub's name in the catalogue."""
    return f"{_MARK}{hub}"


def bears_our_mark(name: str) -> bool:
    return bool(_OURS.fullmatch(name))
