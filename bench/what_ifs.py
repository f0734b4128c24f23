"""What-ifs at a hub that is nearly full, over real storage: all that the app adds to ARM's own reads."""

import json
import random
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench.figure import Figure, median
from bench.verdicts import HUB, POLICY, hub_document, space_of, spoke_id
from localazure.azurite.launcher import running
from peering.adapters.clients import connect
from peering.core.catalogue.policy import Catalogue
from peering.core.intake.requests import Door, NamedBy
from peering.core.network.arm_documents import vnet_from_arm
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet
from peering.core.record.record import Asked, Found, Record, State
from peering.core.record.what_if import Question, Word, what_if_body
from peering.ports import Ports
from peering.service.concurrency import run_all
from peering.service.context import Context
from peering.service.what_if import what_if
from peering.settings import STORAGE, Settings

_PEERED, _RUNS, _AT_ONCE = 490, 31, 35
_CATALOGUE = Catalogue("hub", {POLICY.name: POLICY})


class _Documents:
    """ARM that answers at once: the hub's document is read from its bytes each time."""

    def __init__(self, hub: bytes, *spokes: Vnet) -> None:
        self._hub = hub
        self._spokes = {spoke.id: spoke for spoke in spokes}

    async def read(self, vnet: VnetId) -> Vnet | None:
        return vnet_from_arm(json.loads(self._hub)) if vnet == HUB else self._spokes.get(vnet)

    async def read_tags(self, subscription: str, group: str | None) -> Mapping[str, str]:  # noqa: ARG002 - the port's
        return {}

    async def apply(self, *_: object) -> None:
        raise RuntimeError("a what-if writes")

    async def write_tag(self, vnet: VnetId, name: str, value: str) -> None:  # noqa: ARG002 - the port's
        raise RuntimeError("a what-if writes")

    async def remove_tag(self, vnet: VnetId, name: str, value: str) -> None:  # noqa: ARG002 - the port's
        raise RuntimeError("a what-if writes")


def _row(number: int, now: datetime) -> Record:
    asked = Asked(
        wanted=POLICY.name, named_by=NamedBy.TAG, door=Door.EVENT, who="bench", correlation="bench", requested=now
    )
    found = Found(prefixes=space_of(number), location="westeurope")
    return Record(hub=POLICY.name, spoke=spoke_id(number), state=State.CONNECTED, asked=asked, found=found)


def _spoke(number: int, space: int, **rest: str) -> Vnet:
    return Vnet(id=spoke_id(number), location="westeurope", prefixes=space_of(space), tags=rest)


@asynccontextmanager
async def _ground(*spokes: Vnet) -> AsyncIterator[Context]:
    """Storage with a row for each of the hub's spokes."""
    with running() as storage:
        settings = Settings.from_environment({STORAGE: storage}, Path())
        ports = connect(settings)
        now = datetime.now(UTC)
        for start in range(0, _PEERED, _AT_ONCE):
            await run_all(ports.records.save(_row(n, now)) for n in range(start, start + _AT_ONCE))
        documents = _Documents(hub_document(_PEERED), *spokes)
        try:
            yield Context(
                ports=replace(ports, networks=documents),
                catalogue=_CATALOGUE,
                clock=lambda: datetime.now(UTC),
                chance=random.random,
            )
        finally:
            await _close(ports)


async def _close(ports: Ports) -> None:
    for name in Ports.__dataclass_fields__:
        if close := getattr(getattr(ports, name), "close", None):
            await close()


async def _timed(question: Question, word: Word, context: Context) -> float:
    """Milliseconds from the question to the text of the answer."""
    took = list[float]()
    for _ in range(_RUNS):
        began = time.perf_counter()
        answer = await what_if(question, context)
        json.dumps(what_if_body(answer))
        took.append((time.perf_counter() - began) * 1000)
        if answer.about.word is not word:
            raise RuntimeError(f"the what-if says {answer.about.word}, and should say {word}")
    return median(took[1:])  # the first opens the connections


async def measure() -> list[Figure]:
    """A network that exists and fits, one that is planned, and one that is refused for all its eight prefixes."""
    there, clashing = _spoke(_PEERED, _PEERED, hub=POLICY.name), _spoke(_PEERED + 1, 0, hub=POLICY.name)
    planned = _spoke(_PEERED + 2, _PEERED, hub=POLICY.name)
    async with _ground(there, clashing) as context:
        rows = {
            "a network that is there": await _timed(Question(spoke=there.id), Word.CONNECT, context),
            "a network that is planned": await _timed(
                Question(spoke=planned.id, hub=POLICY.name, planned=planned), Word.CONNECT, context
            ),
            "one that clashes 8 times, with what is free": await _timed(
                Question(spoke=clashing.id), Word.REFUSE, context
            ),
        }
    size = len(hub_document(_PEERED)) // 1000
    note = f"ARM answers at once; the hub's {size} kB of JSON and real storage are in it; median of {_RUNS - 1}"
    what = f"what-if at a hub with {_PEERED} peered spokes"
    return [Figure(what=f"{what}, {which}", value=took, unit="ms", goal=100, note=note) for which, took in rows.items()]
