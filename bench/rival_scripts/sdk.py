"""Microsoft's SDK in a loop, or in a pool: `python sdk.py READY_FILE GROUP HUB WORKERS SPOKE…`, names in one group.

Each pair is made as samples show it: the hub's half, then the spoke's, each waited for. Prints a line of JSON.
"""

import json
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from azure.core.exceptions import AzureError
from azure.identity import ClientSecretCredential
from azure.mgmt.network import NetworkManagementClient


def client(ready: dict[str, Any]) -> NetworkManagementClient:
    credential = ClientSecretCredential(
        ready["tenant"], ready["clientId"], "any", authority=ready["authority"], disable_instance_discovery=True
    )
    return NetworkManagementClient(
        credential,
        ready["subscription"],
        base_url=ready["arm"],
        credential_scopes=[f"{ready['arm']}/.default"],
        connection_verify=ready["ca"],
    )


def main() -> None:
    ready = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    group, hub, workers, spokes = sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5:]
    halves = client(ready).virtual_network_peerings
    networks = (
        f"/subscriptions/{ready['subscription']}/resourceGroups/{group}/providers/Microsoft.Network/virtualNetworks"
    )

    def pair(spoke: str) -> str:
        """What became of it: nothing to say, or the code that it failed with."""
        try:
            for local, remote in ((hub, spoke), (spoke, hub)):
                body: Any = {"properties": {"remoteVirtualNetwork": {"id": f"{networks}/{remote}"}}}
                halves.begin_create_or_update(group, local, f"to-{remote}", body).result()
        except AzureError as error:
            code = getattr(getattr(error, "error", None), "code", None)
            return str(code or type(error).__name__)
        return ""

    began = time.monotonic()
    with ThreadPoolExecutor(workers) as pool:
        ends = Counter(pool.map(pair, spokes))
    took = time.monotonic() - began
    made = ends.pop("", 0)
    sys.stdout.write(json.dumps({"seconds": took, "made": made, "failed": dict(ends)}) + "\n")


if __name__ == "__main__":
    main()
