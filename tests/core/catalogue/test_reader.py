"""The catalogue: defaults, every kind of fault, and that all faults of a file are told at once."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.catalogue.policy import (
    ApprovalRule,
    Decision,
    Departure,
    Existing,
    GatewayUse,
    HubPolicy,
    Mode,
    Moves,
    PerHalf,
    TagSource,
)
from peering.core.catalogue.reader import CatalogueError, read_catalogue
from tests.builders import HUB_ID, OTHER_HUB_ID, OTHER_SUBSCRIPTION, SUBSCRIPTION, catalogue, policy, texts

VNET, OTHER = f'vnet = "{HUB_ID}"', f'vnet = "{OTHER_HUB_ID}"'
NIL = "00000000-0000-0000-0000-000000000000"
SHOUTED = f'vnet = "{str(HUB_ID).upper()}"'


def read(toml: str) -> Any:  # noqa: ANN401 - a Catalogue, whose hubs the tests look into
    return read_catalogue(tomllib.loads(toml))


def hub(keys: str = "") -> str:
    return f"[hubs.prod-weu]\n{VNET}\n{keys}"


def faults(toml: str) -> list[tuple[str, str]]:
    with pytest.raises(CatalogueError) as caught:
        read(toml)
    assert all(fault.reason.endswith((".", "?")) for fault in caught.value.faults)
    return [(fault.key, fault.reason) for fault in caught.value.faults]


def test_a_hub_needs_only_its_network() -> None:
    assert read(hub()) == catalogue(policy(max_removals=None, grace_minutes=1440))


def test_whose_tag_counts_is_said_at_the_top_for_all_and_at_a_hub_for_itself() -> None:
    found = read(
        f"""
        tag_from = ["subscription", "group", "vnet"]
        inherit = true
        [hubs.one]
        {VNET}
        [hubs.two]
        {OTHER}
        tag_from = ["vnet"]
        inherit = false
        """
    )
    one, two = found.hubs.values()
    assert (one.tag_from, one.inherit) == ((TagSource.SUBSCRIPTION, TagSource.GROUP, TagSource.VNET), True)
    assert (two.tag_from, two.inherit) == ((TagSource.VNET,), False)


def test_defaults_say_it_for_their_hubs() -> None:
    found = read(f'[defaults]\ntag_from = ["group", "vnet"]\ninherit = true\n{hub()}')
    assert (found.hubs["prod-weu"].tag_from, found.hubs["prod-weu"].inherit) == (
        (TagSource.GROUP, TagSource.VNET),
        True,
    )


def test_everything_can_be_said() -> None:
    found = read(
        f"""
        tag = " Peer With "
        [hubs." Prod-WEU "]
        vnet = " {HUB_ID} "
        gateway = "required"
        forwarded_traffic = true
        virtual_network_access = {{hub = true, spoke = false}}
        regions = ["West Europe", "northeurope"]
        subscriptions = ["{SUBSCRIPTION.upper()}"]
        allowed_space = ["10.64.0.0/10", "fd00::/8"]
        reserved_space = "10.64.0.0/16"
        existing = "refuse"
        departure = "keep"
        grace_minutes = 0
        moves = "ask"
        mode = "observe"
        max_removals = 0
        approval_days = 14
        status_tag = "hub-status"
        max_peerings = 1000
        owners = " Network team "
        contact = "https://network.contoso.example"
        description = " Everything in West Europe "
        approvers = ["{SUBSCRIPTION.upper()}", "{OTHER_SUBSCRIPTION}", "{SUBSCRIPTION}"]
        approval = [
            {{decision = "accept", subscription = "{SUBSCRIPTION}", space = "10.64.0.0/12", region = "West Europe"}},
            {{decision = "hold"}},
        ]
        """
    )
    made = found.hubs["prod-weu"]
    assert found.tag == "Peer With"
    assert (made.gateway, made.existing, made.departure) == (GatewayUse.REQUIRED, Existing.REFUSE, Departure.KEEP)
    assert (made.forwarded_traffic, made.virtual_network_access) == (PerHalf(True, True), PerHalf(True, False))
    assert (made.regions, made.subscriptions) == (("westeurope", "northeurope"), (SUBSCRIPTION,))
    assert (texts(made.allowed_space), texts(made.reserved_space)) == (["10.64.0.0/10", "fd00::/8"], ["10.64.0.0/16"])
    assert (made.grace_minutes, made.moves, made.status_tag, made.max_peerings) == (0, Moves.ASK, "hub-status", 1000)
    assert (made.mode, made.max_removals, made.approval_days) == (Mode.OBSERVE, 0, 14)
    assert (made.owners, made.contact) == ("Network team", "https://network.contoso.example")
    assert (made.description, made.approvers) == ("Everything in West Europe", (SUBSCRIPTION, OTHER_SUBSCRIPTION))
    assert made.its_owners == "Network team (https://network.contoso.example)"
    assert made.approval[0].decision is Decision.ACCEPT
    assert made.approval[1] == ApprovalRule(Decision.HOLD)


def test_the_status_tag_is_the_hubs_own_or_that_of_all() -> None:
    found = read(f'status_tag = "answer"\n{hub()}\n[hubs.neu]\n{OTHER}\nstatus_tag = "neu-answer"')
    assert found.status_tag == found.status_tag_of(None) == found.status_tag_of(found.hubs["prod-weu"]) == "answer"
    assert found.status_tag_of(found.hubs["neu"]) == "neu-answer"
    assert read(hub()).status_tag is None


def test_a_default_holds_for_every_hub_that_does_not_say_otherwise() -> None:
    defaults = f"""
        status_tag = "answer"
        [defaults]
        gateway = "required"
        grace_minutes = 60
        status_tag = "default-answer"
        approval = [{{decision = "hold", subscription = "{SUBSCRIPTION}"}}]
        owners = "Network team"
        """
    found = read(f'{defaults}\n{hub()}\n[hubs.neu]\n{OTHER}\ngateway = "never"\nowners = "Team neu"')
    weu, neu = found.hubs["prod-weu"], found.hubs["neu"]
    assert (weu.gateway, weu.grace_minutes, weu.owners) == (GatewayUse.REQUIRED, 60, "Network team")
    assert (neu.gateway, neu.grace_minutes, neu.owners) == (GatewayUse.NEVER, 60, "Team neu")
    assert weu.approval == neu.approval == (ApprovalRule(Decision.HOLD, subscription=SUBSCRIPTION),)
    assert (weu.status_tag, found.status_tag) == ("default-answer", "answer")


def test_a_fault_in_a_default_is_told_once_and_where_it_stands() -> None:
    two = f"{hub()}\n[hubs.neu]\n{OTHER}"
    wrong = '[defaults]\ngrace_minutes = -1\napproval = [{decision = "perhaps"}]\nregions = []\n'
    assert sorted(key for key, _ in faults(wrong + two)) == [
        "defaults.approval[0].decision",
        "defaults.grace_minutes",
        "defaults.regions",
    ]
    clash = '[defaults]\nreserved_space = ["10.0.0.0/8"]\n'
    assert [key for key, _ in faults(clash + hub('allowed_space = ["10.1.0.0/16"]'))] == ["hubs.prod-weu.allowed_space"]


@pytest.mark.parametrize(
    ("policy_", "sentence", "short"),
    [
        (policy(), "the hub's owners", "the hub's owners"),
        (policy(owners="Team A"), "Team A", "Team A"),
        (policy(contact="a@x.example"), "the hub's owners (a@x.example)", "a@x.example"),
        (policy(owners="Team A", contact="a@x.example"), "Team A (a@x.example)", "Team A"),
    ],
)
def test_whom_to_ask(policy_: HubPolicy, sentence: str, short: str) -> None:
    assert (policy_.its_owners, policy_.whom) == (sentence, short)


def test_the_answer_of_a_hub_does_not_belong_where_another_answers_under_the_same_tag() -> None:
    one, other = policy(status_tag="answer"), policy("neu", OTHER_HUB_ID, status_tag="Answer")
    found = catalogue(one, other)
    assert found.speaks_for("prod-weu", {"hub": "prod-weu"})
    assert found.speaks_for("prod-weu", {})
    assert not found.speaks_for("prod-weu", {"hub": "neu"})
    apart = catalogue(one, policy("neu", OTHER_HUB_ID, status_tag="another"))
    assert apart.speaks_for("prod-weu", {"hub": "neu"})


FAULTS = [
    # key, the fault's key, what its sentence holds
    ("", "hubs", "names no hub"),
    ("hubs = 5", "hubs", "should be tables"),
    ("hubs = []", "hubs", "should be tables"),
    ("hubs = {}", "hubs", "names no hub"),
    ("[hubs]\nprod = 5", "hubs.prod", "should be a table"),
    ('tag = ""\n' + hub(), "tag", "should be a text"),
    ("tag = 5\n" + hub(), "tag", "should be a text"),
    ('tag = "a/b"\n' + hub(), "tag", "characters that Azure does not allow"),
    ('tga = "x"\n' + hub(), "tga", "Did you mean 'tag'?"),
    ("defaults = 5\n" + hub(), "defaults", "should be a table"),
    (f"[defaults]\n{OTHER}\n{hub()}", "defaults.vnet", "belongs under [hubs.<name>]"),
    (f"[defaults]\ngatway = 1\n{hub()}", "defaults.gatway", "Did you mean 'gateway'?"),
    (f'[defaults]\nstatus_tag = "hub"\n{hub()}', "defaults.status_tag", "would overwrite the question"),
    ('status_tag = "HUB"\n' + hub(), "status_tag", "would overwrite the question"),
    (hub(f'owners = "{"x" * 65}"'), "hubs.prod-weu.owners", "too many of them"),
    (hub("contact = 5"), "hubs.prod-weu.contact", "should be a text"),
    (hub(f'description = "{"x" * 257}"'), "hubs.prod-weu.description", "too many of them"),
    (hub('description = "two\\nlines"'), "hubs.prod-weu.description", "characters that Azure does not allow"),
    (hub('approvers = ["someone@contoso.example"]'), "hubs.prod-weu.approvers", "is no object id"),
    (hub(f'approvers = "{SUBSCRIPTION}"'), "hubs.prod-weu.approvers", "use a list of object ids"),
    (f'[hubs."no spaces"]\n{VNET}', "hubs.no spaces", "is no name for a hub"),
    (f"[hubs.{'h' * 41}]\n{VNET}", f"hubs.{'h' * 41}", "is no name for a hub"),
    (f"[hubs.unknown]\n{VNET}", "hubs.unknown", "is no name for a hub"),
    (f"[hubs.-a]\n{VNET}", "hubs.-a", "is no name for a hub"),
    ("[hubs.prod-weu]", "hubs.prod-weu.vnet", "is missing"),
    ("[hubs.prod-weu]\nvnet = 5", "hubs.prod-weu.vnet", "is missing"),
    ('[hubs.prod-weu]\nvnet = "hub-weu"', "hubs.prod-weu.vnet", "not the resource id"),
    (f"{hub()}\n[hubs.PROD-WEU]\n{OTHER}", "hubs.PROD-WEU", "is there twice"),
    (
        f"{hub()}\n[hubs.other]\n{SHOUTED}",
        "hubs.other.vnet",
        "is the VNet of hub 'prod-weu'",
    ),
    (hub('gateway = "sometimes"'), "hubs.prod-weu.gateway", "one of auto, required, never"),
    (hub("gateway = true"), "hubs.prod-weu.gateway", "one of auto, required, never"),
    (hub('forwarded_traffic = "yes"'), "hubs.prod-weu.forwarded_traffic", "true, false or"),
    (hub("forwarded_traffic = {hub = true}"), "hubs.prod-weu.forwarded_traffic", "true, false or"),
    (hub("virtual_network_access = {hub = 1, spoke = 0}"), "hubs.prod-weu.virtual_network_access", "true, false or"),
    (hub('regions = "westeurope"'), "hubs.prod-weu.regions", "or a list"),
    (hub("regions = []"), "hubs.prod-weu.regions", "allows no region"),
    (hub("regions = [5]"), "hubs.prod-weu.regions", "or a list"),
    (hub('regions = ["any"]'), "hubs.prod-weu.regions", "or a list"),
    (hub('regions = ["westeurope", "same"]'), "hubs.prod-weu.regions", "or a list"),
    (hub('subscriptions = ["prod"]'), "hubs.prod-weu.subscriptions", "is no subscription"),
    (hub("subscriptions = []"), "hubs.prod-weu.subscriptions", "allows no subscription"),
    (hub("subscriptions = 5"), "hubs.prod-weu.subscriptions", "use a list"),
    (hub('allowed_space = ["10.64.1.5/16"]'), "hubs.prod-weu.allowed_space", "Did you mean 10.64.0.0/16?"),
    (hub('allowed_space = ["FD00:0:0:1::1/64"]'), "hubs.prod-weu.allowed_space", "Did you mean fd00:0:0:1::/64?"),
    (hub('reserved_space = "10.0.0.1/8"'), "hubs.prod-weu.reserved_space", "Did you mean 10.0.0.0/8?"),
    (hub('approval = [{space = "10.1.0.0/12"}]'), "hubs.prod-weu.approval[0].space", "Did you mean 10.0.0.0/12?"),
    (hub("allowed_space = []"), "hubs.prod-weu.allowed_space", 'write ["0.0.0.0/0", "::/0"]'),
    ("[defaults]\nallowed_space = []\n" + hub(), "defaults.allowed_space", "would allow any address"),
    (hub("approval = [{space = []}]"), "hubs.prod-weu.approval[0].space", "Leave it out if the rule is for any"),
    (hub('approval = [{space = ""}]'), "hubs.prod-weu.approval[0].space", "is not an address prefix"),
    (hub("approval = [{subscription = []}]"), "hubs.prod-weu.approval[0].subscription", "allows no subscription"),
    (hub('approval = [{subscription = ""}]'), "hubs.prod-weu.approval[0].subscription", "is no subscription"),
    (hub("approval = [{subscription = false}]"), "hubs.prod-weu.approval[0].subscription", "use a list"),
    (
        hub(f'approval = [{{subscription = ["{SUBSCRIPTION}", "{OTHER_SUBSCRIPTION}"]}}]'),
        "hubs.prod-weu.approval[0].subscription",
        "takes one subscription",
    ),
    (hub('approval = [{region = ""}]'), "hubs.prod-weu.approval[0].region", "should be a text"),
    (f'[hubs.a]\nvnet = "{HUB_ID}"'.replace(SUBSCRIPTION, NIL), "hubs.a.vnet", "is the example's network"),
    (hub(f'subscriptions = ["{NIL}"]'), "hubs.prod-weu.subscriptions", "is the example's"),
    (hub(f'approvers = ["{NIL}"]'), "hubs.prod-weu.approvers", "is the example's"),
    (hub(f'approval = [{{subscription = "{NIL}"}}]'), "hubs.prod-weu.approval[0].subscription", "is the example's"),
    (hub('allowed_space = ["10.0.0.0"]'), "hubs.prod-weu.allowed_space", "is not an address prefix"),
    (hub("reserved_space = [5]"), "hubs.prod-weu.reserved_space", "use a list"),
    (
        hub('allowed_space = ["10.1.0.0/16"]\nreserved_space = ["10.0.0.0/8"]'),
        "hubs.prod-weu.allowed_space",
        "lies wholly in reserved_space 10.0.0.0/8",
    ),
    (hub('existing = "steal"'), "hubs.prod-weu.existing", "one of adopt, refuse"),
    (hub('departure = "maybe"'), "hubs.prod-weu.departure", "one of remove, keep"),
    (hub('moves = "never"'), "hubs.prod-weu.moves", "one of follow, ask"),
    (hub("grace_minutes = -1"), "hubs.prod-weu.grace_minutes", "from 0 to 10080"),
    (hub("grace_minutes = 10081"), "hubs.prod-weu.grace_minutes", "from 0 to 10080"),
    (hub("grace_minutes = true"), "hubs.prod-weu.grace_minutes", "a number of minutes"),
    (hub("grace_minutes = nan"), "hubs.prod-weu.grace_minutes", "from 0 to 10080"),
    (hub('grace_minutes = "1"'), "hubs.prod-weu.grace_minutes", "a number of minutes"),
    (hub("tag_from = []"), "hubs.prod-weu.tag_from", "use a list of vnet, group, subscription"),
    (hub('tag_from = ["tenant"]'), "hubs.prod-weu.tag_from", "is ['tenant']"),
    (hub('tag_from = ["vnet", "vnet"]'), "hubs.prod-weu.tag_from", "at most once"),
    (hub('tag_from = "vnet"'), "hubs.prod-weu.tag_from", "use a list of"),
    (hub("inherit = 1"), "hubs.prod-weu.inherit", "true or false"),
    (hub("inherit = true"), "hubs.prod-weu.inherit", "nothing to inherit from"),
    (hub("approval_days = 0"), "hubs.prod-weu.approval_days", "from 1 to 365"),
    (hub("max_peerings = 0"), "hubs.prod-weu.max_peerings", "from 1 to 1000"),
    (hub('status_tag = "a<b"'), "hubs.prod-weu.status_tag", "characters that Azure does not allow"),
    (hub('status_tag = "HUB"'), "hubs.prod-weu.status_tag", "would overwrite the question"),
    (hub('approval = "ask"'), "hubs.prod-weu.approval", 'use "none", "required" or a list of rules'),
    (hub("approval = []"), "hubs.prod-weu.approval", 'use "none", "required" or a list of rules'),
    (hub('approval = [{decision = "perhaps"}]'), "hubs.prod-weu.approval[0].decision", "one of accept, hold"),
    (hub('approval = [{space = ["10.0.0.0/8", "fd00::/8"]}]'), "hubs.prod-weu.approval[0].space", "takes one prefix"),
    (hub('approval = [{}, {subscription = "x"}]'), "hubs.prod-weu.approval[1].subscription", "is no subscription"),
    (hub('approval = [{regoin = "x"}]'), "hubs.prod-weu.approval[0].regoin", "Did you mean 'region'?"),
    (hub("gatway = 1"), "hubs.prod-weu.gatway", "Did you mean 'gateway'?"),
    (hub("colour = 1"), "hubs.prod-weu.colour", "is not known."),
]


@pytest.mark.parametrize(("toml", "key", "reason"), FAULTS, ids=range(len(FAULTS)))
def test_each_fault_is_told_by_key_and_reason(toml: str, key: str, reason: str) -> None:
    found = faults(toml)
    assert [fault[0] for fault in found] == [key]
    assert reason in found[0][1]


def test_an_empty_list_that_means_nothing_or_nobody_is_none() -> None:
    """It takes back what [defaults] say; where it would mean anything it is a fault, as above."""
    defaults = f'[defaults]\nreserved_space = ["10.0.0.0/16"]\napprovers = ["{SUBSCRIPTION}"]\n'
    found = read(defaults + hub("reserved_space = []\napprovers = []")).hubs["prod-weu"]
    assert (found.reserved_space, found.approvers) == ((), ())


def test_all_faults_are_told_at_once_in_the_order_of_the_keys() -> None:
    found = faults(
        f"""
        tag = 5
        [hubs.one]
        gateway = "sometimes"
        grace_minutes = -1
        zone = 1
        yard = 2
        [hubs.two]
        {OTHER}
        existing = "steal"
        """
    )
    assert [key for key, _ in found] == [
        "tag",
        "hubs.one.vnet",
        "hubs.one.gateway",
        "hubs.one.grace_minutes",
        "hubs.one.zone",
        "hubs.one.yard",
        "hubs.two.existing",
    ]


def test_the_error_is_a_text_with_the_file_and_every_fault() -> None:
    with pytest.raises(CatalogueError) as caught:
        read_catalogue({}, "/site/hubs.toml")
    assert str(caught.value).startswith("/site/hubs.toml has 1 fault(s):\n  hubs: names no hub")


def test_the_error_can_pass_through_a_context_manager() -> None:
    @contextmanager
    def passing() -> Iterator[None]:
        yield

    with pytest.raises(CatalogueError), passing():
        read_catalogue({})


def test_a_region_may_be_any_or_the_hubs_own() -> None:
    assert read(hub('regions = "any"')).hubs["prod-weu"].regions is None
    assert read(hub('regions = "same"')).hubs["prod-weu"].regions == ("same",)


def test_names_and_tags_are_compared_without_case_and_spaces() -> None:
    found = catalogue(policy())
    assert found.hub(" Prod-WEU ") is found.hubs["prod-weu"]
    assert found.hub("prod") is None
    assert found.tag_value({"HUB": " x "}) == "x"
    assert found.tag_value({"hub": ""}) == ""
    assert found.tag_value({"hubs": "x"}) is None


def test_the_hub_of_a_network() -> None:
    found = catalogue(policy(), policy("neu", OTHER_HUB_ID))
    assert found.hub_of(OTHER_HUB_ID) is found.hubs["neu"]


@pytest.mark.parametrize(
    ("written", "meant"), [("prod-wue", "prod-weu"), (" PROD_WEU ", "prod-weu"), ("", None), ("zzz", None)]
)
def test_a_misspelt_hub_is_recognised(written: str, meant: str | None) -> None:
    assert catalogue().closest(written) == meant


HOLDS = [
    ((), False),
    ((ApprovalRule(Decision.HOLD),), True),
    ((ApprovalRule(Decision.ACCEPT), ApprovalRule(Decision.HOLD)), False),
    ((ApprovalRule(Decision.HOLD, subscription=OTHER_SUBSCRIPTION),), False),
    ((ApprovalRule(Decision.HOLD, subscription=SUBSCRIPTION),), True),
    ((ApprovalRule(Decision.HOLD, region="northeurope"),), False),
    ((ApprovalRule(Decision.ACCEPT, region="westeurope"), ApprovalRule(Decision.HOLD)), False),
]


@pytest.mark.parametrize(("rules", "held"), HOLDS)
def test_the_first_rule_that_matches_decides(rules: tuple[ApprovalRule, ...], held: bool) -> None:
    assert policy(approval=rules).holds(SUBSCRIPTION.upper(), "westeurope", ()) is held


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just(str(HUB_ID))
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = sorted(policy().__dataclass_fields__)
tables = st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), values, max_size=6)
hubs = st.dictionaries(st.sampled_from(["a", "A", "unknown", " b "]) | st.text(max_size=8), tables | values, max_size=3)


@given(
    st.fixed_dictionaries(
        {}, optional={"tag": values, "defaults": tables | values, "hubs": hubs | values, "other": values}
    )
)
def test_any_document_is_read_or_refused_with_faults(document: dict[str, Any]) -> None:
    with suppress(CatalogueError):
        assert read_catalogue(document).hubs
