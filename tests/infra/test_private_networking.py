"""Private storage and delivery into its queue exclude each other: what the preflight says, the templates refuse."""

import re

from tests.infra.bicep import load


def _variable(template: str, symbol: str) -> str:
    (found,) = [str(one.value) for one in load(template).of("var") if one.symbol == symbol]
    return found


def test_the_app_is_not_deployed_with_both() -> None:
    refusal = _variable("main.bicep", "onlyPrivate")
    assert refusal.startswith("privateNetworking && delivery == 'queue' ? fail('infra/main.bicep, privateNetworking: ")
    assert refusal.endswith(" : privateNetworking")


def test_nothing_gets_round_the_refusal() -> None:
    """A template evaluates what it uses: where storage and network are made, it must be the checked value."""
    text = load("main.bicep").text
    uses = [line for line in text.splitlines() if re.search(r"\bprivateNetworking\b", line) and "param " not in line]
    assert [line.split(" = ")[0] for line in uses if not line.startswith("@description")] == ["var onlyPrivate"]
    for module in load("main.bicep").of("module"):
        if module.kind == "app/storage.bicep":
            assert " fail(" in module.value["params"]["onlyPrivate"]


def test_a_management_group_is_not_onboarded_with_a_delivery_that_its_policy_does_not_make() -> None:
    checked = _variable("onboard/policy.bicep", "checkedDelivery")
    assert checked.startswith("delivery == 'queue' ? true : fail('infra/onboard/policy.bicep, delivery: ")
    assert _variable("onboard/policy.bicep", "checkedStorageId").startswith("checkedDelivery && isStorage ? ")


def test_onboarding_offers_what_the_app_is_deployed_with() -> None:
    for template in ("main.bicep", "onboard/subscription.bicep", "onboard/policy.bicep"):
        (delivery,) = [one for one in load(template).of("param") if one.symbol == "delivery"]
        assert (delivery.decorators["allowed"], delivery.value) == ([["queue", "function"]], "queue"), template
