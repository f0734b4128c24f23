"""Processes as Linux shows them: who is whose child, how much memory they hold, how much they have computed."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

_MB = 1e6


def _stats() -> Iterator[tuple[int, int, int]]:
    """Of each process its id, its parent's, and its ticks with those of the children that it has waited for."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError, IndexError):  # it has ended meanwhile
            fields = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            yield int(entry.name), int(fields[1]), sum(int(each) for each in fields[11:15])


def cpu_of_tree(root: int) -> int:
    """Ticks of a process and of all below it."""
    stats = list(_stats())
    tree = _tree([root], {pid: parent for pid, parent, _ in stats})
    return sum(ticks for pid, _, ticks in stats if pid in tree)


def memory(roots: Iterable[int]) -> float:
    """MB that these processes and all below them hold now."""
    tree = _tree(roots, {pid: parent for pid, parent, _ in _stats()})
    pages = 0
    for pid in tree:
        with suppress(OSError):
            pages += int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _MB


def highest_memory(roots: Iterable[int]) -> float:
    """The most MB that these processes have held, each by itself, added up."""
    highest = 0.0
    for pid in _tree(roots, {pid: parent for pid, parent, _ in _stats()}):
        with suppress(OSError):
            lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
            highest += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
    return highest / _MB


def _tree(roots: Iterable[int], parents: dict[int, int]) -> set[int]:
    found = set(roots)
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found
