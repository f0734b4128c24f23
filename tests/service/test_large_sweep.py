"""A sweep of 10,000 networks on 40 hubs, in a process that is loaded as the app's is."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.long
@pytest.mark.parametrize(("share", "drifted"), [("none", 0), ("some", 100)])
def test_it_asks_about_exactly_those_that_drifted_and_reads_no_more_than_it_must(share: str, drifted: int) -> None:
    command = [sys.executable, "-m", "bench.sweep_process", share]
    made: dict[str, Any] = json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)
    assert (made["complete"], made["pages"], made["reads"]) == (True, 10, 40)
    assert (made["drifted"], made["asked"], made["wrong"]) == (drifted, drifted, 0)
    assert made["peak"] < 150
