"""What is legal and dangerous: each warning by key and reason, and that a sound catalogue has none."""

import tomllib
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.catalogue.dead_rules import dead_rules
from peering.core.catalogue.lint import lint
from peering.core.catalogue.policy import ApprovalRule, Decision, Departure, HubPolicy, PerHalf
from peering.core.catalogue.reader import read_catalogue
from peering.core.catalogue.regions import REGIONS, closest_region
from peering.core.network.addresses import Prefix
from tests.builders import OTHER_HUB_ID, SUBSCRIPTION, catalogue, policy, vnet_id

SOUND: dict[str, Any] = {"max_removals": None, "allowed_space": ["10.64.0.0/10"], "owners": "Team"}
REAL = "a1b2c3d4-0000-4000-8000-000000000001"
OURS = vnet_id("hub-weu", subscription=REAL)
NONE = PerHalf(hub=False, spoke=False)


def hub(name: str = "prod-weu", **rest: Any) -> HubPolicy:  # noqa: ANN401 - the fields of HubPolicy
    return policy(name, rest.pop("network", OURS), **{**SOUND, **rest})


def warnings(*hubs: HubPolicy) -> list[tuple[str, str]]:
    found = lint(catalogue(*hubs))
    assert all(fault.reason.endswith((".", "?")) for fault in found)
    return [(fault.key.removeprefix("hubs.prod-weu").removeprefix("."), fault.reason) for fault in found]


def hold(**rest: Any) -> ApprovalRule:  # noqa: ANN401 - the fields of ApprovalRule
    return ApprovalRule(Decision.HOLD, **rest)


def accept(**rest: Any) -> ApprovalRule:  # noqa: ANN401 - as above
    return ApprovalRule(Decision.ACCEPT, **rest)


SPACE = Prefix.parse("10.64.0.0/12")
WARNINGS: list[tuple[dict[str, Any], str, str]] = [
    # the hub, the warning's key, what its sentence holds
    ({"allowed_space": []}, "", "is open to every network"),
    ({"allowed_space": ["0.0.0.0/0"]}, "", "is open to every"),
    ({"subscriptions": ("*", REAL)}, "subscriptions", 'Take the "*" out'),
    ({"regions": ("westeurop",)}, "regions", "Did you mean 'westeurope'?"),
    ({"regions": ("q",)}, "regions", "az account list-locations"),
    ({"approval": (hold(region="northeurop"),)}, "approval[0].region", "Did you mean 'northeurope'?"),
    ({"allowed_space": ["10.0.0.0/8", "10.64.0.0/10"]}, "allowed_space", "10.64.0.0/10 lies in 10.0.0.0/8"),
    ({"reserved_space": ["10.0.0.0/10", "10.2.0.0/16"]}, "reserved_space", "10.2.0.0/16 lies in 10.0.0.0/10"),
    ({"reserved_space": ["10.64.0.0/11", "10.96.0.0/11"]}, "reserved_space", "covers all of 10.64.0.0/10"),
    (
        {"allowed_space": ["fd00::/8", "10.0.0.0/8"], "reserved_space": ["fd00::/9", "fd80::/9"]},
        "reserved_space",
        "covers all of fd00::/8",
    ),
    (
        {"allowed_space": [], "regions": ("same",), "reserved_space": ["0.0.0.0/1", "128.0.0.0/1"]},
        "reserved_space",
        "covers all of 0.0.0.0/0",
    ),
    ({"grace_minutes": 0}, "grace_minutes", "of 0 cuts a network off"),
    ({"grace_minutes": 0.5}, "grace_minutes", "of 0.5 cuts"),
    ({"max_removals": 51}, "max_removals", "lets 51 pairs lose something"),
    ({"virtual_network_access": NONE, "forwarded_traffic": NONE}, "virtual_network_access", "carry nothing"),
    ({"approval": (accept(), hold())}, "approval[1]", "is never reached: approval[0]"),
    ({"approval": (hold(region="westeurope"), hold(region="westeurope", space=SPACE))}, "approval[1]", "never reached"),
    ({"approval": (hold(space=SPACE), hold(space=Prefix.parse("10.64.0.0/16")))}, "approval[1]", "never reached"),
    ({"approval": (hold(subscription=REAL), accept(subscription=REAL))}, "approval[1]", "never reached"),
    ({"subscriptions": (OURS.name,), "approval": (hold(subscription=REAL),)}, "approval[0]", "is not in subscriptions"),
    ({"regions": ("westeurope",), "approval": (hold(region="northeurope"),)}, "approval[0]", "is not in regions"),
    ({"approval": (hold(space=Prefix.parse("10.0.0.0/16")),)}, "approval[0]", "is outside of allowed_space"),
    (
        {"reserved_space": ["10.64.0.0/12"], "approval": (hold(space=Prefix.parse("10.64.0.0/16")),)},
        "approval[0]",
        "lies in reserved_space",
    ),
    ({"approval": (accept(region="westeurope"),)}, "approval", "everybody is"),
    ({"owners": "", "approval": (hold(),)}, "approval", "cannot tell them whom to ask"),
    ({"network": vnet_id("hub-weu")}, "vnet", "looks like an id out of an example"),
    ({"subscriptions": ("22222222-2222-4222-8222-222222222222",)}, "subscriptions", "looks like an id out of"),
    ({"approvers": ("12345678-1234-1234-1234-123456789012",)}, "approvers", "looks like an id out of"),
    ({"approval": (hold(subscription=SUBSCRIPTION),)}, "approval[0].subscription", "looks like an id out of"),
    ({"contact": "network@contoso.com"}, "contact", "looks like an example"),
    ({"owners": "someone@example.org"}, "owners", "looks like an example"),
]


@pytest.mark.parametrize(("rest", "key", "reason"), WARNINGS, ids=range(len(WARNINGS)))
def test_each_warning_is_told_by_key_and_reason(rest: dict[str, Any], key: str, reason: str) -> None:
    found = warnings(hub(**rest))
    assert [one[0] for one in found] == [key], found
    assert reason in found[0][1]


NO_WARNINGS: list[dict[str, Any]] = [
    {},
    {"allowed_space": [], "subscriptions": (REAL,)},
    {"allowed_space": [], "regions": ("same",)},
    {"allowed_space": [], "approval": (hold(),)},
    {"allowed_space": ["10.64.0.0/10", "::/0"]},
    {"regions": ("westeurope", "usgovvirginia")},
    {"regions": ("same",), "approval": (hold(region="northeurope"),)},
    {"reserved_space": ["10.64.0.0/11", "192.168.0.0/16"]},
    {"reserved_space": ["::/0"]},
    {"grace_minutes": 1},
    {"grace_minutes": 0, "departure": Departure.KEEP},
    {"max_removals": 0},
    {"max_removals": 50},
    {"max_removals": 10, "max_peerings": 20},
    {"virtual_network_access": NONE, "forwarded_traffic": PerHalf(hub=True, spoke=False)},
    {"approval": (accept(space=SPACE), hold())},
    {"approval": (accept(region="westeurope"), accept(region="northeurope"), hold(subscription=REAL))},
    {"subscriptions": (REAL,), "approval": (hold(subscription=REAL),)},
    {"owners": "", "contact": "network@ours.net", "approval": (hold(),)},
]


@pytest.mark.parametrize("rest", NO_WARNINGS, ids=range(len(NO_WARNINGS)))
def test_what_is_sound_has_no_warning(rest: dict[str, Any]) -> None:
    assert warnings(hub(**rest)) == []


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("prod-weu", "prodweu", True),
        ("prod-weu", "prod-wue", True),
        ("hub-o1", "hub-0l", True),
        ("prod-weu", "prod-neu", False),
        ("prod-weu", "prod-weu2", False),
        ("hub-12", "hub-23", False),
        ("abcd", "badc", False),
    ],
)
def test_names_that_are_taken_for_each_other(one: str, other: str, alike: bool) -> None:
    found = lint(catalogue(hub(one), hub(other, network=vnet_id(OTHER_HUB_ID.name, subscription=REAL))))
    assert [(fault.key, f"{one!r}" in fault.reason) for fault in found] == ([(f"hubs.{other}", True)] if alike else [])


def test_a_warning_names_the_place_where_the_key_stands_and_once() -> None:
    document = tomllib.loads(
        f"""
        [defaults]
        grace_minutes = 0
        allowed_space = "10.64.0.0/10"
        approval = [{{decision = "accept"}}, {{}}]
        contact = "us"
        [hubs.One]
        vnet = "{OURS}-1"
        [hubs.two]
        vnet = "{OURS}-2"
        max_removals = 500
        """
    )
    found = lint(read_catalogue(document), document)
    assert [fault.key for fault in found] == [
        "defaults.grace_minutes",
        "defaults.approval[1]",
        "hubs.two.max_removals",
    ]


REGION = st.sampled_from([None, "westeurope", "northeurope"])
SUBSCRIPTIONS = st.sampled_from([None, REAL, SUBSCRIPTION])
SPACES = ["10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.128.0.0/16", "192.168.0.0/16"]
rules = st.builds(
    ApprovalRule,
    st.sampled_from(Decision),
    SUBSCRIPTIONS,
    st.none() | st.sampled_from(SPACES).map(Prefix.parse),
    REGION,
)


@given(
    st.lists(rules, max_size=5),
    st.sampled_from([(), ("10.0.0.0/8",), ("10.128.0.0/9", "192.168.0.0/16")]),
    st.sampled_from([(), ("10.128.0.0/9",)]),
    st.sampled_from([("*",), (REAL,)]),
    st.sampled_from([None, ("same",), ("westeurope",)]),
)
def test_no_network_that_is_admitted_is_decided_by_a_dead_rule(
    approval: list[ApprovalRule],
    allowed: tuple[str, ...],
    reserved: tuple[str, ...],
    subscriptions: tuple[str, ...],
    regions: tuple[str, ...] | None,
) -> None:
    made = policy(
        approval=tuple(approval),
        allowed_space=allowed,
        reserved_space=reserved,
        subscriptions=subscriptions,
        regions=regions,
    )
    dead = {key for key, _ in dead_rules(made)}
    networks = ["10.0.1.0/24", "10.128.1.0/24", "10.200.0.0/24", "192.168.7.0/24", "172.16.0.0/24"]
    for subscription, region, text in product([REAL, SUBSCRIPTION], ["westeurope", "northeurope"], networks):
        space = Prefix.parse(text)
        admitted = (
            {"*", subscription}.intersection(made.subscriptions)
            and (regions in (None, ("same",)) or region in regions)
            and (not allowed or any(space.inside(block) for block in made.allowed_space))
            and not any(space.overlaps(block) for block in made.reserved_space)
        )
        if admitted:
            deciding = [n for n, rule in enumerate(approval) if rule.matches(subscription, region, (space,))][:1]
            assert not dead.intersection(f"approval[{n}]" for n in deciding)


@pytest.mark.parametrize(
    ("written", "meant"), [("westeurop", "westeurope"), ("swedencentrl", "swedencentral"), ("zz", None)]
)
def test_a_misspelt_region_is_recognised(written: str, meant: str | None) -> None:
    assert closest_region(written) == meant


def test_regions_are_written_as_the_reader_reads_them() -> None:
    assert all(name == name.lower().replace(" ", "") and name.isalnum() for name in REGIONS)
    assert {"westeurope", "northeurope", "eastus2"} <= REGIONS
