"""The verdict on one spoke, as its findings."""

from typing import Any

from peering.core.catalogue.policy import Catalogue, HubPolicy
from peering.core.decision.findings import Finding
from peering.core.decision.hub_snapshot import HubSnapshot
from peering.core.decision.verdict import Standing, judge
from peering.core.network.vnets import Vnet
from tests.builders import (
    catalogue,
    hub,
    policy,
)


def findings(
    the_spoke: Vnet,
    the_hub: Vnet | None = None,
    rules: HubPolicy | None = None,
    others: Catalogue | None = None,
    **how: Any,  # noqa: ANN401 - the fields of Standing
) -> tuple[Finding, ...]:
    rules = rules or policy()
    estate = HubSnapshot.around(the_hub or hub(), rules, others or catalogue(rules))
    verdict = judge(the_spoke, estate, Standing(**{"ours": False, **how}))
    assert (verdict.pair is None) <= bool(verdict.findings)
    return verdict.findings


def codes(*arguments: Any, **how: Any) -> list[str]:  # noqa: ANN401 - as `findings`
    return [finding.code for finding in findings(*arguments, **how)]
