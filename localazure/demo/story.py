"""What happens in the demo: five networks, and what a reader should expect of each."""

from dataclasses import dataclass

APP_TEAM = "22222222-2222-4222-8222-222222222222"
DATA_TEAM = "33333333-3333-4333-8333-333333333333"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoke:
    """A network that an app team creates, tagged with `hub`. `busy` waits until the hub is being written to."""

    name: str
    subscription: str
    prefixes: tuple[str, ...]
    hub: str
    about: str
    busy: bool = False

    @property
    def group(self) -> str:
        return f"/subscriptions/{self.subscription}/resourceGroups/rg-{self.name}"

    @property
    def id(self) -> str:
        return f"{self.group}/providers/Microsoft.Network/virtualNetworks/{self.name}"


def story(hub: str) -> list[Spoke]:
    """The spokes in the order they are created."""
    return [
        Spoke(name="shop", subscription=APP_TEAM, prefixes=("10.64.0.0/24",), hub=hub, about="a plain spoke"),
        Spoke(
            name="orders",
            subscription=APP_TEAM,
            prefixes=("10.64.2.0/24",),
            hub=hub,
            about="arrives while the hub is busy",
            busy=True,
        ),
        Spoke(
            name="lake",
            subscription=DATA_TEAM,
            prefixes=("10.64.1.0/24", "fd00:64:0:1::/64"),
            hub=hub,
            about="IPv4 and IPv6, another subscription",
        ),
        Spoke(name="copycat", subscription=DATA_TEAM, prefixes=("10.64.0.128/25",), hub=hub, about="overlaps shop"),
        Spoke(
            name="lost",
            subscription=APP_TEAM,
            prefixes=("10.64.9.0/24",),
            hub=_misspelt(hub),
            about="its tag names no hub",
        ),
    ]


def _misspelt(hub: str) -> str:
    """With its last two letters in the wrong order."""
    return hub[:-2] + hub[-1] + hub[-2]
