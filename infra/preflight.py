"""What `azd up` does first: check the catalogue, so that one that cannot work is told before anything is made.

`python3 infra/preflight.py` can be run by hand at any time; with `--hubs` it prints the ids of the hub networks, one a
line, for the loop that lets the app into them (docs/deploy.md, step 4). Standard library only.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST = (3, 12)  # of the Python that runs this; the app itself runs on Azure's 3.13
HUBS = "--hubs"


def main(arguments: list[str]) -> int:
    """Exit status 0: go on; 1: there are faults, which are printed; 2: not understood, or this Python is too old."""
    if sys.version_info < OLDEST:
        sys.stderr.write(f"infra/preflight.py needs Python {OLDEST[0]}.{OLDEST[1]} or newer as python3.\n")
        return 2
    if arguments not in ([], [HUBS]):
        sys.stderr.write(f"infra/preflight.py takes nothing, or {HUBS}.\n")
        return 2
    sys.path.insert(0, str(ROOT))
    from peering.catalogue_file import lint_catalogue  # noqa: PLC0415 - as above
    from peering.core.catalogue.reader import CatalogueError  # noqa: PLC0415 - an old Python could not read it

    file = ROOT / (os.environ.get("AUTOPEER_CATALOGUE") or "hubs.toml")
    try:
        catalogue, warnings = lint_catalogue(file)
    except CatalogueError as error:
        sys.stderr.write("".join(f"{file}: {fault.key}: {fault.reason}\n" for fault in error.faults))
        return 1
    if arguments:
        ids = sorted({str(hub.vnet) for hub in catalogue.hubs.values()})
        sys.stdout.write("".join(f"{one}\n" for one in ids))
    else:
        told = "".join(f"{file}: warning: {one.key}: {one.reason}\n" for one in warnings)
        sys.stdout.write(f"{told}{file.name}: {len(catalogue.hubs)} hubs, no faults.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
