"""What the commands need of the outside, as they see it: the composition root has it, and tests have another."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from peering.core.network.resource_ids import VnetId
from peering.core.record.by_name import OursByName
from peering.core.record.preview import Preview

TROUBLE = 2
"""Exit status of a command that could not do what it was asked for."""


class Trouble(Exception):
    """The command cannot go on; the text is for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Moved:
    """How many lines were written, and how many of a file were left out: something as new is there already."""

    written: int
    left: int = 0


class Tools(Protocol):
    """Azure by the caller's own login, and the app's storage by its settings.

    `catalogue` is a file everywhere, None for the one that the settings name. Every method raises Trouble.
    """

    def token(self, audience: str) -> str:
        """What Entra gives the caller for an app of this audience."""

    def preview(self, catalogue: Path | None, *, with_records: bool) -> Preview:
        """What would happen at each hub; nothing is written."""

    def ours_by_name(self, catalogue: Path | None) -> Sequence[OursByName]:
        """The pairs that bear our names and have no record."""

    def take_over(self, catalogue: Path | None, pairs: Sequence[tuple[str, VnetId]]) -> tuple[list[str], list[str]]:
        """Write their records, by hub and network; what was done and what was not, in sentences."""

    def export(self, file: Path) -> Moved:
        """Write what cannot be rebuilt into a file."""

    def import_(self, file: Path) -> Moved:
        """Write what such a file holds into the tables, where nothing as new is there."""
