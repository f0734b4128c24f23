"""Rows that say more than a property of a table holds: as much as fits is kept, and the row says what is missing."""

import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.adapters import long_texts
from peering.adapters.entities import from_entity, to_entity
from peering.adapters.long_texts import entry_of
from peering.core.decision.findings import Code, Finding, more
from peering.core.network.addresses import Prefix, parse_prefixes
from peering.ports import Records
from tests.builders import altered, record, vnet_id

_PROPERTY = 32 * 1024  # characters: 64 KiB of UTF-16


def one_by_one(findings: Sequence[Finding], longest: int) -> str:
    """What is kept, found as slowly and plainly as can be."""
    for kept in range(len(findings), -1, -1):
        rest = [more(len(findings) - kept)] if kept < len(findings) else []
        text = json.dumps([entry_of(each) for each in (*findings[:kept], *rest)], ensure_ascii=False)
        if len(text) <= longest:
            return text
    raise AssertionError("without findings the text is short")


found = st.builds(Finding, st.sampled_from(Code), st.text(max_size=300), st.text(max_size=60))


@given(st.lists(found, max_size=60), st.integers(200, 6000))
def test_as_many_findings_are_kept_as_one_by_one(findings: list[Finding], longest: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(long_texts, "LONGEST", longest)
        assert long_texts.findings_text(findings) == one_by_one(findings, longest)


def test_five_hundred_findings_are_written_in_no_time() -> None:
    """It is done twice for each outcome, on the loop that renews the leases."""
    findings = tuple(Finding(Code.OVERLAPS_SPOKE, f"{n} {'x' * 300}") for n in range(499))
    began = time.process_time()
    to_entity(record(findings=findings))
    assert time.process_time() - began < 0.1  # it was 0.9 s


def prefixes(count: int) -> tuple[Prefix, ...]:
    return parse_prefixes(f"10.{n // 250}.{n % 250}.0/24" for n in range(count))


def test_more_prefixes_than_a_property_holds_are_said_to_be_more() -> None:
    row = record(prefixes=prefixes(4000), notes=("a note",))
    entity = to_entity(row)
    assert len(entity["addressSpace"]) <= _PROPERTY
    kept = from_entity({**entity, "Timestamp": None}, "1")
    shown = len(kept.found.prefixes)
    assert kept.found.prefixes == row.found.prefixes[:shown]
    assert shown > 1500
    sentence = f"the record shows {shown} of the network's 4000 prefixes: it holds no more"
    assert kept.found.notes == ("a note", sentence)
    again = to_entity(replace(kept, found=replace(kept.found, prefixes=row.found.prefixes)))
    assert json.loads(again["notes"]) == ["a note", sentence]  # once


async def test_such_a_row_is_saved_and_read(records: Records) -> None:
    row = altered(record(spoke=vnet_id("long", f"rg-{uuid.uuid4().hex[:12]}"), etag=None), prefixes=prefixes(4000))
    await records.save(row)
    (found,) = await records.find(row.spoke)
    assert len(found.found.prefixes) > 1500
