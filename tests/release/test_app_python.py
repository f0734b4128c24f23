"""`up --app-python`: which interpreter runs the host, and what of our own environment it sees."""

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from localazure.up.host_path import host_path
from localazure.up.options import Interpreter, Options, OptionsError, add_arguments, options


def parsed(*arguments: str) -> Options:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return options(parser.parse_args(arguments))


def test_without_the_option_it_is_our_own_interpreter() -> None:
    assert parsed().interpreter == Interpreter(sys.executable)


def test_an_interpreter_keeps_the_name_it_was_asked_for_by(tmp_path: Path) -> None:
    """A virtual environment is known by the link to its interpreter: resolved, it would be another Python."""
    link = tmp_path / "python"
    link.symlink_to(sys.executable)
    assert parsed("--app-python", str(link)).interpreter == Interpreter(str(link), isolated=True)


def test_a_program_that_is_not_there_is_refused() -> None:
    with pytest.raises(OptionsError, match="--app-python no-such-python: there is no such program"):
        _ = parsed("--app-python", "no-such-python").interpreter


@pytest.mark.parametrize(
    ("module", "status"), [("localazure.host.routes", 0), ("croniter", 0), ("peering", 1), ("pytest", 1)]
)
def test_the_path_has_the_host_and_nothing_of_the_app_or_ours(tmp_path: Path, module: str, status: int) -> None:
    folder = host_path(tmp_path / "path")
    assert host_path(folder) == folder  # a host that is started again finds it as it was
    command = [sys.executable, "-S", "-P", "-c", f"import {module}"]
    done = subprocess.run(command, env={"PYTHONPATH": str(folder)}, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == status, done.stderr
