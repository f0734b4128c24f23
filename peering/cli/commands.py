"""The command line: which commands there are, how they are grouped, and what each failure ends with."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from peering.cli.approvals import approve, refuse
from peering.cli.asking import Place
from peering.cli.catalogue import catalogue
from peering.cli.clock import REAL, Clock
from peering.cli.doctor import doctor
from peering.cli.estate import export_, import__, recover_
from peering.cli.failures import Exit, Failure
from peering.cli.hubs import free, held, hubs, release
from peering.cli.pauses import pause, resume
from peering.cli.planning import plan
from peering.cli.records import list_, show_
from peering.cli.requests import leave, request, retry
from peering.cli.sweeps import sweep
from peering.cli.tools import Tools, Trouble
from peering.cli.why import why
from peering.version import VERSION

NAME = "autopeer"
_GROUPS: dict[str, tuple[click.Command, ...]] = {
    "Look": (hubs, list_, show_, why, plan, free, held),
    "Ask": (request, leave, retry, sweep),
    "Decide": (approve, refuse, release, pause, resume),
    "Operate": (doctor, catalogue, recover_, export_, import__),
}
_EPILOG = """\b
Exit status: 0 done; 1 refused, failed, or something found; 2 not understood, or nothing could
be tried; 3 the app is not reached; 4 not allowed; 5 not over yet.

\b
Which app: --app and --key, or AUTOPEER_APP and AUTOPEER_KEY (by Entra: AUTOPEER_AUDIENCE).
A local Azure that runs is found."""


class Commands(click.Group):
    """All commands, in the groups in which one looks for them."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        room = formatter.width - 6 - max(map(len, self.commands))
        for title, members in _GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(each.name or "", each.get_short_help_str(room)) for each in members])

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as above
        return [str(each.name) for each in _each()]


def _each() -> Iterator[click.Command]:
    yield from (each for members in _GROUPS.values() for each in members)


@click.group(
    cls=Commands,
    commands=list(_each()),
    no_args_is_help=True,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(VERSION, message="Autopeer %(version)s")
def autopeer() -> None:
    """Autopeer, from the command line: ask the app, or Azure itself."""


def main(
    root: Path,
    arguments: Sequence[str] | None = None,
    tools: Tools | None = None,
    name: str = NAME,
    clock: Clock = REAL,
) -> int:
    """Run one command, and return its exit status; `root` is the app's folder.

    Without tools there are only commands that need no Azure. `name` is what the command line is called by.
    """
    try:
        status = autopeer.main(arguments, prog_name=name, standalone_mode=False, obj=Place(root, tools, clock))
    except click.ClickException as error:  # help that nobody asked for, too
        error.show()
        return Exit.USAGE
    except click.Abort:
        sys.stderr.write("Interrupted. What was asked for goes on without you.\n")
        return Exit.WAITING
    except (Failure, Trouble) as failure:
        sys.stderr.write(f"{failure}\n")
        return failure.status if isinstance(failure, Failure) else Exit.USAGE
    return status if isinstance(status, int) else Exit.DONE
