"""Which switches of a half are written, and which are left as somebody else has set them.

What the catalogue wants on is switched on, unless it is somebody else who has switched it off on the hub's half. What
it wants off is switched off where Autopeer itself had it off; where it stood before, it stays until a person asks:
neither an adoption nor an edit of the catalogue takes anything away.
"""

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, fields
from enum import IntEnum

from peering.core.decision.changes import Side
from peering.core.decision.findings import Code, Finding
from peering.core.network.arm_documents import arm_name
from peering.core.network.vnets import Flags, Half

_NAMES = tuple(field.name for field in fields(Flags))
_ACCESS = "virtual_network_access"


class Word(IntEnum):
    """How much a person has asked for."""

    NONE = 0
    LOOK = 1
    RESTORE = 2


@dataclass(frozen=True, slots=True)
class Known:
    """What our record says of a pair: its switches as they stood last, None without a record of one.

    `left_off` are the switches of the hub's half that somebody else has switched off. `hub_half` and `spoke_half` are
    the ids of the halves that it speaks of, empty where it does not say.
    """

    hub_flags: Flags | None = None
    spoke_flags: Flags | None = None
    left_off: frozenset[str] = frozenset()
    hub_half: str = ""
    spoke_half: str = ""

    def of(self, hub_half: str, spoke_half: str) -> "Known":
        """What is known of these two: a half that somebody has made meanwhile is not the one that the record means."""
        same_hub = self.hub_half.lower() in ("", hub_half.lower())
        same_spoke = self.spoke_half.lower() in ("", spoke_half.lower())
        return Known(
            self.hub_flags if same_hub else None,
            self.spoke_flags if same_spoke else None,
            self.left_off if same_hub else frozenset(),
        )


NO_RECORD = Known()


@dataclass(frozen=True, slots=True)
class Switches:
    """A half's switches as they are to be, and those among them that are not as the catalogue wants them."""

    flags: Flags
    left_on: tuple[str, ...] = ()
    left_off: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """What decides about the switches of one half.

    `lost` are those that cannot be on any more, whatever the catalogue wants: the gateway is gone.
    """

    side: Side
    was: Flags | None = None
    left_off: Collection[str] = ()
    lost: Collection[str] = ()
    word: Word = Word.NONE

    def choose(self, wanted: Flags, half: Half | None) -> Switches:
        """The catalogue's switches on a half as it stands; a half that is yet to be made gets just them."""
        if half is None:
            return Switches(wanted)
        want, have = asdict(wanted), asdict(half.flags)
        off = tuple(name for name in _NAMES if want[name] and not have[name] and self._stays_off(name))
        on = tuple(name for name in _NAMES if have[name] and not want[name] and self._stays_on(name))
        return Switches(Flags(**{name: (want[name] and name not in off) or name in on for name in _NAMES}), on, off)

    def _stays_off(self, name: str) -> bool:
        if self.side is Side.SPOKE or self.word is Word.RESTORE:
            return False
        was = getattr(self.was, name) if self.was else name == _ACCESS
        return was or name in self.left_off

    def _stays_on(self, name: str) -> bool:
        if self.word is not Word.NONE:
            return False
        was = getattr(self.was, name) if self.was else True
        return was and not (self.was and name in self.lost)


def told_of(switches: Switches, half: Half | None, side: Side) -> Iterator[Finding]:
    """What was left as somebody else has set it, for those who own either side."""
    if half is None:
        return
    whose = "the hub's" if side is Side.HUB else "your"
    for name in switches.left_on:
        switch = arm_name(name)
        yield Finding(
            Code.LEFT_ON,
            f"{switch} is on in the peering {half.name!r} on {whose} network, and the catalogue wants it off. It is "
            "left on, for switching it off takes traffic away. Ask for the network by HTTP (POST /api/peerings) to "
            "have it switched off.",
            remedy="Ask for the network by HTTP to have it switched off, or leave it so.",
        )
    for name in switches.left_off:
        switch = arm_name(name)
        yield Finding(
            Code.LEFT_OFF,
            f"{switch} is off in the peering {half.name!r} on {whose} network, and the catalogue wants it on. "
            "Somebody switched it off, so it is left off. Ask the hub's owners; a request by HTTP (POST /api/peerings) "
            'with "restore": true sets it as the catalogue has it.',
            remedy="Ask the hub's owners, who have switched it off.",
        )
