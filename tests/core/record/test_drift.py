"""Which rows of a hub differ from what the hub shows: the table, and that nothing else does."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.catalogue.policy import GatewayUse
from peering.core.decision.findings import Code, Finding
from peering.core.intake.requests import NamedBy
from peering.core.network.addresses import parse_prefixes
from peering.core.network.resource_ids import VnetId, peering_id
from peering.core.network.vnets import Flags, Half, PeeringState, SyncLevel, Vnet
from peering.core.record.drift import Drift, drifted
from peering.core.record.record import Record, State
from tests.builders import HUB_ID, NOON, SPOKE_ID, altered, gateway_of, half, hub, policy, record, vnet_id
from tests.core.decision.crowds import crowded

TRANSIT = Flags(gateway_transit=True)
GATEWAY = gateway_of(HUB_ID)
B = vnet_id("spoke-b")


def standing(spoke: VnetId = SPOKE_ID, **rest: Any) -> Record:  # noqa: ANN401 - the fields of Record
    """A row as it is once its pair stands, with the hub's gateway."""
    row = record(
        State.CONNECTED,
        spoke=spoke,
        prefixes=parse_prefixes(["10.1.0.0/24"]),
        hub_half=peering_id(HUB_ID, "pair"),
        spoke_half=peering_id(spoke, "autopeer-prod-weu"),
        hub_flags=TRANSIT,
        spoke_flags=Flags(remote_gateways=True),
        gateway=GATEWAY,
    )
    return altered(row, **rest)


def on_hub(spoke: VnetId = SPOKE_ID, **rest: Any) -> Half:  # noqa: ANN401 - the fields of Half
    return replace(half(spoke, "pair", "10.1.0.0/24", flags=TRANSIT), **rest)


def as_made(*halves: Half, **rest: Any) -> Vnet:  # noqa: ANN401 - the fields of Vnet
    """The hub with its gateway and the half of the pair that stands, or other halves."""
    return hub(halves=halves or (on_hub(),), **{"gateway": True, **rest})


def drift(row: Record, network: Vnet | None, **rules: Any) -> Drift | None:  # noqa: ANN401 - the fields of HubPolicy
    found = list(drifted(network, [row], policy(**rules)))
    assert all(again is row for again, _ in found)
    return found[0][1] if found else None


WITHOUT = standing(gateway="none", hub_flags=Flags(), spoke_flags=Flags())
LENT = standing(gateway="none", spoke_flags=Flags())
PLAIN = on_hub(flags=Flags())

STANDING: dict[str, tuple[Record, Vnet | None, Drift | None]] = {
    "all is well": (standing(), as_made(), None),
    "ids in another case": (
        standing(hub_half=peering_id(HUB_ID, "PAIR").upper(), gateway=GATEWAY.upper()),
        as_made(on_hub(vnet_id("SPOKE-A"))),
        None,
    ),
    "halves of others come and go": (standing(), as_made(on_hub(), on_hub(B, state="Disconnected")), None),
    "the hub cannot be found": (standing(), None, Drift.HUB_MISSING),
    "no half": (standing(), as_made(on_hub(B)), Drift.HALF_MISSING),
    "made anew by hand": (standing(), as_made(on_hub(name="by-hand")), Drift.ANOTHER_HALF),
    "alone": (standing(), as_made(on_hub(state=PeeringState.INITIATED)), Drift.NOT_CONNECTED),
    "left behind": (standing(), as_made(on_hub(state=PeeringState.DISCONNECTED)), Drift.NOT_CONNECTED),
    "its last write failed": (standing(), as_made(on_hub(provisioning_state="Failed")), Drift.FAILED),
    "the hub grew": (standing(), as_made(on_hub(sync_level=SyncLevel.REMOTE_NOT_IN_SYNC)), Drift.NOT_IN_SYNC),
    "the spoke grew": (standing(), as_made(on_hub(sync_level=SyncLevel.LOCAL_NOT_IN_SYNC)), Drift.NOT_IN_SYNC),
    "transit switched off": (standing(), as_made(PLAIN), Drift.SWITCHED),
    "traffic switched off": (
        standing(),
        as_made(on_hub(flags=replace(TRANSIT, virtual_network_access=False))),
        Drift.SWITCHED,
    ),
    "a row that says nothing of switches": (standing(hub_flags=None), as_made(PLAIN), None),
    "a gateway came": (WITHOUT, as_made(PLAIN), Drift.GATEWAY_CAME),
    "no gateway still": (WITHOUT, as_made(PLAIN, gateway=False), None),
    "the gateway went": (standing(), as_made(gateway=False), Drift.GATEWAY_GONE),
    "another gateway": (standing(), replace(as_made(), gateway="another"), Drift.ANOTHER_GATEWAY),
    "lent and not used": (LENT, as_made(), Drift.GATEWAY_UNUSED),
    "lent, not used and gone": (LENT, as_made(gateway=False), None),
    "a row that says nothing of a gateway": (standing(gateway=""), as_made(), None),
    "a finding of the hub's that shows no more": (
        standing(findings=(Finding(Code.HUB_NOT_FOUND, "gone."),)),
        as_made(),
        Drift.REASON_GONE,
    ),
    "a finding of its own": (standing(findings=(Finding(Code.OUTSIDE_ALLOWED_SPACE, "no."),)), as_made(), None),
}


@pytest.mark.parametrize(("row", "network", "expected"), STANDING.values(), ids=STANDING.keys())
def test_of_a_pair_that_stands(row: Record, network: Vnet | None, expected: Drift | None) -> None:
    assert drift(row, network) is expected


def gateways(row: Record, network: Vnet) -> Drift | None:
    return drift(row, network, gateway=GatewayUse.NEVER)


def test_where_the_gateway_is_never_lent_it_may_come_and_go() -> None:
    """What the catalogue changed is not the hub's news."""
    assert gateways(WITHOUT, as_made(PLAIN)) is None
    assert gateways(standing(), as_made(gateway=False)) is None
    assert gateways(standing(), as_made(on_hub(B))) is Drift.HALF_MISSING


STATES: dict[State, Drift | None] = {
    State.PENDING: Drift.HALF_MISSING,
    State.CONNECTED: Drift.HALF_MISSING,
    State.AWAITING_APPROVAL: None,
    State.REFUSED: None,
    State.FAILED: None,
    State.ABANDONED: None,
    State.LEAVING: None,
    State.REMOVED: None,
}


@pytest.mark.parametrize("state", State)
def test_a_missing_half_concerns_who_stood_in_every_state_but_on_the_way_out(state: State) -> None:
    assert drift(standing(state=state, was=State.CONNECTED), as_made(on_hub(B))) is STATES[state]


@pytest.mark.parametrize("state", State)
def test_a_hub_that_is_not_there_concerns_who_is_not_looked_at_already(state: State) -> None:
    row = standing(state=state, was=State.CONNECTED)
    assert drift(row, None) is (Drift.HUB_MISSING if state is State.CONNECTED else None)


def test_who_joins_for_the_first_time_has_no_half_yet() -> None:
    assert drift(record(State.PENDING), as_made(on_hub(B))) is None


@pytest.mark.parametrize("words", [{"state": "Quarantined"}, {"named_by": "inheritance"}])
def test_a_row_of_a_later_version_is_nobodys_to_open(words: dict[str, Any]) -> None:
    assert drift(standing(**words), as_made(on_hub(B))) is None
    assert drift(standing(**words), None) is None


FULL = tuple(half(vnet_id(f"n-{n}"), f"n-{n}", f"10.9.{n}.0/24") for n in range(3))
REASONS: dict[str, tuple[tuple[str, ...], Vnet, Drift | None]] = {
    "the hub is there": ((Code.HUB_NOT_FOUND,), hub(), Drift.REASON_GONE),
    "it has its gateway": ((Code.NO_HUB_GATEWAY,), hub(gateway=True), Drift.REASON_GONE),
    "it has none still": ((Code.NO_HUB_GATEWAY,), hub(), None),
    "ARM missed the gateway": (("RemoteVnetHasNoGateways",), hub(gateway=True), Drift.REASON_GONE),
    "ARM would miss it still": (("RemoteVnetHasNoGateways",), hub(), None),
    "there is room": ((Code.HUB_FULL,), hub(halves=FULL[:2]), Drift.REASON_GONE),
    "the gateway has room": ((Code.GATEWAY_PREFIXES_FULL,), crowded(900), Drift.REASON_GONE),
    "the gateway has none": ((Code.GATEWAY_PREFIXES_FULL,), crowded(1001), None),
    "there is no room": ((Code.HUB_FULL,), hub(halves=FULL), None),
    "it was mended": ((Code.NOT_PROVISIONED,), hub(), Drift.REASON_GONE),
    "it is broken still": ((Code.NOT_PROVISIONED,), hub(provisioning_state="Failed"), None),
    "it shrank": ((Code.OVERLAPS_HUB,), hub("10.2.0.0/16"), Drift.REASON_GONE),
    "it overlaps still": ((Code.OVERLAPS_HUB,), hub("10.1.0.0/16"), None),
    "the neighbour left": ((Code.OVERLAPS_SPOKE,), hub(halves=FULL), Drift.REASON_GONE),
    "the neighbour is there": ((Code.OVERLAPS_SPOKE,), hub(halves=(half(B, "b", "10.1.0.0/25"),)), None),
    "an unreadable neighbour": (
        (Code.OVERLAPS_SPOKE,),
        hub(halves=(replace(half(B, "b", "10.1.0.0/16"), remote=None),)),
        None,
    ),
    "its own half is no neighbour": ((Code.OVERLAPS_SPOKE,), hub(halves=(on_hub(),)), Drift.REASON_GONE),
    "both are gone": ((Code.HUB_NOT_FOUND, Code.HUB_FULL), hub(), Drift.REASON_GONE),
    "one is there": ((Code.HUB_NOT_FOUND, Code.NO_HUB_GATEWAY), hub(), None),
    "one is not the hub's": ((Code.HUB_NOT_FOUND, Code.REGION_NOT_ALLOWED), hub(), None),
    "none is told": ((), hub(), None),
}


@pytest.mark.parametrize("state", [State.REFUSED, State.FAILED])
@pytest.mark.parametrize(("codes", "network", "expected"), REASONS.values(), ids=REASONS.keys())
def test_of_one_that_the_hub_stood_in_the_way_of(
    codes: tuple[str, ...], network: Vnet, expected: Drift | None, state: State
) -> None:
    row = record(state, prefixes=parse_prefixes(["10.1.0.0/24"]), findings=tuple(Finding(code, "x.") for code in codes))
    assert drift(row, network, max_peerings=3) is expected


@pytest.mark.parametrize("state", State)
def test_a_reason_that_is_gone_opens_what_is_over_or_waits_and_nothing_else(state: State) -> None:
    found, network = (Finding(Code.HUB_NOT_FOUND, "gone."),), as_made(PLAIN)
    opened = {State.REFUSED, State.FAILED, State.PENDING, State.CONNECTED}
    assert (drift(record(state, findings=found, not_before=NOON), network) is not None) == (state in opened)
    assert (drift(record(state, findings=found), network) is not None) == (state in opened - {State.PENDING})


def test_the_book_of_addresses_is_not_needed_where_nobody_was_refused_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("peering.core.record.drift.AddressBook")
    assert drift(standing(), as_made()) is None


switches = st.builds(Flags, *[st.booleans()] * 4)
halves = st.builds(
    half,
    st.sampled_from([SPOKE_ID, B, None]),
    st.sampled_from(["pair", "by-hand"]),
    st.sampled_from(["10.1.0.0/24", "10.2.0.0/24"]),
    state=st.sampled_from(PeeringState),
    sync_level=st.sampled_from(SyncLevel),
    flags=switches,
    provisioning_state=st.sampled_from(["Succeeded", "Failed"]),
)
networks = st.none() | st.builds(hub, halves=st.lists(halves, max_size=3).map(tuple), gateway=st.booleans())
rows = st.builds(
    standing,
    st.sampled_from([SPOKE_ID, B]),
    state=st.sampled_from([*State, "Quarantined"]),
    was=st.sampled_from([None, *State]),
    named_by=st.sampled_from([*NamedBy, "inheritance"]),
    not_before=st.none() | st.just(NOON),
    hub_flags=st.none() | switches,
    gateway=st.sampled_from(["", "none", GATEWAY, "another"]),
    findings=st.lists(st.sampled_from(Code).map(lambda code: Finding(code, "x.")), max_size=2).map(tuple),
)


@given(networks, st.lists(rows, max_size=4), st.sampled_from(GatewayUse))
def test_whatever_differs_may_be_opened_and_a_pair_as_it_was_recorded_never_does(
    network: Vnet | None, several: list[Record], use: GatewayUse
) -> None:
    """Each row is judged by itself, once, in order; and only such as a request could open."""
    rules = policy(gateway=use)
    found = list(drifted(network, several, rules))
    assert found == [each for row in several for each in drifted(network, [row], rules)]
    for row, _ in found:
        assert row.is_understood
        assert row.state in (State.PENDING, State.CONNECTED, State.REFUSED, State.FAILED)
    for row in several:
        one = network and network.half_to(row.spoke)
        if network and one and row.state is State.CONNECTED and row.is_understood and not one.settled:
            assert row in [each for each, _ in found]
        if network and one and one.settled and not row.found.findings and row.state is not State.PENDING:
            says = {
                "hub_flags": one.flags,
                "hub_half": peering_id(HUB_ID, one.name),
                "gateway": network.gateway or "none",
            }
            assert drift(altered(row, **says), network, gateway=use) is None
