"""Nothing is forgotten: every fact about ARM and every switch is asked, or has a reason why it is not."""

from __future__ import annotations

from collections import Counter

import pytest

from localazure.conformance.ask_azure.question import Question
from localazure.conformance.ask_azure.stories import STORIES
from localazure.conformance.ask_azure.untried import untried
from localazure.emulator.latency import Latency
from localazure.emulator.latency_settings import view_latency
from localazure.emulator.switches import SWITCHES, Switch
from tests.docs.markdown import sections
from tests.docs.test_facts import PAGES

QUESTIONS = [question for story in STORIES for question in story.questions]
UNTRIED = [answer.question for answer in untried()]
GATEWAY = {"transitOffWhileUsed", "ownGatewayWhileRemoteUsed", "gatewayDeleteWhileUsed", "doNotVerifyRemoteGateways"}


def test_every_fact_is_asked_or_has_a_reason() -> None:
    facts = {f"docs/facts/{page.name}, {heading}": page.name for page in PAGES for heading in sections(page)}
    named = {question.fact for question in [*QUESTIONS, *UNTRIED]}
    whole = {name.removeprefix("docs/facts/") for name in named if "," not in name}
    assert [fact for fact, page in facts.items() if fact not in named and page not in whole] == []
    assert sorted(name for name in named if "," in name and name not in facts) == []
    assert sorted(name for name in whole if name not in facts.values()) == []


def test_what_is_not_tried_says_why() -> None:
    assert all(answer.text for answer in untried())
    assert len(QUESTIONS) > 90


def test_questions_have_names_of_their_own() -> None:
    assert [name for name, count in Counter(each.name for each in QUESTIONS).items() if count > 1] == []


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: switch.name)
def test_every_switch_has_a_question_or_a_reason(switch: Switch) -> None:
    asked = [each for each in QUESTIONS if each.setting == switch.name]
    if switch.name in {*GATEWAY, "roles"}:
        assert asked == []
        (left,) = [answer for answer in untried() if answer.question.setting == switch.name]
        assert left.text == "needs a gateway" or switch.name == "roles"
    else:
        (question,) = asked
        assert set(question.values.values()) == set(switch.values)
        assert question.values[question.assumed] == switch.default


def test_every_other_setting_has_a_question_or_a_reason() -> None:
    shown = view_latency(Latency())
    settings = {each.setting for each in [*QUESTIONS, *UNTRIED] if each.setting} - {each.name for each in SWITCHES}
    assert settings == set(shown) - {"mode"}
    for question in QUESTIONS:
        if question.setting in {"conflict", "halfHolds"}:
            assert question.values[question.assumed] == shown[question.setting]


@pytest.mark.parametrize(("seen", "holds"), [("0", True), ("10", True), ("11", False)])
def test_a_time_holds_up_to_its_bound(seen: str, holds: bool) -> None:
    assert Question("x", "y", "z", within=10).holds(seen) is holds
