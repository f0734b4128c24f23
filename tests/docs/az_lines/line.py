"""One call of `az` that a document names."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """`words` is what follows `az`. A line to be typed is complete; one that is only mentioned names no values."""

    where: str
    words: tuple[str, ...]
    complete: bool
