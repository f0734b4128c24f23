"""Which exchanges the emulator does not answer as Azure did, each with the reason: out_of_scope.toml."""

import tomllib
from pathlib import Path

FILE = Path(__file__).with_name("out_of_scope.toml")


def out_of_scope() -> dict[str, str]:
    """The name of an exchange to the reason."""
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    reasons = dict(content["exchanges"])
    for recording, entry in content["later"].items():
        reasons |= {f"{recording}[{number}]": entry["because"] for number in entry["exchanges"]}
    return reasons
