"""What something that the app leans on has answered, when it was asked whether it is there."""

from dataclasses import dataclass

from peering.core.network.failures import AzureFailure


@dataclass(frozen=True, slots=True)
class Probe:
    """One answer. `detail` has codes of Azure's, and none of its words: the log has those."""

    check: str
    ok: bool
    detail: str
    milliseconds: int


def failing(failure: AzureFailure) -> str:
    """The detail of what failed; a person reads it who may not know more."""
    return f"answers {failure.status} {failure.code}" if failure.status else f"no answer ({failure.code})"
