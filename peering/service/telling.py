"""Telling those who want to know: the outcome topic, and the tag on the network, where its owner looks.

A tag never says what is no longer true, and is written only when it would say something else than what stands there.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from peering.core.catalogue.policy import Catalogue, HubPolicy, Mode
from peering.core.intake.requests import Door
from peering.core.network.failures import AzureFailure, refuses
from peering.core.network.vnets import Vnet
from peering.core.record.announcement import of_spoke
from peering.core.record.record import Record, State, Tag
from peering.core.record.status_tag import has_something_to_say, is_lost, may_come_back, status_text, tags_value
from peering.core.record.telling import bare, bearing, owing, quits, sent, superseded, told, untold, with_event
from peering.log import logger
from peering.ports import Ports, StaleRecord
from peering.service.announcing import published

_log = logger(__name__)

_TELL_TIME = timedelta(seconds=30)  # for one of those who are told: who hangs must not hold up the hub


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an answer goes.

    `tag` is the name of the status tag, None where none is written; `tags` are those that the network was last read
    with, None if it was not; `speaks` is False where the network is not there, or where another hub has the word.
    """

    tag: str | None
    policy: HubPolicy | None
    tags: Mapping[str, str] | None = None
    speaks: bool = True

    @property
    def is_silent(self) -> bool:
        """A hub that is only observed writes nothing, no tag either."""
        return not self.speaks or (self.policy is not None and self.policy.mode is Mode.OBSERVE)


async def tell(
    row: Record, place: Place, ports: Ports, now: datetime, *, announced: bool = False, anew: bool = False
) -> Record:
    """The row, knowing whether its outcome has been told; if that failed, it is told again, and soon.

    `announced`: its tag alone is owed. `anew`: the outcome has come about again, whatever was told.
    """
    row = row if announced else await _announced(with_event(row, anew=anew), place.policy, ports, now)
    announced = announced or not row.progress.unsent
    told_again = row.progress.tag if row.progress.told == row.digest and not row.progress.owed else None
    row, is_told = await _tagged(row, told_again, place, ports, now)
    return told(row, row.progress.not_before) if announced and is_told else untold(row, now)


async def keep_up(row: Record, place: Place, ports: Ports, now: datetime) -> Record:
    """Nothing is new: what is not there is written, where a person has to act upon it.

    Somebody has wiped it, or we were not allowed to write it. The sweep asks the same of the other rows.
    """
    is_told = row.progress.told == row.digest
    wanted = row.presses or (not row.is_open and is_told and (row.asked.door == Door.SWEEP or row.progress.owed))
    if place.tags is None or row.state is State.REMOVED or not wanted:
        return row
    if row.progress.owed:
        return (await _tagged(row, None, place, ports, now))[0]
    again = None if place.tag is None or place.is_silent else _missing(row, place.tag, place, now)
    if again is None:
        return row
    _log.info("the tag %s is missing on %s; it is written again", again.name, row.spoke)
    return (await _write(row, again, ports, now))[0]


def _missing(row: Record, name: str, place: Place, now: datetime) -> Tag | None:
    """The tag that the network should bear and does not, if it may be written now."""
    tag, tags = row.progress.tag, place.tags or {}
    if tag is None and tags_value(tags, name) is None:
        return Tag(name=name, text=status_text(row, place.policy), written=now)
    if tag and tag.name == name and is_lost(tag, tags) and may_come_back(tag, now):
        return replace(tag, written=now, wiped=tag.wiped + 1)
    return None


async def take_down(row: Record, place: Place, ports: Ports) -> Record:
    """What was told is over, and what comes next is not known yet: the tag must not say it any longer."""
    tag = row.progress.tag
    if tag is None or place.is_silent or tag.text.startswith(State.CONNECTED):
        return row
    return superseded(bare(row)) if await _removed(row, tag.name, tag.text, ports) in _GONE else row


async def remind(row: Record, network: Vnet, catalogue: Catalogue, ports: Ports, now: datetime) -> None:
    """A look at the network alone, which changes nothing: only a tag that was wiped may have to come back."""
    wanted = catalogue.tag_value(network.tags)
    named = catalogue.hub(wanted) if wanted is not None else None
    if named and named.name != row.hub:
        return  # that hub's row has the word
    policy = catalogue.hub(row.hub)
    place = Place(tag=catalogue.status_tag_of(policy), policy=policy, tags=network.tags)
    after = await keep_up(row, place, ports, now)
    if after is not row:
        try:
            await ports.records.save(after)
        except StaleRecord:
            _log.info("%s was asked about again meanwhile", row.spoke)


async def _announced(row: Record, policy: HubPolicy | None, ports: Ports, now: datetime) -> Record:
    """The row, knowing whether its event was taken: what has been is not sent again for the sake of a tag."""
    if not row.progress.unsent:
        return row
    return sent(row) if await published(of_spoke(row, policy, now), ports, _TELL_TIME) else row


async def _tagged(
    row: Record, told_again: Tag | None, place: Place, ports: Ports, now: datetime
) -> tuple[Record, bool]:
    """The answer where the question was asked, and nothing of an earlier one under another name.

    What is told once more reads as it did: the text changes with the outcome only. False when it is to be told again,
    and soon; what we may not write is owed.
    """
    old, name = row.progress.tag, place.tag
    if place.is_silent:
        return quits(row), True
    says = name is not None and has_something_to_say(row)
    if former := _former(old, place, says=says):
        removed = await _removed(row, *former, ports)
        if removed not in _GONE:
            return _unwritten(row, removed, now)
    if name is None or not says:
        return bare(row), True
    reused = told_again is not None and told_again.name == name
    text = told_again.text if told_again and reused else status_text(row, place.policy)
    if reused and place.tags is not None and tags_value(place.tags, name) == text:
        return row, True
    return await _write(row, Tag(name=name, text=text, written=now), ports, now)


async def _write(row: Record, tag: Tag, ports: Ports, now: datetime) -> tuple[Record, bool]:
    """The row with the tag; as it was, and False, where the write failed and is worth another try soon."""
    written = await _try(ports.networks.write_tag(row.spoke, tag.name, tag.text), row)
    return (bearing(row, tag), True) if written is _Write.DONE else _unwritten(row, written, now)


def _unwritten(row: Record, written: "_Write", now: datetime) -> tuple[Record, bool]:
    """A tag is a courtesy: where we may not write it, nothing is undone."""
    return owing(row, now) if written is _Write.REFUSED else row, written is not _Write.FAILED


def _former(old: Tag | None, place: Place, *, says: bool) -> tuple[str, str] | None:
    """The tag that has to go: name and value. One of an earlier version is known only from what the network bears."""
    if old:
        gone = not says or old.name.lower() != (place.tag or "").lower()
        return (old.name, old.text) if gone else None
    value = tags_value(place.tags, place.tag) if place.tags is not None and place.tag and not says else None
    ours = value is not None and value.startswith(tuple(State))
    return (place.tag, value) if ours and place.tag and value else None


class _Write(Enum):
    """What became of one write of a tag. MISSING: there is no network. FAILED is worth another try soon."""

    DONE = "done"
    REFUSED = "refused"
    MISSING = "missing"
    FAILED = "failed"


_GONE = frozenset({_Write.DONE, _Write.MISSING})


async def _removed(row: Record, name: str, text: str, ports: Ports) -> _Write:
    return await _try(ports.networks.remove_tag(row.spoke, name, text), row)


async def _try(write: Awaitable[None], row: Record) -> _Write:
    try:
        async with asyncio.timeout(_TELL_TIME.total_seconds()):
            await write
    except AzureFailure as failure:
        _log.warning("cannot write the status tag on %s: %s", row.spoke, failure)
        if failure.status == 404:
            return _Write.MISSING
        return _Write.REFUSED if refuses(failure) else _Write.FAILED
    except Exception:  # noqa: BLE001 - whatever it is, it undoes nothing of what was done
        _log.exception("cannot write the status tag on %s", row.spoke)
        return _Write.FAILED
    return _Write.DONE
