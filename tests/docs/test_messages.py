"""The messages: the page is up to date, and each says what, why and who does what, in words that its readers know."""

import re

import pytest

from peering.core.decision.findings import Code, Finding
from peering.core.record.record import State
from peering.core.record.status_tag import LONGEST, status_text
from tests.builders import NOON, record
from tests.docs.long_names import longest
from tests.docs.messages import COMMAND, PAGE, Message, codes, messages, page

MESSAGES = list(messages())
# Words of this code that mean nothing, or something else, to whoever set a tag.
JARGON = {
    *("half", "halves", "row", "rows", "lease", "drain", "verdict", "reconcile", "requeue", "worker", "poison"),
    *("batch", "partition", "intent", "snapshot", "candidate", "echo", "digest", "payload", "exception", "traceback"),
}
# How a sentence begins that says who does what.
DOING = (
    *("Ask", "Check", "Choose", "Cure", "Delete", "Did you mean", "Enable", "Exempt", "Free ranges", "Give", "Grant"),
    *("If", "Look", "Mend", "Migrate", "Nothing is wrong", "Nothing is changed", "Read", "Register", "Remove"),
    *("Repeat", "Set", "Switch", "Use", "Write", "It is tried again", "Autopeer looks again"),
)
every_message = pytest.mark.parametrize("message", MESSAGES, ids=[f"{m.code or m.row.state}" for m in MESSAGES])


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower()))


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), f"write it anew: {COMMAND}"


def test_every_code_has_a_message() -> None:
    assert codes() == set(Code)


@every_message
def test_it_has_no_word_of_ours(message: Message) -> None:
    assert not words(f"{message.sentence} {message.tag}") & JARGON


@every_message
def test_it_says_what_and_who_does_what(message: Message) -> None:
    finding = message.finding
    if finding is None:
        assert message.row.state in (State.CONNECTED, State.LEAVING, State.REMOVED)
        return
    sentences = re.split(r"(?<=[.?)]) (?=[A-Z])", finding.message)
    assert finding.message.endswith((".", "?"))
    assert any(sentence.startswith(DOING) for sentence in sentences), finding.message
    assert message.row.state is State.PENDING or finding.remedy


def test_a_tag_is_told_wherever_somebody_can_do_something() -> None:
    silent = [message for message in MESSAGES if not message.is_tagged]
    assert silent
    assert all(message.row.state is State.PENDING for message in silent)


@every_message
def test_the_tag_begins_with_what_is_to_be_done(message: Message) -> None:
    if message.is_tagged and message.finding:
        assert message.tag.partition(": ")[2].startswith(message.finding.remedy)


LONG = list(longest())


def test_every_finding_is_tried_under_the_longest_names() -> None:
    assert {finding.code for finding in LONG} >= set(Code)


@pytest.mark.parametrize("finding", LONG, ids=[finding.code for finding in LONG])
@pytest.mark.parametrize("state", [State.CONNECTED, State.REFUSED, State.AWAITING_APPROVAL, State.PENDING])
def test_the_remedy_is_whole_under_the_longest_names(finding: Finding, state: State) -> None:
    row = record(state, findings=(finding,), finished=NOON, failing=NOON, gateway="none", hub="h" * 40)
    assert len(finding.remedy) <= 150
    assert "/subscriptions/" not in finding.remedy
    assert len(status_text(row)) <= LONGEST
    assert finding.remedy in status_text(row)
