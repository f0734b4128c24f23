"""Run a command as a person would, in this process, against an app of a test's, and keep what it said."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from peering.cli.clock import Clock
from peering.cli.commands import main
from peering.cli.tools import Tools
from tests.builders import NOON
from tests.cli.fake_app import FakeApp

NOWHERE = Path(__file__).parent  # a folder without a ready file and without a catalogue
KEY = "the-key"


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str


class Jumping:
    """A clock that stands still, but while somebody sleeps."""

    def __init__(self, now: datetime = NOON + timedelta(hours=3)) -> None:
        self._now = now

    def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self._now, self.sleep)


def run(
    *arguments: str, app: FakeApp | None = None, tools: Tools | None = None, root: Path = NOWHERE, **environment: str
) -> Ran:
    """`app` is named by the variables, as in a shell; nothing else of this machine's environment counts."""
    given = {"AUTOPEER_APP": app.url, "AUTOPEER_KEY": KEY} if app else {}
    out, err = io.StringIO(), io.StringIO()
    with _environment({"COLUMNS": "500", **given, **environment}), redirect_stdout(out), redirect_stderr(err):
        status = main(root, arguments, tools, clock=Jumping().clock)
    return Ran(status, out.getvalue(), err.getvalue())


@contextmanager
def _environment(given: dict[str, str]) -> Iterator[None]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AUTOPEER_")}
    with patch.dict(os.environ, {**kept, **given}, clear=True):
        yield
