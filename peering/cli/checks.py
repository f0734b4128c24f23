"""What one check of `doctor` comes to."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How it stands: as it should be, worth a look, or broken."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `remedy` says what to do, empty where there is nothing."""

    name: str
    health: Health
    detail: str
    remedy: str = ""

    @property
    def document(self) -> dict[str, str | None]:
        return {"check": self.name, "health": self.health, "detail": self.detail, "remedy": self.remedy or None}
