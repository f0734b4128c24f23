"""What a row remembers of the people who decide: what they are asked, and what they have said. `now` is an argument."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from peering.core.catalogue.policy import HubPolicy, Moves
from peering.core.decision.approval import Ask, Consent, Ruling, leave_to_be_approved
from peering.core.decision.moves import Kept
from peering.core.network.addresses import Prefix
from peering.core.network.vnets import Vnet
from peering.core.record.record import Approval, Question, Record, State
from peering.core.record.transitions import opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """What a person says: yes or no, who he is by name and by all his ids, why, and to which prefixes.

    `prefixes` are those that he was shown, None where he takes it as the record has it.
    """

    granted: bool
    who: str
    ids: frozenset[str] = frozenset()
    reason: str = ""
    prefixes: tuple[Prefix, ...] | None = None


class Objection(StrEnum):
    """Why what a person says cannot count."""

    NOTHING_WAITS = "nothing waits"
    ELSEWHERE = "another hub's people are asked"
    OVERDUE = "the question is closed"
    CHANGED = "the addresses have changed"
    HIS_OWN = "it is his own request"


def objection(row: Record, say: Say, policy: HubPolicy, now: datetime) -> Objection | None:
    """Why it cannot count at this row of the hub; None where it can."""
    question = row.approval.question
    if question is None or not row.is_understood or row.state in (State.LEAVING, State.REMOVED):
        return Objection.NOTHING_WAITS
    if question.ask.of != row.hub:
        return Objection.ELSEWHERE
    if _is_overdue(row, policy, now):
        return Objection.OVERDUE
    asked = set(question.prefixes)
    if asked != set(row.found.prefixes) or (say.prefixes is not None and asked != set(say.prefixes)):
        return Objection.CHANGED
    his = {each.lower() for each in say.ids}
    return Objection.HIS_OWN if say.granted and his & {question.who.lower(), row.asked.who.lower()} else None


def _is_overdue(row: Record, policy: HubPolicy, now: datetime) -> bool:
    """What was refused in time can be approved for as long as it is wanted."""
    question = row.approval.question
    if question is None or policy.approval_days is None or ruling_on(row) is not None:
        return False
    return now - question.since >= timedelta(days=policy.approval_days)


def ruling_on(row: Record) -> Ruling | None:
    """What was said to the question that the row has, if anything was."""
    question = row.approval.question
    said = (row.approval.ruling, row.approval.leave)
    about = (each for each in said if each and question and each.is_about(question.ask.to, question.prefixes))
    return next(about, None)


def ruled(row: Record, say: Say, now: datetime) -> Record:
    """The row with what was said, open, so that it is looked at. There has to be a question."""
    question = row.approval.question
    if question is None:
        raise ValueError(f"nobody is asked about {row.spoke} at hub {row.hub}")
    ruling = Ruling(
        granted=say.granted, to=question.ask.to, who=say.who, when=now, reason=say.reason, prefixes=question.prefixes
    )
    said = replace(row.approval, leave=ruling) if question.ask.to != row.hub else replace(row.approval, ruling=ruling)
    return replace(opened(row), approval=said)


def asked(row: Record, ask: Ask | None, now: datetime) -> Record:
    """What somebody is asked, after a look. The same question goes on; it is due when that is over."""
    if ask is None:
        return replace(row, approval=replace(row.approval, question=None)) if row.approval.question else row
    before, prefixes = row.approval.question, row.found.prefixes
    if before and before.ask == ask and set(before.prefixes) == set(prefixes):
        question = before
    else:
        question = Question(ask=ask, since=now, prefixes=prefixes, who=row.asked.who)
    row = replace(row, approval=replace(row.approval, question=question))
    over, due = question.since + timedelta(days=ask.days or 0), row.progress.not_before
    if ask.days is None or due is None or not now < over < due:
        return row
    return replace(row, progress=replace(row.progress, not_before=over))


def consent_of(row: Record, spoke: Vnet, now: datetime) -> Consent:
    """What of it holds for the network as it is now."""
    approval, question = row.approval, row.approval.question
    is_same = question is not None and set(question.prefixes) == set(spoke.prefixes)
    return Consent(
        ruling=approval.ruling,
        let_in=approval.let_in if row.is_standing else (),
        asked=question.ask if question and is_same else None,
        waited=now - question.since if question and is_same else timedelta(),
    )


def asks_to_leave(row: Record, spoke: Vnet, old: HubPolicy | None, to: HubPolicy, rows: Sequence[Record]) -> Kept:
    """A pair that stays until its network is connected at another hub; what the hub's people are asked before that.

    Where the other hub refuses the network nobody is asked. One that waits for an answer there is told of it.
    """
    note = f"it goes to hub {to.name!r}: it stays connected here until it is connected there"
    other = next((each for each in rows if each.hub == to.name and each.state is not State.REMOVED), None)
    kept = Kept(notes=(note,), unheard=other is None)
    if old is None or old.moves is not Moves.ASK or other is None:
        return kept
    ask, said = Ask(old.name, to.name, old.approval_days), row.approval.leave
    if said is None or not said.is_about(to.name, spoke.prefixes):
        waits = other.state is not State.REFUSED
        return replace(kept, findings=(leave_to_be_approved(spoke.id, old, to.name),), asks=ask) if waits else kept
    question = other.approval.question
    is_asked = other.is_understood and question is not None and question.ask == ask
    stale = {State.AWAITING_APPROVAL, State.REFUSED} if said.granted else {State.AWAITING_APPROVAL}
    kept = replace(kept, unheard=is_asked and other.state in stale)
    if said.granted:
        return kept
    no = f"{said.who} has refused that it goes to hub {to.name!r}: {said.reason or 'no reason was given'}"
    return replace(kept, notes=(no,), asks=ask)


def has_a_say(row: Record, old: HubPolicy | None) -> bool:
    """Whether a move of its network away from the hub is a thing that the hub's people are asked about."""
    return old is not None and old.moves is Moves.ASK and row.is_standing


def let_in(row: Record) -> Record:
    """Its pair was let in, with all that the network has; that it wanted to leave is over."""
    return replace(row, approval=replace(row.approval, let_in=row.found.prefixes, leave=None))


def left(row: Record) -> Record:
    """It is gone from the hub. Who was let in by a person is let in again, as long as it is the same network."""
    return replace(row, approval=Approval(ruling=row.approval.ruling))
