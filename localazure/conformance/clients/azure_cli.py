"""The Azure CLI: the rows of `stories`, one command each."""

from __future__ import annotations

import json
import shlex
import time
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from localazure.client.azure_cli import environment, write_config
from localazure.client.ready import Ready
from localazure.conformance.clients.client import Client, said
from localazure.conformance.installation import FOLDER, python_packages
from localazure.conformance.outcomes import Outcome, difference

type Json = dict[str, Any]

STORIES = Path(__file__).parents[1] / "stories"
_ORDER = ("peering", "sync", "encryption", "subnets", "everyday", "app", "access", "routes")


def calls() -> list[Json]:
    """Every row, in the order in which the stories follow each other."""
    found: list[Json] = []
    for name in _ORDER:
        found += tomllib.loads((STORIES / f"{name}.toml").read_text("utf-8"))["call"]
    return found


class AzureCli(Client):
    """`az` with a configuration folder of its own (docs/facts/clients.md, Azure CLI without a login)."""

    name, version = "az", "2.91.0"

    def __init__(self) -> None:
        self._environment: dict[str, str] = {}
        self._words: Mapping[str, str] = {}

    def install(self) -> None:
        python_packages("azure-cli", f"azure-cli=={self.version}")

    async def outcomes(self, ready: Ready, file: Path) -> list[Outcome]:
        folder = file.parent / "azure-cli"
        write_config(folder, ready)
        self._environment = environment(folder, ready)
        group = f"/subscriptions/{ready.subscription}/resourceGroups/conf-az"
        self._words = {"{subscription}": ready.subscription, "{group}": group, "{client}": ready.clientId}
        return [await self._outcome(self._worded(call)) for call in calls()]

    def _worded(self, call: Json) -> Json:
        """With this run's own subscription, group and application."""
        text = json.dumps(call)
        for word, meaning in self._words.items():
            text = text.replace(word, meaning)
        return dict(json.loads(text))

    async def _outcome(self, call: Json) -> Outcome:
        end = time.monotonic() + call.get("within", 0)
        while True:
            wrong = await self._wrong(call)
            if not wrong or time.monotonic() >= end:
                return Outcome(self.name, call["operation"], wrong, f"az {call['az']}")

    async def _wrong(self, call: Json) -> str:
        az = FOLDER / "azure-cli" / "venv" / "bin" / "az"
        status, output, errors = await said([str(az), *shlex.split(call["az"]), "-o", "json"], self._environment)
        if "refused" in call:
            expected = status != 0 and call["refused"] in errors
            return "" if expected else f"not refused with {call['refused']}: {(errors or output).strip()[-300:]}"
        if status:
            return f"ended with {status}: {errors.strip()[-300:]}"
        return difference(call["gives"], json.loads(output or "null")) if "gives" in call else ""
