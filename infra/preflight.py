"""What `azd up` does first: check catalogue and parameters, and tell azd which hubs the app is to be let into.

`python3 infra/preflight.py` can be run by hand at any time; outside azd it only checks. Standard library only.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST = (3, 12)  # of the Python that runs this; the app itself runs on Azure's 3.13
VARIABLE = "AUTOPEER_HUB_VNET_IDS"
LOST_EVENTS = """\
AUTOPEER_PRIVATE_NETWORKING: no event would arrive. Event Grid's user-assigned identity does not pass a storage
firewall, so what it delivers into the queue is lost. Do one of these (docs/deploy.md, "Private networking"):
  azd env set AUTOPEER_DELIVERY function            events go to the app's Event Grid trigger instead
  azd env set AUTOPEER_PRIVATE_NETWORKING false     the storage stays open to who has an identity with a role
"""


def main() -> int:
    """Exit status 0: go on; 1: there are faults, which are printed; 2: this Python is too old."""
    if sys.version_info < OLDEST:
        sys.stderr.write(f"infra/preflight.py needs Python {OLDEST[0]}.{OLDEST[1]} or newer as python3.\n")
        return 2
    sys.path.insert(0, str(ROOT))
    from peering.catalogue_file import load_catalogue  # noqa: PLC0415 - as above
    from peering.core.catalogue.reader import CatalogueError  # noqa: PLC0415 - an old Python could not read it

    lost = LOST_EVENTS if _events_would_be_lost() else ""
    sys.stderr.write(lost)
    file = ROOT / (os.environ.get("AUTOPEER_CATALOGUE") or "hubs.toml")
    try:
        catalogue = load_catalogue(file)
    except CatalogueError as error:
        sys.stderr.write("".join(f"{file}: {fault.key}: {fault.reason}\n" for fault in error.faults))
        return 1
    if lost:
        return 1
    granted = os.environ.get("AUTOPEER_GRANT_HUB_ACCESS", "true").lower() != "false"
    ids = ",".join(sorted({str(hub.vnet) for hub in catalogue.hubs.values()})) if granted else ""
    sys.stdout.write(f"{file.name}: {len(catalogue.hubs)} hubs, no faults. Access is granted on: {ids or 'none'}\n")
    return _tell_azd(ids)


def _events_would_be_lost() -> bool:
    """Whether the storage would be closed while events go into its queue. infra/main.bicep refuses the same."""
    private = (os.environ.get("AUTOPEER_PRIVATE_NETWORKING") or "false").lower() not in {"false", "f", "0"}
    return private and (os.environ.get("AUTOPEER_DELIVERY") or "queue") == "queue"


def _tell_azd(ids: str) -> int:
    """Azd sets AZURE_ENV_NAME for its hooks."""
    azd = shutil.which("azd")
    if not os.environ.get("AZURE_ENV_NAME") or azd is None:
        return 0
    return subprocess.run([azd, "env", "set", VARIABLE, ids], check=False).returncode  # noqa: S603 - azd, with ids


if __name__ == "__main__":
    sys.exit(main())
