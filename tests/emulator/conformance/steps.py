"""A recording in our own words, a step on each line: what was sent; of the answer status, headers, states and code."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

type Json = dict[str, Any]

FOLDER = Path(__file__).with_name("steps")
_STATES = ("provisioningState", "peeringState", "peeringSyncLevel", "status")
_POLLED_AT = ("azure-asyncoperation", "location")


@dataclass(frozen=True)
class Step:
    """`headers`: the operation that each poll address leads to, and Retry-After.

    A step without `status` is out of scope: it is sent, and its answer is not looked at.
    """

    method: str
    url: str
    body: Json | None
    status: int | None
    headers: dict[str, str]
    states: dict[str, str]

    @property
    def path(self) -> str:
        return self.url.partition("?")[0]

    @property
    def says_done(self) -> bool:
        if self.method != "GET":
            return False
        polled = self.path.lower()
        done = "/operations/" in polled and self.states.get("status") == "Succeeded"
        return done or ("/operationresults/" in polled and self.status in {200, 204})


@dataclass(frozen=True)
class Table:
    """`given`: groups and vaults that were there before. `retry_after`: whether the recorder kept that header."""

    given: list[Json]
    retry_after: bool
    steps: list[Step]

    def text(self) -> str:
        first = {"retry_after": self.retry_after, "given": self.given}
        lines = [first, *({key: each for key, each in vars(step).items() if each} for step in self.steps)]
        return "".join(f"{json.dumps(line)}\n" for line in lines)

    @classmethod
    def read(cls, path: Path) -> Table:
        first, *rest = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        empty: Json = {"body": None, "status": None, "headers": {}, "states": {}}
        return cls(first["given"], first["retry_after"], [Step(**(empty | line)) for line in rest])


def polled(headers: dict[str, str]) -> dict[str, str]:
    """Each header that says where to poll, and the operation at the end of that address."""
    return {
        name: headers[name].partition("?")[0].rstrip("/").rpartition("/")[2] for name in _POLLED_AT if name in headers
    }


def states(answer: Any, name_of: Callable[[str], str | None]) -> dict[str, str]:  # noqa: ANN401  JSON of any kind
    """States by the names of who has them: `peeringState`, `subnet-1.provisioningState`; an error's code as `code`.

    `name_of` says what to call the resource of an id; a resource that it does not know is left out.
    """
    return dict(_states(answer, "", name_of))


def _states(value: Any, where: str, name_of: Callable[[str], str | None]) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    if isinstance(value, list):
        for each in value:
            name = name_of(each["id"]) if isinstance(each, dict) and "id" in each else None
            yield from _states(each, f"{where}{name}.", name_of) if name else ()
    elif isinstance(value, dict):
        for key, each in value.items():
            if key in _STATES and isinstance(each, str):
                yield f"{where}{key}", each
            elif key == "error":
                yield f"{where}code", each["code"]
            else:
                yield from _states(each, where, name_of)
