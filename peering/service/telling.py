"""Telling those who want to know: the outcome topic, and the tag on the network, where its owner looks.

A tag never says what is no longer true, and is written only when it would say something else than what stands there.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from peering.core.catalogue.policy import Catalogue, HubPolicy, Mode
from peering.core.intake.requests import Door
from peering.core.network.failures import AzureFailure, refuses
from peering.core.network.vnets import Vnet
from peering.core.record.record import Record, State, Tag
from peering.core.record.status_tag import has_something_to_say, is_lost, may_come_back, status_text, tags_value
from peering.core.record.telling import bare, bearing, superseded, told, untold
from peering.log import logger
from peering.ports import Ports, StaleRecord

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


async def tell(row: Record, place: Place, ports: Ports, now: datetime) -> Record:
    """The row, knowing whether its outcome has been told; if that failed, it is told again, and soon."""
    announced = await _announced(row, ports)
    told_again = row.progress.tag if row.progress.told == row.digest else None
    row, tagged = await _tagged(row, told_again, place, ports, now)
    return told(row, row.progress.not_before) if announced and tagged else untold(row, now)


async def keep_up(row: Record, place: Place, ports: Ports, now: datetime) -> Record:
    """Nothing is new: what is not there is written, where a person has to act upon it.

    Somebody has wiped it, or we were not allowed to write it. The sweep asks the same of the other rows.
    """
    wanted = row.presses or (row.asked.door == Door.SWEEP and not row.is_open and row.progress.told == row.digest)
    if place.tag is None or place.tags is None or row.state is State.REMOVED or place.is_silent or not wanted:
        return row
    tag = row.progress.tag
    if tag is None and tags_value(place.tags, place.tag) is None:
        again = Tag(name=place.tag, text=status_text(row, place.policy), written=now)
    elif tag and tag.name == place.tag and is_lost(tag, place.tags) and may_come_back(tag, now):
        again = replace(tag, written=now, wiped=tag.wiped + 1)
    else:
        return row
    _log.info("the tag %s is missing on %s; it is written again", again.name, row.spoke)
    written = await _try(ports.networks.write_tag(row.spoke, again.name, again.text), row)
    return bearing(row, again) if written else row


async def take_down(row: Record, place: Place, ports: Ports) -> Record:
    """What was told is over, and what comes next is not known yet: the tag must not say it any longer."""
    tag = row.progress.tag
    if tag is None or place.is_silent or tag.text.startswith(State.CONNECTED):
        return row
    return superseded(bare(row)) if await _removed(row, tag.name, tag.text, ports) else row


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


async def _announced(row: Record, ports: Ports) -> bool:
    try:
        async with asyncio.timeout(_TELL_TIME.total_seconds()):
            await ports.announcer.announce(row)
    except Exception as error:  # noqa: BLE001 - whatever it is, it undoes nothing of what was done
        _log.warning("could not announce %s of %s: %r", row.state, row.spoke, error)
        return False
    return True


async def _tagged(
    row: Record, told_again: Tag | None, place: Place, ports: Ports, now: datetime
) -> tuple[Record, bool]:
    """The answer where the question was asked, and nothing of an earlier one under another name.

    What is told once more reads as it did: the text changes with the outcome only.
    """
    old, name = row.progress.tag, place.tag
    if place.is_silent:
        return row, True
    says = name is not None and has_something_to_say(row)
    if (former := _former(old, place, says=says)) and not await _removed(row, *former, ports):
        return row, False
    if name is None or not says:
        return bare(row), True
    reused = told_again is not None and told_again.name == name
    text = told_again.text if told_again and reused else status_text(row, place.policy)
    if reused and place.tags is not None and tags_value(place.tags, name) == text:
        return row, True
    done = await _try(ports.networks.write_tag(row.spoke, name, text), row)
    return (bearing(row, Tag(name=name, text=text, written=now)) if done else row), done is not None


def _former(old: Tag | None, place: Place, *, says: bool) -> tuple[str, str] | None:
    """The tag that has to go: name and value. One of an earlier version is known only from what the network bears."""
    if old:
        gone = not says or old.name.lower() != (place.tag or "").lower()
        return (old.name, old.text) if gone else None
    value = tags_value(place.tags, place.tag) if place.tags is not None and place.tag and not says else None
    ours = value is not None and value.startswith(tuple(State))
    return (place.tag, value) if ours and place.tag and value else None


async def _removed(row: Record, name: str, text: str, ports: Ports) -> bool:
    return await _try(ports.networks.remove_tag(row.spoke, name, text), row) is not None


async def _try(write: Awaitable[None], row: Record) -> bool | None:
    """True when it was written, False when it may not be, None when it failed and is worth another try.

    A tag is a courtesy: where we may not write it, nothing is undone.
    """
    try:
        async with asyncio.timeout(_TELL_TIME.total_seconds()):
            await write
    except AzureFailure as failure:
        _log.warning("cannot write the status tag on %s: %s", row.spoke, failure)
        return False if refuses(failure) or failure.status == 404 else None
    except Exception:  # noqa: BLE001 - as above
        _log.exception("cannot write the status tag on %s", row.spoke)
        return None
    return True
