"""What is wrong in a file or a setting. By itself, because an event needs the settings and nothing of the catalogue."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a configuration: the key it stands at, and a sentence."""

    key: str
    reason: str
