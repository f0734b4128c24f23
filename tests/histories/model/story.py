"""What has happened so far, as far as it matters to what must come of it: learnt by comparing what is with what was."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.histories.model.estate import SWITCHES, Estate, Half, Network
from tests.histories.model.rules import Hub, Rules, reasons, wanted_switches

EMPTY = Estate({})


@dataclass
class Story:
    """The model's memory of one history.

    `foreign` are halves that people made, `switched_off` and `stood_on` the switches (half and name) that somebody
    switched off, and that had a right to be on at some time.
    `renamed` is when a network's tag changed, `seen_tagged`
    when the app last read that it has one, `kept` are pairs that were let go of and stay, `wiped` networks whose tags
    people have taken away. `against` is what speaks against each pair, and `turned` since when.
    """

    rules: Rules
    estate: Estate = EMPTY
    foreign: set[str] = field(default_factory=set)
    switched_off: set[tuple[str, str]] = field(default_factory=set)
    stood_on: set[tuple[str, str]] = field(default_factory=set)
    renamed: dict[str, list[datetime]] = field(default_factory=dict)
    seen_tagged: dict[str, datetime] = field(default_factory=dict)
    kept: set[tuple[str, str]] = field(default_factory=set)
    ever_stood: set[tuple[str, str]] = field(default_factory=set)
    against: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    turned: dict[tuple[str, str], datetime] = field(default_factory=dict)
    wiped: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def people_did(self, estate: Estate, rules: Rules, now: datetime) -> None:
        """What is new since the last look was done by people."""
        before, self.estate, self.rules = self.estate, estate, rules
        for half in estate.halves:
            old = before.half(half.key)
            if old is None:
                self.foreign.add(half.key)
            self._note_switches(half, old)
        for key, network in estate.networks.items():
            was = before.networks.get(key)
            if was is None or rules.wish(was) != rules.wish(network):
                self.renamed.setdefault(key, []).append(now)
            if was is not None and was.guid != network.guid:  # another network: what the app knew of it is gone
                self.ever_stood = {pair for pair in self.ever_stood if key not in pair}
            if was is not None and set(was.tags) - set(network.tags):
                self.wiped.add(key)
        self._forget(before)
        self._note_rights()
        self._note_kept(now)

    def app_did(self, estate: Estate, now: datetime) -> None:
        """What is new since the last look was done by the app."""
        before, self.estate = self.estate, estate
        self._forget(before)
        for hub, network in self._pairs():
            if self._came_to_stand(before, hub, network):
                self.ever_stood.add((hub.vnet, network.key))
                if against := reasons(network, hub, estate):
                    self.faults.append(f"{network.key} came to stand with {hub.name} against {sorted(against)}")
        self._note_rights()
        self._note_kept(now)

    def says_connected(self, hub: str, spoke: str) -> None:
        """A record says that the app looks after the pair: one that people made has been taken over."""
        found, network = self.rules.hubs.get(hub), self.estate.networks.get(spoke)
        if found is None or network is None or (found.vnet, spoke) in self.ever_stood:
            return
        if "PeeredByHand" in reasons(network, found, self.estate):
            self.faults.append(f"{spoke} was taken over by {hub}, which does not adopt")
        self.ever_stood.add((found.vnet, spoke))

    def _came_to_stand(self, before: Estate, hub: Hub, network: Network) -> bool:
        stood = before.stands(hub.vnet, network.key)
        return self.estate.stands(hub.vnet, network.key) and not stood and not self.is_foreign(hub.vnet, network.key)

    def is_foreign(self, hub: str, spoke: str) -> bool:
        """Whether people made a half of the pair."""
        return any(half is not None and half.key in self.foreign for half in self.estate.pair(hub, spoke))

    def _pairs(self) -> Iterator[tuple[Hub, Network]]:
        for hub in self.rules.hubs.values():
            for network in self.estate.networks.values():
                if network.key != hub.vnet:
                    yield hub, network

    def _note_switches(self, half: Half, old: Half | None) -> None:
        for name in SWITCHES:
            is_on, was_on = half.switches[name], old.switches[name] if old else None
            if is_on and (old is None or not self._is_taken_over(half)):
                self.stood_on.add((half.key, name))  # whoever made it so had a right to
            if not is_on and was_on is not False:
                self.switched_off.add((half.key, name))

    def _is_taken_over(self, half: Half) -> bool:
        return (half.network, half.remote) in self.ever_stood or (half.remote, half.network) in self.ever_stood

    def _note_rights(self) -> None:
        """Switches that the catalogue wants on now, where they stand: a later edit of it takes none away."""
        for hub, network in self._pairs():
            halves = self.estate.pair(hub.vnet, network.key)
            if any(halves):
                for half, wanted in zip(halves, wanted_switches(network, hub, self.estate), strict=True):
                    self.stood_on |= {(half.key, name) for name in SWITCHES if half and wanted[name]}

    def _note_kept(self, now: datetime) -> None:
        """Pairs that a hub keeps although the tag is gone or names another: from then on they are nobody's."""
        for hub, network in self._pairs():
            pair = (hub.vnet, network.key)
            against = reasons(network, hub, self.estate)
            if against != self.against.get(pair):
                self.against[pair], self.turned[pair] = against, now
            if self.rules.named(self.rules.wish(network)) == hub:
                self.kept.discard(pair)
            elif hub.keeps and self.estate.stands(*pair):
                self.kept.add(pair)

    def _forget(self, before: Estate) -> None:
        """A half that is gone takes with it what was known of it; so does a network."""
        there = {half.key for half in self.estate.halves}
        gone = {half.key for half in before.halves} - there
        self.ever_stood = {pair for pair in self.ever_stood if any(self.estate.pair(*pair))}
        self.foreign -= gone
        self.switched_off = {each for each in self.switched_off if each[0] not in gone}
        self.stood_on = {each for each in self.stood_on if each[0] not in gone}

    def may_leave(self, hub: Hub, network: Network, now: datetime) -> bool:
        """Whether a Connected pair of theirs may be cut now: promise 2."""
        wish = self.rules.wish(network)
        if wish is None:
            return not hub.keeps and now >= self._tag_gone_since(network, now) + timedelta(minutes=hub.grace_minutes)
        other = self.rules.named(wish)
        if other is None or other.vnet == hub.vnet:
            return False  # a name that no hub has is a typing error
        half = network.to(other.vnet)
        return half is not None and half.is_connected

    def app_read(self, network: Network, now: datetime) -> None:
        """The app has been shown the network as it is."""
        if self.rules.wish(network) is not None:
            self.seen_tagged[network.key] = now

    def _tag_gone_since(self, network: Network, now: datetime) -> datetime:
        """As the app can know: a tag that was back for a moment, unseen, begins no new grace."""
        times, seen = self.renamed.get(network.key, [now]), self.seen_tagged.get(network.key)
        return min((each for each in times if seen is None or each >= seen), default=times[-1])
