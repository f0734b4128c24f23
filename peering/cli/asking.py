"""What every command that asks the app has in common: its options, its app, and how its answer is printed."""

import functools
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Group

from peering.cli.app import App
from peering.cli.clock import REAL, Clock
from peering.cli.failures import Misused
from peering.cli.tables import Answer, console
from peering.cli.target import Wish, find
from peering.cli.tools import Tools

JSON, TABLE = "json", "table"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command runs: the app's own folder, and the way to Azure by the caller's own login."""

    root: Path
    tools: Tools | None
    clock: Clock = REAL

    @property
    def azure(self) -> Tools:
        if self.tools is None:
            raise Misused("This command asks Azure itself, and there is no way to it here.")
        return self.tools

    def token(self, audience: str) -> str:
        """What Entra gives whoever is logged in, for an app of this audience."""
        return self.azure.token(audience)


output = click.option(
    "--output",
    "-o",
    type=click.Choice([TABLE, JSON]),
    default=TABLE,
    envvar="AUTOPEER_OUTPUT",
    show_default=True,
    help="For people, or for programs: the app's own JSON.",
)
_CONNECTION = (
    click.option("--app", metavar="URL", envvar="AUTOPEER_APP", help="The app's address.  [env: AUTOPEER_APP]"),
    click.option("--key", metavar="KEY", envvar="AUTOPEER_KEY", help="A function key.  [env: AUTOPEER_KEY]"),
    click.option(
        "--audience",
        metavar="ID",
        envvar="AUTOPEER_AUDIENCE",
        help="Sign in by Entra, for the app of this audience.  [env: AUTOPEER_AUDIENCE]",
    ),
    click.option("--local", is_flag=True, help="The local Azure that runs, whatever the variables say."),
    output,
)


def connection[**P, T](command: Callable[P, T]) -> Callable[P, T]:
    """The options of a command that asks the app."""
    for option in reversed(_CONNECTION):
        command = option(command)
    return command


def asks(command: Callable[..., Answer]) -> Callable[..., int]:
    """A command that asks the app: it is given the app first, then what its own options say."""

    @connection
    @click.pass_obj
    @functools.wraps(command)
    def run(place: Place, /, **given: Any) -> int:  # noqa: ANN401 - whatever the options are
        return ask(place, command, given)

    return run


def ask(place: Place, command: Callable[..., Answer], given: dict[str, Any]) -> int:
    """Find the app that the options mean, have the command ask it, and print what it says."""
    wish = Wish(**{name: given.pop(name) for name in ("app", "key", "audience", "local")})
    output = given.pop("output")
    target = find(wish, [Path.cwd(), place.root], place.token)
    with App(target, place.clock) as app:
        return show(command(app, **given), output)


def show(answer: Answer, output: str) -> int:
    """Print it, and return its exit status."""
    if output == JSON:
        sys.stdout.write(f"{json.dumps(answer.document, indent=2, ensure_ascii=False)}\n")
    else:
        console().print(Group(answer.view), crop=False)
    return answer.status


def tell(text: str) -> None:
    """A line of progress, on stderr: what is printed stays clean."""
    console(sys.stderr).print(text, crop=False)
