"""What a client made of an operation, and whether that is what must come back."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

type Json = dict[str, Any]

_OPERATIONS = Path(__file__).parent / "operations.toml"


@dataclass(frozen=True)
class Outcome:
    """One operation of one client. `difference` is empty when all was as it must be."""

    client: str
    operation: str
    difference: str
    call: str = ""


def expectations() -> dict[str, Json]:
    """What must come back of each operation that clients of all kinds do, in the words of all of them."""
    data = tomllib.loads(_OPERATIONS.read_text("utf-8"))
    return {each["name"]: each["gives"] for each in data["operation"]}


def difference(wanted: object, got: object, where: str = "") -> str:
    """Where what came back is not what was wanted; empty if nowhere. Members that nobody asked for may be there."""
    if isinstance(wanted, dict):
        if not isinstance(got, dict):
            return f"{where or 'the answer'} is {got!r}"
        found = (difference(value, got.get(name), f"{where}.{name}".lstrip(".")) for name, value in wanted.items())
        return next(filter(None, found), "")
    if isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        pairs = enumerate(zip(wanted, got, strict=True))
        return next(filter(None, (difference(mine, its, f"{where}[{n}]") for n, (mine, its) in pairs)), "")
    return "" if wanted == got else f"{where or 'the answer'} is {got!r}, not {wanted!r}"


def judged(client: str, told: Json) -> Outcome:
    """Of a line that a client's script printed. What a client cannot show it leaves out, but not everything."""
    operation = str(told.get("operation"))
    wanted = expectations().get(operation)
    if wanted is None:
        return Outcome(client, operation, "this operation is not in operations.toml")
    if "error" in told:
        return Outcome(client, operation, str(told["error"])[:300])
    got = told["got"]
    shown = {name: value for name, value in wanted.items() if name in got}
    return Outcome(client, operation, difference(shown, got) if shown else f"nothing of it was shown: {got}")
