"""Prints what this version leaves in tables and on the queue. To be run once for each release, in that release.

python -m tests.upgrade.dump > tests/upgrade/<version>/town.json

A version that is older than this folder is dumped by a checkout of it into which this folder is copied.
"""

import asyncio
import sys

from tests.upgrade.document import Json, write
from tests.upgrade.names import OURS, VERSION, Town
from tests.upgrade.story import tell
from tests.upgrade.tape import TapedQueue, TapedRecords
from tests.upgrade.world import CATALOGUE, to_arm


def dump_of(town: Town) -> Json:
    """`networks` are what is in Azure, `queue` what waits, `messages` all there ever were.

    `leases` are held until when, and `notes` what stands on them.
    """
    assert isinstance(town.records, TapedRecords)
    assert isinstance(town.queue, TapedQueue)
    return {
        "version": VERSION,
        "now": town.clock(),
        "own_principal": OURS,
        "catalogue": CATALOGUE.splitlines(),
        "leases": town.leases.until,
        "notes": town.leases.notes,
        "networks": [to_arm(network) for network in town.networks.vnets.values()],
        "tables": town.records.tape.rows(),
        "queue": [{"visible": each.due, "body": each.body} for each in town.queue.messages],
        "messages": sorted(set(town.queue.bodies)),
    }


def main() -> None:
    sys.stdout.write(write(dump_of(asyncio.run(tell()))))


if __name__ == "__main__":
    main()
