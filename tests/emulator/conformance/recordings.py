"""Recordings of real Azure traffic, read into one form and put into the order in which they happened.

They are not part of this repository (they belong to others): the tests read them from `../shared/recordings`. What they
say of statuses, headers and states is kept here in our own words: steps/, made by tables.py.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import yaml

from tests import shared

FOLDER = shared.folder("recordings")
_HOST = "https://management.azure.com"


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and its answer. `number` is its place in the file, which is not always its place in time.

    `all_headers` is False where the recorder has removed headers (azure-cli: Retry-After, ids, reads).
    """

    recording: str
    number: int
    method: str
    url: str
    body: str
    status: int
    headers: dict[str, str]
    answer: str
    all_headers: bool

    @property
    def name(self) -> str:
        return f"{self.recording}[{self.number}]"

    @property
    def path(self) -> str:
        return self.url.partition("?")[0]

    def json(self) -> Any:  # noqa: ANN401  JSON of any kind
        return json.loads(self.answer) if self.answer.strip() else None


def recordings() -> list[Path]:
    """The files to replay. Raises with a sentence for people when they are not there."""
    found = sorted([*FOLDER.glob("*.yaml"), *FOLDER.glob("*.json"), *FOLDER.glob("TRANSCRIBED__resourcegraph*.md")])
    if not found:
        raise FileNotFoundError(
            f"There are no recordings in {FOLDER}. They are real Azure traffic from public repositories, listed in "
            "SOURCES.txt there; put that folder beside this repository and run the tests again."
        )
    return found


def read(path: Path) -> list[Exchange]:
    """All exchanges of a file, in the order in which they happened."""
    match path.suffix:
        case ".yaml":
            return list(_from_cli(path))
        case ".json":
            return sorted(_from_net(path), key=_moment)
        case _:
            return list(_from_transcription(path))


def _from_cli(path: Path) -> Iterator[Exchange]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for number, each in enumerate(content["interactions"]):
        request, response = each["request"], each["response"]
        yield Exchange(
            recording=path.name,
            number=number,
            method=request["method"],
            url=request["uri"].removeprefix(_HOST),
            body=_plain_text(request["body"]),
            status=response["status"]["code"],
            headers={name.lower(): values[0] for name, values in response["headers"].items()},
            answer=_plain_text(response["body"].get("string")),
            all_headers=False,
        )


def _plain_text(body: str | bytes | None) -> str:
    """The recorder of 2018 stored bodies as the repr of bytes, even twice over."""
    text = body.decode() if isinstance(body, bytes) else body or ""
    while text.startswith(("b'", 'b"')):
        text = ast.literal_eval(text).decode()
    return text


def _from_net(path: Path) -> Iterator[Exchange]:
    content = json.loads(path.read_text(encoding="utf-8-sig"))
    for number, each in enumerate(content["Entries"]):
        yield Exchange(
            recording=path.name,
            number=number,
            method=each["RequestMethod"],
            url=each["RequestUri"],
            body=each["RequestBody"] or "",
            status=each["StatusCode"],
            headers={name.lower(): values[0] for name, values in each["ResponseHeaders"].items()},
            answer=each["ResponseBody"] or "",
            all_headers=True,
        )


def _moment(exchange: Exchange) -> tuple[float, int, int]:
    """When it happened: this recorder groups exchanges by URL, so only the Date header tells.

    Within one second polls came before the reads that show their effect, and writes after both.
    """
    reads = exchange.method == "GET"
    rank = 2 - reads - (reads and "/operations/" in exchange.path.lower())
    return parsedate_to_datetime(exchange.headers["date"]).timestamp(), rank, exchange.number


_TRANSCRIBED = re.compile(
    r"^POST (?P<url>https://\S+)\n(?P<body>\{.*\})\n-> (?P<status>\d+) .*\n(?P<answer>\{.*\})$", re.MULTILINE
)
_TRANSCRIBED_QUERY = re.compile(
    r": query \"(?P<query>[^\"]+)\", options (?P<options>\{.*\})\n-> (?P<status>\d+) .*\n(?P<answer>\{.*\})$",
    re.MULTILINE,
)


_MASKED = "00000000-0000-0000-0000-000000000000"


def _from_transcription(path: Path) -> Iterator[Exchange]:
    """Two Resource Graph queries typed out by hand, the second without its URL and subscriptions.

    The recorder masked the subscriptions in the answer and not in the request; here they are in both.
    """
    text = path.read_text(encoding="utf-8")
    first, second = _TRANSCRIBED.search(text), _TRANSCRIBED_QUERY.search(text)
    if first is None or second is None:
        raise ValueError(f"{path} no longer has the two queries that the tests expect in it.")
    url = first["url"].removeprefix(_HOST)
    asked = json.dumps({**json.loads(first["body"]), "subscriptions": [_MASKED]})
    yield Exchange(
        recording=path.name,
        number=0,
        method="POST",
        url=url,
        body=asked,
        status=int(first["status"]),
        headers={},
        answer=first["answer"],
        all_headers=False,
    )
    body = json.dumps({"query": second["query"], "options": json.loads(second["options"])})
    yield Exchange(
        recording=path.name,
        number=1,
        method="POST",
        url=url,
        body=body,
        status=int(second["status"]),
        headers={},
        answer=second["answer"],
        all_headers=False,
    )
