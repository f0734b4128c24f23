"""The policy of a hub: what its owners let spokes do. One table of `hubs.toml`, validated."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum

from peering.core.network.addresses import Prefix
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Half

UNKNOWN = "unknown"  # the partition of spokes whose tag names no hub; no hub may be called so


class GatewayUse(StrEnum):
    """May spokes use the hub's gateway: when there is one, always or not at all, never."""

    AUTO = "auto"
    REQUIRED = "required"
    NEVER = "never"


class Existing(StrEnum):
    """What to do with a peering to the spoke that somebody else made."""

    ADOPT = "adopt"
    REFUSE = "refuse"


class Departure(StrEnum):
    """What to do with the pair of a spoke that has lost its tag."""

    REMOVE = "remove"
    KEEP = "keep"


class Moves(StrEnum):
    """What to do when the tag of a spoke names another hub: let it go, or have the owners asked first."""

    FOLLOW = "follow"
    ASK = "ask"


class Mode(StrEnum):
    """Whether what is decided about a hub's spokes is carried out, or only written down."""

    ENFORCE = "enforce"
    OBSERVE = "observe"


class TagSource(StrEnum):
    """What may bear the tag that chooses a hub, and say so for networks below it."""

    VNET = "vnet"
    GROUP = "group"
    SUBSCRIPTION = "subscription"


class Decision(StrEnum):
    """The outcome of an approval rule: peer at once, or wait for a person."""

    ACCEPT = "accept"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """Matches when everything it names matches; what it leaves out matches everything."""

    decision: Decision
    subscription: str | None = None
    space: Prefix | None = None
    region: str | None = None

    @property
    def asks_a_person(self) -> bool:
        return self.decision is Decision.HOLD

    def matches(self, subscription: str, region: str, prefixes: tuple[Prefix, ...]) -> bool:
        space = self.space
        return (
            self.subscription in (None, subscription.lower())
            and self.region in (None, region)
            and (space is None or all(prefix.inside(space) for prefix in prefixes))
        )


@dataclass(frozen=True, slots=True)
class PerHalf:
    """A switch that may differ between the hub's half and the spoke's."""

    hub: bool
    spoke: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HubPolicy:
    """One hub of the catalogue. `regions` is None for any, `("same",)` for the hub's own; `grace_minutes` >= 0.

    `tag_from`: the first of them that bears the tag decides; `inherit`: for networks that do not bear it, too.
    `max_removals` is how many pairs may lose something within a day, None for the usual figure (see the brake).
    `approval_days` is after how many days a wait for an approval is over, None for never.
    `description` is what the hub is for, in a line. `approvers` are Entra object ids, lower-cased, of people, groups or
    apps that may approve and release at this hub without an app role.

    `installation` comes from the app's settings and not from the file: the names of the halves it makes bear it.
    """

    name: str
    vnet: VnetId
    gateway: GatewayUse = GatewayUse.AUTO
    forwarded_traffic: PerHalf = PerHalf(hub=False, spoke=False)
    virtual_network_access: PerHalf = PerHalf(hub=True, spoke=True)
    regions: tuple[str, ...] | None = None
    subscriptions: tuple[str, ...] = ("*",)
    allowed_space: tuple[Prefix, ...] = ()
    reserved_space: tuple[Prefix, ...] = ()
    existing: Existing = Existing.ADOPT
    departure: Departure = Departure.REMOVE
    grace_minutes: float = 1440
    moves: Moves = Moves.FOLLOW
    approval: tuple[ApprovalRule, ...] = ()
    approval_days: int | None = None
    status_tag: str | None = None
    max_peerings: int = 500
    owners: str = ""
    contact: str = ""
    description: str = ""
    approvers: tuple[str, ...] = ()
    mode: Mode = Mode.ENFORCE
    max_removals: int | None = None
    tag_from: tuple[TagSource, ...] = (TagSource.VNET,)
    inherit: bool = False
    installation: str = ""

    @property
    def its_owners(self) -> str:
        """Whom to ask about the hub, in a sentence: by name where the catalogue has one, with the way to reach them."""
        who = self.owners or "the hub's owners"
        return f"{who} ({self.contact})" if self.contact else who

    @property
    def whom(self) -> str:
        """The same where room is short: 64 characters at most."""
        return self.owners or self.contact or "the hub's owners"

    def holds(self, subscription: str, region: str, prefixes: tuple[Prefix, ...]) -> bool:
        """True when a person has to approve the spoke first; where no rule matches nobody has to."""
        rule = self.approval_rule(subscription, region, prefixes)
        return rule is not None and rule.asks_a_person

    def approval_rule(self, subscription: str, region: str, prefixes: tuple[Prefix, ...]) -> ApprovalRule | None:
        """The rule that decides: the first that matches."""
        return next((rule for rule in self.approval if rule.matches(subscription, region, prefixes)), None)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All hubs, by lower-cased name, the name of the tag that chooses one, and of the tag that bears the answer.

    `status_tag` is that of networks whose tag names no hub; a hub may have one of its own. None writes none.
    """

    tag: str
    hubs: Mapping[str, HubPolicy]
    status_tag: str | None = None

    def hub(self, name: str) -> HubPolicy | None:
        """Tag values are compared without case and without the spaces around them."""
        return self.hubs.get(name.strip().lower())

    def hub_of(self, vnet: VnetId) -> HubPolicy | None:
        """The hub whose VNet this is, if it is one."""
        return next((hub for hub in self.hubs.values() if hub.vnet == vnet), None)

    def hub_of_half(self, half: Half) -> HubPolicy | None:
        """The hub that a half leads to, if it leads to one."""
        return self.hub_of(half.remote) if half.remote else None

    def tag_value(self, tags: Mapping[str, str]) -> str | None:
        """The trimmed value of our tag, None when it is absent. Tag names are case-insensitive in Azure."""
        wanted = self.tag.lower()
        return next((value.strip() for name, value in tags.items() if name.lower() == wanted), None)

    def of_installation(self, name: str) -> "Catalogue":
        """The same catalogue, for an installation whose halves bear its name."""
        hubs = {key: replace(policy, installation=name) for key, policy in self.hubs.items()}
        return replace(self, hubs=hubs)

    def status_tag_of(self, policy: HubPolicy | None) -> str | None:
        """The tag that bears the answers of a hub, or of nobody that is known."""
        return policy.status_tag if policy else self.status_tag

    def speaks_for(self, hub: str, tags: Mapping[str, str]) -> bool:
        """Whether the answer of `hub` belongs onto a network with these tags.

        It does not where they name another hub that answers under the same tag: two answers would undo each other.
        """
        value = self.tag_value(tags)
        named = self.hub(value) if value is not None else None
        if named is None or named.name == hub:
            return True
        here, there = self.status_tag_of(self.hub(hub)), named.status_tag
        return here is None or there is None or here.lower() != there.lower()

    def closest(self, name: str) -> str | None:
        """The hub the writer of a misspelt tag most likely meant."""
        return next(iter(get_close_matches(name.strip().lower(), self.hubs, n=1)), None)
