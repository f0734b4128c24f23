"""Faults put into the app on purpose, to see that the model catches each: what a slip of the hand could do."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from peering.core.decision import departure, hub_snapshot, ownership, pair, verdict
from peering.core.decision.hub_snapshot import RESERVED
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Half, Vnet
from peering.core.record import membership, outcomes, record, transitions
from peering.service import telling

type Patch = pytest.MonkeyPatch
type Original = Callable[..., Any]


def _never_sync(patch: Patch) -> None:
    patch.setattr(Half, "needs_sync", property(lambda _half: False))


def _cut_without_a_fresh_look(patch: Patch) -> None:
    """What is on its way out leaves, whatever its tag says by now."""
    fresh: Original = membership.as_wanted

    def stale(row: Any, *rest: Any) -> Any:  # noqa: ANN401 - whatever the function takes and gives
        return row if row.state == record.State.LEAVING else fresh(row, *rest)

    patch.setattr("peering.service.judging.as_wanted", stale)


def _no_grace(patch: Patch) -> None:
    leave: Original = transitions.leave
    patch.setattr("peering.core.record.membership.leave", lambda row, _due: leave(row, None))


def _ignore_reserved_space(patch: Patch) -> None:
    claims: Original = hub_snapshot._claims
    patch.setattr(hub_snapshot, "_claims", lambda *a: (each for each in claims(*a) if each.owner != RESERVED))


def _forget_the_spokes_half(patch: Patch) -> None:
    removal: Original = departure._removal
    patch.setattr(departure, "_removal", lambda hub, _spoke, *rest: removal(hub, None, *rest))


def _remove_what_people_made(patch: Patch) -> None:
    patch.setattr(departure, "is_ours", lambda *_: True)


def _adopt_against_the_catalogue(patch: Patch) -> None:
    patch.setattr(verdict, "made_by_hand", lambda *_: [])


def _write_what_others_manage(patch: Patch) -> None:
    patch.setattr(ownership, "_foreign_kind", lambda *_: None)


def _wrong_flag(patch: Patch) -> None:
    flags: Original = pair._spoke_flags
    patch.setattr(pair, "_spoke_flags", lambda *a: replace(flags(*a), forwarded_traffic=False))


def _never_use_the_gateway(patch: Patch) -> None:
    patch.setattr(pair, "gateway_use", lambda *_: (None, ()))


def _no_finding(patch: Patch) -> None:
    """Only the first reason of several is told."""
    refused: Original = outcomes.refused
    patch.setattr(outcomes, "refused", lambda row, findings, now: refused(row, findings[:1], now))


def _wrong_state(patch: Patch) -> None:
    """A pair that stands with a finding is called refused."""
    decided: Original = outcomes.decided

    def wrong(row: Any, about: Any, *rest: Any) -> Any:  # noqa: ANN401 - whatever the function takes and gives
        return decided(row, replace(about, pair=None) if about.findings else about, *rest)

    patch.setattr("peering.service.batch.decided", wrong)


def _forget_the_tag(patch: Patch) -> None:
    async def said_nothing(row: object, *_: object) -> tuple[object, bool]:
        return row, True

    patch.setattr(telling, "_tagged", said_nothing)


def _second_record(patch: Patch) -> None:
    """The row of the hub that a network has left is left as it is."""
    choose: Original = membership.choose

    def only_the_first(*about: Any) -> Any:  # noqa: ANN401 - whatever the function takes and gives
        choice = choose(*about)
        return replace(choice, rows=choice.rows[:1])

    patch.setattr("peering.service.reconcile.choose", only_the_first)


def _let_overlap(patch: Patch) -> None:
    patch.setattr(verdict, "address_findings", lambda *_: iter(()))
    patch.setattr(verdict, "_CHECKS", tuple(each for each in verdict._CHECKS if each.__name__ != "address_findings"))


def _half_a_pair(patch: Patch) -> None:
    """What a refusal leaves behind is not taken back, and departures forget the hub's half."""
    removal: Original = departure._removal

    def only_the_spoke(_hub: Vnet | None, spoke: Vnet | None, policy: Any, spoke_id: VnetId) -> Any:  # noqa: ANN401
        return removal(None, spoke, policy, spoke_id)

    patch.setattr(departure, "_removal", only_the_spoke)


FAULTS: Mapping[str, Callable[[Patch], None]] = {
    "never sync": _never_sync,
    "cut without a fresh look": _cut_without_a_fresh_look,
    "no grace": _no_grace,
    "ignore reserved space": _ignore_reserved_space,
    "forget the spoke's half": _forget_the_spokes_half,
    "forget the hub's half": _half_a_pair,
    "remove what people made": _remove_what_people_made,
    "adopt against the catalogue": _adopt_against_the_catalogue,
    "write what others manage": _write_what_others_manage,
    "wrong flag": _wrong_flag,
    "never use the gateway": _never_use_the_gateway,
    "only the first reason": _no_finding,
    "wrong state": _wrong_state,
    "no status tag": _forget_the_tag,
    "a second record": _second_record,
    "no look at addresses": _let_overlap,
}
