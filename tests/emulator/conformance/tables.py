"""Makes the tables in steps/ from the recordings: `python -m tests.emulator.conformance.tables`.

To be run when out_of_scope.toml or the recordings have changed; a test says so. No recording is copied: names become
ours, bodies lose what the client only handed back, and of an answer only status, headers, states and code are kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from localazure.emulator.access.scopes import tidy
from tests.emulator.conformance import given
from tests.emulator.conformance.neutral import Neutral
from tests.emulator.conformance.recordings import Exchange, read, recordings
from tests.emulator.conformance.scope import out_of_scope
from tests.emulator.conformance.steps import FOLDER, Json, Step, Table, polled, states


def tables() -> dict[str, str]:
    """The name and text of each table. A recording of which nothing is in scope has none."""
    listed = out_of_scope()
    made = {f"{path.stem}.jsonl": table(read(path), listed) for path in recordings()}
    return {name: each.text() for name, each in made.items() if any(step.status for step in each.steps)}


def table(exchanges: list[Exchange], listed: Mapping[str, str]) -> Table:
    names = Neutral()
    ours = [each for each in exchanges if each.url.startswith("/")]
    seeds = [_seed(each, names) for each in given.resources(ours) if _is_plain(str(each["id"]))]
    seeds += [_network(each, names) for each in given.networks_below(ours)]
    sent = [_sent(each, names) for each in ours]  # all of them first: names are known once they have been asked about
    left_out = {*listed, *given.appearing(ours), *(each.name for each in ours if "AuthorizationFailed" in each.answer)}
    steps = [_step(each, request, names, each.name not in left_out) for each, request in zip(ours, sent, strict=True)]
    return Table(seeds, ours[0].all_headers, steps)


def _is_plain(identifier: str) -> bool:
    """A group, a vault, a lock in the way: networks of others and rows of the graph are strangers', and stay out."""
    return "/providers/" not in identifier or "/vaults/" in identifier or identifier.endswith("/locks/given")


def _seed(resource: Json, names: Neutral) -> Json:
    location = (resource.get("body") or {}).get("location")
    return {"id": names.path(resource["id"]), **({"body": {"location": location}} if location else {})}


def _network(resource: Json, names: Neutral) -> Json:
    return {"id": names.path(resource["id"]), "body": names.body(resource["body"], "virtualNetworks")}


def _sent(exchange: Exchange, names: Neutral) -> tuple[str, Json | None]:
    path, mark, query = exchange.url.partition("?")
    url = names.url(tidy(unquote(path)) + mark + query)
    for identifier in polled(exchange.headers).values():
        names.name("operations", identifier)
    kind = unquote(exchange.path).rstrip("/").split("/")[-2]
    return url, names.body(json.loads(exchange.body), kind) if exchange.body.strip() else None


def _step(exchange: Exchange, sent: tuple[str, Json | None], names: Neutral, in_scope: bool) -> Step:
    url, body = sent
    headers = {name: names.name("operations", each) for name, each in polled(exchange.headers).items()}
    if not in_scope:
        return Step(exchange.method, url, body, None, headers, {})  # what it starts may be polled by those that are
    if exchange.all_headers and "retry-after" in exchange.headers:
        headers["retry-after"] = exchange.headers["retry-after"]
    found = states(exchange.json(), lambda identifier: _last(identifier, names))
    return Step(exchange.method, url, body, exchange.status, headers, found)


def _last(identifier: str, names: Neutral) -> str | None:
    *_, kind, name = urlsplit(identifier).path.split("/")
    return names.known(kind, name)


def main(folder: Path = FOLDER) -> None:
    folder.mkdir(exist_ok=True)
    made = tables()
    for old in folder.glob("*.jsonl"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
