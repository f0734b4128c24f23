"""What a person has said, and what the verdict makes of it: exactly these addresses, this hub, and no others."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.catalogue.policy import ApprovalRule, Decision, HubPolicy, Moves
from peering.core.decision.approval import NOBODY, Ask, Consent, Ruling
from peering.core.decision.batch import Candidate, decide
from peering.core.decision.findings import Code
from peering.core.decision.hub_snapshot import HubSnapshot
from peering.core.decision.moves import Left
from peering.core.decision.verdict import Standing, Verdict, judge
from peering.core.network.addresses import Prefix, parse_prefixes
from peering.core.network.vnets import Vnet
from tests.builders import HUB_ID, OTHER_HUB_ID, SPOKE_ID, catalogue, half, hub, policy, ruling, spoke, vnet, vnet_id

PREFIXES = ("10.1.0.0/24", "10.2.0.0/24", "10.3.0.0/24")
ONE, TWO, THREE = (parse_prefixes(PREFIXES[:count]) for count in (1, 2, 3))
HELD = policy(approval=(ApprovalRule(Decision.HOLD),), approval_days=2)
JOIN = Ask("prod-weu", "prod-weu")
WAITED = Consent(asked=JOIN, waited=timedelta(days=2))


def judged(the_spoke: Vnet, consent: Consent = NOBODY, rules: HubPolicy = HELD, the_hub: Vnet | None = None) -> Verdict:
    ours = bool(the_spoke.halves)
    snapshot = HubSnapshot.around(the_hub or hub(), rules, catalogue(rules))
    return judge(the_spoke, snapshot, Standing(ours=ours, consent=consent))


def codes(verdict: Verdict) -> list[str]:
    return [finding.code for finding in verdict.findings]


TABLE: list[tuple[Consent, list[str], bool]] = [
    # what is known of a network with the first two prefixes -> why not, and whether the question is closed
    (NOBODY, [Code.APPROVAL_NEEDED], False),
    (Consent(ruling=ruling(TWO)), [], False),
    (Consent(ruling=ruling(TWO[::-1])), [], False),
    (Consent(ruling=ruling(ONE)), [Code.APPROVAL_NEEDED], False),
    (Consent(ruling=ruling(THREE)), [Code.APPROVAL_NEEDED], False),
    (Consent(ruling=ruling(TWO, to="neu")), [Code.APPROVAL_NEEDED], False),
    (Consent(ruling=ruling(TWO, granted=False)), [Code.APPROVAL_REFUSED], False),
    (Consent(ruling=ruling(ONE, granted=False)), [Code.APPROVAL_NEEDED], False),
    (Consent(let_in=TWO), [], False),
    (Consent(let_in=THREE), [], False),
    (Consent(let_in=ONE), [Code.APPROVAL_NEEDED], False),
    (Consent(ruling=ruling(TWO, granted=False), let_in=TWO), [], False),
    (WAITED, [Code.APPROVAL_NEEDED], True),
    (Consent(asked=JOIN, waited=timedelta(days=2, seconds=-1)), [Code.APPROVAL_NEEDED], False),
    (Consent(asked=Ask("neu", "prod-weu"), waited=timedelta(days=9)), [Code.APPROVAL_NEEDED], False),
    (Consent(ruling=ruling(TWO), asked=JOIN, waited=timedelta(days=9)), [], False),
    (Consent(ruling=ruling(TWO, granted=False), asked=JOIN, waited=timedelta(days=9)), [Code.APPROVAL_REFUSED], False),
]


@pytest.mark.parametrize(("consent", "found", "is_closed"), TABLE, ids=range(len(TABLE)))
def test_what_is_known_of_a_network_that_has_no_pair(consent: Consent, found: list[str], is_closed: bool) -> None:
    verdict = judged(spoke(*PREFIXES[:2]), consent)
    assert (codes(verdict), verdict.is_closed, verdict.asks) == (found, is_closed, JOIN if found else None)
    assert (verdict.pair is None) == bool(found)


def paired(carries: Iterable[str], has: Iterable[str]) -> tuple[Vnet, Vnet]:
    """A hub and a spoke with a pair that carries less than the spoke has."""
    on_hub, on_spoke = half(SPOKE_ID, "autopeer-a", *carries), half(HUB_ID, "autopeer-prod-weu", "10.0.0.0/16")
    here = spoke(*has)
    if set(on_hub.remote_prefixes) != set(here.prefixes):
        on_hub, on_spoke = replace(on_hub, sync_level="RemoteNotInSync"), replace(on_spoke, sync_level="LocalNotInSync")
    return hub(halves=(on_hub,)), replace(here, halves=(on_spoke,))


@pytest.mark.parametrize(
    ("consent", "found"),
    [
        (NOBODY, [Code.APPROVAL_NEEDED]),
        (Consent(ruling=ruling(ONE), let_in=ONE), [Code.APPROVAL_NEEDED]),
        (Consent(ruling=ruling(TWO, granted=False), let_in=ONE), [Code.APPROVAL_REFUSED]),
        (WAITED, [Code.APPROVAL_NEEDED]),
        (Consent(ruling=ruling(TWO), let_in=ONE), []),
    ],
)
def test_growth_asks_again_and_the_pair_stands_whatever_is_said(consent: Consent, found: list[str]) -> None:
    there, here = paired(PREFIXES[:1], PREFIXES[:2])
    verdict = judged(here, consent, the_hub=there)
    assert (codes(verdict), verdict.pair is not None, verdict.as_it_stands) == (found, True, bool(found))
    assert bool(verdict.plan.changes) is not bool(found)


def test_a_refusal_says_who_why_and_whom_to_ask() -> None:
    said = Consent(ruling=ruling(ONE, granted=False, who="Ada", reason="no address plan"))
    (found,) = judged(spoke(), said, policy(approval=HELD.approval, owners="Network team")).findings
    assert "Ada has refused it for hub 'prod-weu': no address plan." in found.message
    assert found.remedy.startswith("Ask Network team")


def test_what_the_hub_does_not_ask_about_needs_no_word_and_heeds_none() -> None:
    assert codes(judged(spoke(), Consent(ruling=ruling(ONE, granted=False)), policy())) == []


def test_nobody_is_asked_about_what_cannot_be_let_in_anyway() -> None:
    rules = policy(approval=HELD.approval, reserved_space=["10.1.0.0/16"])
    verdict = judged(spoke(), Consent(ruling=ruling(ONE, granted=False)), rules)
    assert (codes(verdict), verdict.asks) == ([Code.OVERLAPS_RESERVED], None)


def test_a_network_that_waits_or_was_refused_takes_no_addresses_from_those_after_it() -> None:
    peer = vnet_id("spoke-b")
    rules = policy(approval=(ApprovalRule(Decision.ACCEPT, region="northeurope"), ApprovalRule(Decision.HOLD)))
    second = Candidate(id=peer, network=spoke(id=peer, location="northeurope"))
    for consent, is_in in (
        (NOBODY, False),
        (Consent(ruling=ruling(ONE, granted=False)), False),
        (Consent(ruling=ruling(ONE)), True),
    ):
        first = Candidate(id=SPOKE_ID, network=spoke(), consent=consent)
        decisions = decide(hub(), rules, catalogue(rules), [first, second])
        pairs = [isinstance(each.answer, Verdict) and each.answer.pair is not None for each in decisions]
        assert pairs == [is_in, not is_in]


# ------------------------------------------------------------------ a hub that wants to be asked
NEU, THERE = vnet(OTHER_HUB_ID, "10.200.0.0/16"), policy("neu", OTHER_HUB_ID)
LEAVE = Ask("prod-weu", "neu")
OVERDUE = Consent(asked=LEAVE, waited=timedelta(days=2))


@pytest.mark.parametrize(
    ("leave", "consent", "found", "is_closed"),
    [
        (None, NOBODY, [Code.APPROVAL_NEEDED], False),
        (ruling(ONE, to="neu"), NOBODY, [], False),
        (ruling(ONE, to="sea"), NOBODY, [Code.APPROVAL_NEEDED], False),
        (ruling(TWO, to="neu"), NOBODY, [Code.APPROVAL_NEEDED], False),
        (ruling(ONE, to="neu", granted=False), NOBODY, [Code.APPROVAL_REFUSED], False),
        (None, Consent(ruling=ruling(ONE, to="neu")), [Code.APPROVAL_NEEDED], False),  # its new hub's word is no leave
        (None, OVERDUE, [Code.APPROVAL_NEEDED], True),
        (ruling(ONE, to="neu"), OVERDUE, [], False),
    ],
)
def test_what_the_people_of_the_old_hub_have_said(
    leave: Ruling | None, consent: Consent, found: list[str], is_closed: bool
) -> None:
    old = policy(moves=Moves.ASK, approval_days=2)
    network = spoke(tag="neu", halves=(half(HUB_ID, "autopeer-prod-weu", "10.0.0.0/16"),))
    candidate = Candidate(
        id=SPOKE_ID, network=network, consent=consent, left=(Left(hub=old, network=HUB_ID, leave=leave),)
    )
    (decision,) = decide(NEU, THERE, catalogue(old, THERE), [candidate])
    verdict = decision.answer
    assert isinstance(verdict, Verdict)
    assert (codes(verdict), verdict.is_closed, verdict.asks) == (found, is_closed, LEAVE if found else None)
    assert (verdict.pair is None) == bool(found)


# ------------------------------------------------------------------ whatever is said
subsets = st.lists(st.sampled_from(PREFIXES), unique=True).map(parse_prefixes)
rulings = st.none() | st.builds(ruling, subsets, granted=st.booleans(), to=st.sampled_from(["prod-weu", "neu"]))
consents = st.builds(
    Consent,
    ruling=rulings,
    let_in=subsets,
    asked=st.sampled_from([None, JOIN, LEAVE]),
    waited=st.timedeltas(timedelta(), timedelta(days=5)),
)


@given(subsets.filter(bool), consents)
def test_nothing_is_let_in_that_nobody_has_let_in(has: tuple[Prefix, ...], consent: Consent) -> None:
    """A pair is made only by a word about just these addresses, or because all of them were let in before."""
    verdict = judged(spoke(*map(str, has)), consent)
    said = consent.ruling
    by_word = said is not None and said.granted and said.to == "prod-weu" and set(said.prefixes) == set(has)
    assert (verdict.pair is not None) == (by_word or set(has) <= set(consent.let_in))
    assert bool(verdict.plan.changes) == (verdict.pair is not None)


@given(subsets.filter(bool), subsets.filter(bool), consents)
def test_no_word_takes_a_pair_that_stands_away(
    carries: tuple[Prefix, ...], has: tuple[Prefix, ...], said: Consent
) -> None:
    there, here = paired(map(str, carries), map(str, has))
    verdict = judged(here, said, the_hub=there)
    assert verdict.pair is not None
    assert not [change for change in verdict.plan.changes if change.action == "remove"]
    assert verdict.findings or set(has) <= set(carries) or verdict.asks is None
