"""Runs every client, prints what each made of each operation, and fails if any differs; `--write` keeps the table.

`azure` asks the real Azure instead, what the emulator assumes of it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from localazure.client.arm import ArmClient
from localazure.client.ready import Ready
from localazure.client.stage import StageError, stage
from localazure.conformance.ask_azure import command as ask_azure
from localazure.conformance.clients import ALL
from localazure.conformance.clients.client import Client
from localazure.conformance.installation import InstallationFailed
from localazure.conformance.outcomes import Outcome
from localazure.conformance.table import differences, table

_PAGE = Path(__file__).parents[2] / "docs" / "local-azure.md"
_BEGIN, _END = "<!-- conformance: begin -->", "<!-- conformance: end -->"


def main() -> int:
    arguments = _arguments()
    if arguments.command == "azure":
        return ask_azure.run(arguments)
    clients = [client for client in ALL if arguments.client in {None, client.name}]
    outcomes = asyncio.run(_run(clients))
    text = table(outcomes, clients, datetime.now(UTC).date())
    sys.stdout.write(f"\n{text}\n")
    if arguments.write:
        before, _, rest = _PAGE.read_text("utf-8").partition(_BEGIN)
        _PAGE.write_text(f"{before}{_BEGIN}\n{text}{_END}{rest.partition(_END)[2]}", "utf-8")
    wrong = differences(outcomes)
    sys.stdout.write("".join(f"* {each}\n" for each in wrong))
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m localazure.conformance", description=__doc__)
    parser.add_argument("--client", choices=[client.name for client in ALL], help="only this one")
    parser.add_argument("--write", action="store_true", help="replace the table in docs/local-azure.md")
    commands = parser.add_subparsers(dest="command", metavar="azure")
    ask_azure.add_arguments(commands.add_parser("azure", help="ask the real Azure instead; see docs/local-azure.md"))
    return parser.parse_args()


async def _run(clients: Sequence[Client]) -> list[Outcome]:
    """All on one local Azure, one after another, each in a resource group of its own."""
    outcomes: list[Outcome] = []
    async with stage("--scenario", "before-the-hub", "--latency", "none") as ready:
        await _make_groups(ready, clients)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "ready.json"
            file.write_text(json.dumps(asdict(ready)), "utf-8")
            for client in clients:
                outcomes += await _outcomes_of(client, ready, file)
    return outcomes


async def _outcomes_of(client: Client, ready: Ready, file: Path) -> list[Outcome]:
    started = time.monotonic()
    try:
        await asyncio.to_thread(client.install)
    except InstallationFailed as error:
        return [Outcome(client.name, "installation", str(error))]
    installed = time.monotonic()
    found = await client.outcomes(ready, file)
    wrong = sum(1 for each in found if each.difference)
    seconds = f"{installed - started:.0f} s to install, {time.monotonic() - installed:.0f} s to run"
    sys.stdout.write(
        f"{client.name} {client.version}: {len(found) - wrong} of {len(found)} as they must be; {seconds}\n"
    )
    sys.stdout.flush()
    return found


async def _make_groups(ready: Ready, clients: Sequence[Client]) -> None:
    async with ArmClient(ready) as arm:
        for group in filter(None, (client.group for client in clients)):
            await arm.put_group(f"/subscriptions/{ready.subscription}/resourceGroups/{group}", "westeurope")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StageError as error:
        sys.exit(f"Conformance failed: {error}")
