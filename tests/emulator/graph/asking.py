"""Asking Resource Graph over the wire."""

from __future__ import annotations

from typing import Any

from tests.emulator.arm import Answer, Arm
from tests.emulator.sdk import vnet

type Json = dict[str, Any]

NETWORKS = "Resources | where type =~ 'microsoft.network/virtualnetworks'"
OTHER = "33333333-3333-4333-8333-333333333333"


async def query(arm: Arm, text: str, version: str = "2022-10-01", **body: Any) -> Answer:  # noqa: ANN401  JSON of any kind
    url = f"/providers/Microsoft.ResourceGraph/resources?api-version={version}"
    return await arm.ask("POST", url, {"query": text, **body})


async def rows(arm: Arm, text: str) -> list[Json]:
    answer = await query(arm, text)
    assert answer.status == 200, answer.body
    return list(answer.body["data"])


async def names(arm: Arm, text: str) -> list[str]:
    return [row["name"] for row in await rows(arm, f"{text} | project name | order by name asc")]


def tagged(name: str, prefix: str, tags: dict[str, str]) -> Json:
    network = vnet(name, prefix)
    return {**network, "body": {**network["body"], "tags": tags}}
