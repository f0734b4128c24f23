"""Whose load it was: what a child of ours computes is ours, and it keeps counting when the child has ended."""

import os
import subprocess
import sys

from bench.load import Load, Meter
from bench.processes import cpu_of_tree, memory

_COMPUTE = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass"


def test_what_a_child_computed_is_ours() -> None:
    meter, before = Meter.start(), cpu_of_tree(os.getpid())
    subprocess.run([sys.executable, "-c", _COMPUTE], check=True)
    assert cpu_of_tree(os.getpid()) - before >= 0.3 * os.sysconf("SC_CLK_TCK") - 1
    load = meter.read()
    assert load.ours > 0
    assert 0 <= load.others <= 1


def test_only_a_busy_neighbour_disturbs() -> None:
    assert Load(seconds=10, ours=0.9, others=0.1).disturbance is None
    found = Load(seconds=10, ours=0.1, others=0.5).disturbance
    assert found
    assert found.factor == 2


def test_the_memory_of_a_process_holds_that_of_its_children() -> None:
    alone = memory([os.getpid()])
    code = "import sys; held = bytearray(50_000_000); print(flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        assert memory([os.getpid()]) > alone + 50
        child.communicate()
