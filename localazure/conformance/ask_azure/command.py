"""`python -m localazure.conformance azure`: the arguments, the yes, the signals, and the files it leaves."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx

from localazure.conformance.ask_azure import guard
from localazure.conformance.ask_azure.ground import Ground
from localazure.conformance.ask_azure.login import Login, by_azure_cli, by_ready_file, personal
from localazure.conformance.ask_azure.question import Answer, Unasked, Verdict
from localazure.conformance.ask_azure.recording import Recording
from localazure.conformance.ask_azure.report import advice, report, settings
from localazure.conformance.ask_azure.rest import Clock, Rest
from localazure.conformance.ask_azure.stories import STORIES
from localazure.conformance.ask_azure.trial import Left, Trial

_OUT = Path(__file__).parents[3] / ".local" / "ask-azure"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--subscription", required=True, help="id of the subscription")
    parser.add_argument("--group", required=True, help="name of an empty resource group, autopeer-trial-…")
    parser.add_argument("--yes", action="store_true", help="do not ask before it begins")
    parser.add_argument("--out", type=Path, default=_OUT, help="folder for the recording and the settings")
    parser.add_argument(
        "--local", type=Path, metavar="READY_FILE", help="ask a local Azure that runs, not the real one"
    )


def run(arguments: argparse.Namespace) -> int:
    """0: all as assumed, or not tried. 1: something is other. 2: it did not begin. 3: cut off, or something is left."""
    try:
        guard.check_names(arguments.subscription, arguments.group)
        login = by_ready_file(arguments.local) if arguments.local else by_azure_cli(arguments.subscription)
        command = _Command(arguments, login)
        location = asyncio.run(command.check())
        command.ask_for_a_yes()
        return asyncio.run(command.run(location))
    except (guard.Refused, Unasked) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:  # before it began; from then on a signal ends the questions
        sys.stderr.write("Nothing was made.\n")
        return 2
    except Left as error:
        sys.stderr.write(f"{error}\n")
        return 3


class _Command:
    """One run of the command. Its parts have a loop each, so that Ctrl-C is heard while it waits for the yes."""

    def __init__(self, arguments: argparse.Namespace, login: Login) -> None:
        self._arguments = arguments
        self._login = login
        self._group = f"/subscriptions/{arguments.subscription}/resourceGroups/{arguments.group}"
        self._recording = Recording(login.arm, arguments.subscription, arguments.group)

    async def check(self) -> str:
        """The group's location. Raises Refused."""
        self._recording.hidden += personal(await self._login.token())
        async with self._login.client() as http:
            return await guard.check_empty(self._rest(http), self._group)

    def ask_for_a_yes(self) -> None:
        """Raises Refused."""
        subscription, group = self._arguments.subscription, self._arguments.group
        _say(guard.announcement(subscription, group, self._login.arm))
        if self._arguments.yes:
            return
        with suppress(EOFError, KeyboardInterrupt):
            if input("Begin? (yes) ").strip().lower() == "yes":
                return
        raise guard.Refused("Nothing was made. It begins with the word yes, or with --yes.")

    async def run(self, location: str) -> int:
        """Raises Left, when all is told and kept."""
        async with self._login.client() as http:
            trial = Trial(Ground(self._rest(http), self._group, location), STORIES, _say)
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, trial.stop)
            try:
                whole = await trial.run()
            finally:
                self._keep(trial.answers())
        other = any(each.verdict is Verdict.OTHER for each in trial.answers())
        return int(other) if whole else 3

    def _rest(self, http: httpx.AsyncClient) -> Rest:
        return Rest(http, self._login.token, self._recording.note, Clock())

    def _keep(self, answers: list[Answer]) -> None:
        """Print what was found, and write the recording and the settings."""
        found, folder = settings(answers), self._arguments.out
        folder.mkdir(parents=True, exist_ok=True)
        recording, emulator = folder / f"azure-{datetime.now(UTC):%Y-%m-%d-%H%M}.yaml", folder / "emulator.json"
        recording.write_text(self._recording.text(), "utf-8")
        emulator.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
        _say(f"\n{report(answers)}\n{advice(found)}\nKept: {recording} and {emulator}. Look before you pass it on.")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
