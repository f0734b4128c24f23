"""`python -m peering recover`: after the tables were lost, pairs that are ours by name get their records back."""

import sys
from collections.abc import Sequence
from pathlib import Path

from peering.cli.tools import Tools, Trouble
from peering.core.network.resource_ids import InvalidResourceId, VnetId
from peering.core.record.by_name import OursByName

_CLAIM = "recover --claim <id of the network> --hub <name>"


def recover(tools: Tools, catalogue: Path | None, *, yes: bool) -> int:
    """Exit status 0: no pair is left without a record; 1: some are, and are named."""
    found = tools.ours_by_name(catalogue)
    tagged = [pair for pair in found if pair.tag is not None]
    requests = [pair for pair in found if pair.tag is None]
    if not found:
        _say("Every pair that bears our names has a record.")
    if tagged:
        _say(f"{len(tagged)} tagged networks have a pair that bears our names, and no record of it:")
        _say(*map(_tagged, tagged))
    if requests:
        _say(f"{len(requests)} networks without a tag have one too; their wish was a request, or their tag is gone.")
        _say(f"Nobody touches them. Whoever knows that one is wanted claims it: {_CLAIM}")
        _say(*(f"  {pair.spoke}  at hub {pair.hub}" for pair in requests))
    left = _take(tools, catalogue, tagged) if tagged and (yes or _is_agreed(len(tagged))) else len(tagged)
    return 1 if left or requests else 0


def claim(tools: Tools, catalogue: Path | None, network: str, hub: str) -> int:
    """Exit status 0: the pair has its record again, wished by whoever claimed it; 1: it has not, and why."""
    try:
        spoke = VnetId.parse(network.strip())
    except InvalidResourceId as error:
        raise Trouble(str(error)) from error
    done, not_done = tools.take_over(catalogue, [(hub, spoke)])
    _say(*done, *not_done)
    return 1 if not_done else 0


def _tagged(pair: OursByName) -> str:
    elsewhere = (pair.tag or "").lower() != pair.hub
    moves = f"; its tag says {pair.tag!r}, and once it has its record that is followed" if elsewhere else ""
    return f"  {pair.spoke}  at hub {pair.hub}{moves}"


def _is_agreed(number: int) -> bool:
    """Nobody at the keyboard is no yes."""
    if not sys.stdin.isatty():
        _say("Nothing was written. With --yes their records are.")
        return False
    sys.stdout.write(f"Write the records of these {number} pairs? No peering is written. [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _take(tools: Tools, catalogue: Path | None, pairs: Sequence[OursByName]) -> int:
    """How many are left."""
    done, not_done = tools.take_over(catalogue, [(pair.hub, pair.spoke) for pair in pairs])
    _say(*done, *not_done)
    return len(not_done)


def _say(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
