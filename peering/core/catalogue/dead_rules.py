"""Approval rules that can never decide anything: a rule before them does, or nobody they name gets as far."""

from collections.abc import Iterator

from peering.core.catalogue.policy import ApprovalRule, Decision, HubPolicy


def dead_rules(policy: HubPolicy) -> Iterator[tuple[str, str]]:
    """Place within the hub's table, and why, of each rule that decides nothing; and of a list that holds nobody."""
    for index, rule in enumerate(policy.approval):
        if reason := _why_dead(policy, index, rule):
            yield f"approval[{index}]", reason
    if policy.approval and not any(rule.decision is Decision.HOLD for rule in policy.approval):
        yield (
            "approval",
            (
                "has no rule that holds, and who matches none is accepted: everybody is. End it with "
                '{ decision = "hold" }, or write "none".'
            ),
        )


def _why_dead(policy: HubPolicy, index: int, rule: ApprovalRule) -> str | None:
    earlier = next((place for place, other in enumerate(policy.approval[:index]) if _covers(other, rule)), None)
    if earlier is not None:
        return f"is never reached: approval[{earlier}] decides about all that it matches. Take it out, or move it up."
    if rule.subscription and not {"*", rule.subscription}.intersection(policy.subscriptions):
        return f"matches nobody: {rule.subscription} is not in subscriptions. Add it there, or take the rule out."
    if rule.region and policy.regions not in (None, ("same",)) and rule.region not in policy.regions:
        return f"matches nobody: {rule.region} is not in regions. Add it there, or take the rule out."
    return _why_space_is_dead(policy, rule)


def _why_space_is_dead(policy: HubPolicy, rule: ApprovalRule) -> str | None:
    space = rule.space
    if space is None:
        return None
    if policy.allowed_space and not any(space.overlaps(block) for block in policy.allowed_space):
        return f"matches nobody: {space} is outside of allowed_space. Correct the one or the other."
    if holder := next((block for block in policy.reserved_space if space.inside(block)), None):
        return f"matches nobody: {space} lies in reserved_space {holder}. Correct the one or the other."
    return None


def _covers(rule: ApprovalRule, other: ApprovalRule) -> bool:
    """Whether the one matches everything that the other matches."""
    return (
        rule.subscription in (None, other.subscription)
        and rule.region in (None, other.region)
        and (rule.space is None or (other.space is not None and other.space.inside(rule.space)))
    )
