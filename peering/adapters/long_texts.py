"""Texts of a row that may be longer than a property holds: as much as fits, and what is missing."""

import json
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from peering.core.decision.findings import Finding, more
from peering.core.network.addresses import Prefix

LONGEST = 30_000  # characters; a property holds 64 KiB of UTF-16
_BETWEEN = ", "  # as json.dumps has it


def space_text(prefixes: Sequence[Prefix]) -> tuple[str, str]:
    """As many prefixes as a property holds, and a sentence about the rest, empty where there is none."""
    texts = [str(prefix) for prefix in prefixes]
    shown = bisect_right(list(accumulate(len(text) + 1 for text in texts)), LONGEST)
    if shown == len(texts):
        return " ".join(texts), ""
    return " ".join(texts[:shown]), f"the record shows {shown} of the network's {len(texts)} prefixes: it holds no more"


def findings_text(findings: Sequence[Finding]) -> str:
    """As many findings as a property holds; a last one says how many there are beyond them."""
    entries = [_shown(finding) for finding in findings]
    text = _listed(entries)
    if len(text) <= LONGEST:
        return text
    sizes = [0, *accumulate(len(entry) + len(_BETWEEN) for entry in entries)]

    def size(kept: int) -> int:
        return len(_listed([_shown(more(len(entries) - kept))])) + sizes[kept]

    kept = bisect_right(range(len(entries)), LONGEST, key=size) - 1
    return _listed([*entries[:kept], _shown(more(len(entries) - kept))])


def _listed(entries: Sequence[str]) -> str:
    return f"[{_BETWEEN.join(entries)}]"


def _shown(finding: Finding) -> str:
    return json.dumps(entry_of(finding), ensure_ascii=False)


def entry_of(finding: Finding) -> dict[str, str]:
    """A finding as earlier versions wrote it, where it has nothing that they did not know."""
    entry = {"code": str(finding.code), "message": finding.message}
    return entry | {"remedy": finding.remedy} if finding.remedy else entry
