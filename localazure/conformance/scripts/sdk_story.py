"""The Python SDK, of any age: `python sdk_story.py READY_FILE GROUP`."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from azure.core.exceptions import HttpResponseError
from azure.identity import ClientSecretCredential
from azure.mgmt.network import NetworkManagementClient

READY = json.loads(Path(sys.argv[1]).read_text("utf-8"))
GROUP = sys.argv[2]


def client() -> Any:  # noqa: ANN401  its types differ from age to age
    credential = ClientSecretCredential(
        READY["tenant"], READY["clientId"], "any", authority=READY["authority"], disable_instance_discovery=True
    )
    scopes = [f"{READY['arm']}/.default"]
    return NetworkManagementClient(
        credential,
        READY["subscription"],
        base_url=READY["arm"],
        credential_scopes=scopes,
        connection_verify=READY["ca"],
    )


def rest(model: Any) -> dict[str, Any]:  # noqa: ANN401  a model of either kind
    """A model in the words of REST, whatever the SDK's age."""
    found = model.serialize(keep_readonly=True) if hasattr(model, "serialize") else model.as_dict()
    return dict(found)


def network(*prefixes: str) -> Any:  # noqa: ANN401  REST's own JSON, which both ages take
    return {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": list(prefixes)}}}


def id_of(name: str) -> str:
    group = f"/subscriptions/{READY['subscription']}/resourceGroups/{GROUP}"
    return f"{group}/providers/Microsoft.Network/virtualNetworks/{name}"


def tell(operation: str, work: Callable[[], dict[str, Any]]) -> None:
    try:
        line: dict[str, Any] = {"operation": operation, "got": work()}
    except HttpResponseError as error:
        code = error.error.code if error.error else None
        line = {"operation": operation, "got": {"status": error.status_code, "code": code}}
    except Exception as error:  # noqa: BLE001  whatever it is, it is the finding
        line = {"operation": operation, "error": repr(error)}
    print(json.dumps(line), flush=True)  # noqa: T201  read by the one who started it


class Story:
    """Each operation once, in the order in which they make sense."""

    def __init__(self, sdk: Any) -> None:  # noqa: ANN401  as above
        self.networks, self.halves, self.subnets = sdk.virtual_networks, sdk.virtual_network_peerings, sdk.subnets

    def tell(self) -> None:
        tell("network: create", self.create)
        tell("network: read", self.read)
        tell("network: list", lambda: {"names": sorted(each.name for each in self.networks.list(GROUP))})
        tell("network: tag", self.tag)
        tell("network: not there", lambda: rest(self.networks.get(GROUP, "nobody")))
        tell("half: create the first", lambda: self.peer("hub", "spoke"))
        tell("half: create the second", lambda: self.peer("spoke", "hub"))
        tell("half: read", lambda: self.shown(self.halves.get(GROUP, "hub", "to-spoke")))
        tell("half: update", lambda: self.peer("hub", "spoke", allowForwardedTraffic=True))
        tell("half: list", lambda: {"names": self.names("hub")})
        tell("half: overlap is refused", lambda: self.peer("hub", "far"))
        tell("network: grow", self.grow)
        tell("half: sync", lambda: self.peer("hub", "spoke", sync=True, allowForwardedTraffic=True))
        tell("subnet: create", self.add_subnet)
        tell("subnet: delete", self.remove_subnet)
        tell("half: delete", self.unpeer)
        tell("network: delete", self.remove)

    def put(self, name: str, *prefixes: str) -> dict[str, Any]:
        made = self.networks.begin_create_or_update(GROUP, name, network(*prefixes)).result()
        return dict(rest(made)["properties"])

    def create(self) -> dict[str, Any]:
        self.put("spoke", "10.72.0.0/16")
        self.put("far", "10.71.128.0/17")
        made = self.put("hub", "10.71.0.0/16")
        return {"state": made["provisioningState"], "prefixes": made["addressSpace"]["addressPrefixes"]}

    def read(self) -> dict[str, Any]:
        found = rest(self.networks.get(GROUP, "hub"))
        return {"name": found["name"], "prefixes": found["properties"]["addressSpace"]["addressPrefixes"]}

    def tag(self) -> dict[str, Any]:
        tags: Any = {"tags": {"cost": "42"}}
        return {"tags": dict(self.networks.update_tags(GROUP, "hub", tags).tags)}

    def peer(self, local: str, remote: str, *, sync: bool = False, **flags: bool) -> dict[str, Any]:
        body: Any = {"properties": {"remoteVirtualNetwork": {"id": id_of(remote)}, **flags}}
        options = {"sync_remote_address_space": "true"} if sync else {}
        poller = self.halves.begin_create_or_update(GROUP, local, f"to-{remote}", body, **options)
        return self.shown(poller.result())

    @staticmethod
    def shown(half: Any) -> dict[str, Any]:  # noqa: ANN401  as above
        found = rest(half)["properties"]
        return {
            "state": found["peeringState"],
            "sync": found["peeringSyncLevel"],
            "provisioning": found["provisioningState"],
            "forwarded": found["allowForwardedTraffic"],
            "remote": found["remoteAddressSpace"]["addressPrefixes"],
        }

    def names(self, name: str) -> list[str]:
        return [each.name for each in self.halves.list(GROUP, name)]

    def grow(self) -> dict[str, Any]:
        grown = self.put("spoke", "10.72.0.0/16", "10.73.0.0/16")
        half = self.shown(self.halves.get(GROUP, "hub", "to-spoke"))
        return {"prefixes": grown["addressSpace"]["addressPrefixes"], "seen": half["sync"]}

    def add_subnet(self) -> dict[str, Any]:
        body: Any = {"properties": {"addressPrefix": "10.72.1.0/24"}}
        made = rest(self.subnets.begin_create_or_update(GROUP, "spoke", "app", body).result())["properties"]
        return {"state": made["provisioningState"], "prefix": made["addressPrefix"]}

    def remove_subnet(self) -> dict[str, Any]:
        self.subnets.begin_delete(GROUP, "spoke", "app").result()
        return {"names": [each.name for each in self.subnets.list(GROUP, "spoke")]}

    def unpeer(self) -> dict[str, Any]:
        self.halves.begin_delete(GROUP, "hub", "to-spoke").result()
        other = self.shown(self.halves.get(GROUP, "spoke", "to-hub"))
        return {"names": self.names("hub"), "other": other["state"]}

    def remove(self) -> dict[str, Any]:
        self.networks.begin_delete(GROUP, "spoke").result()
        return {"names": sorted(each.name for each in self.networks.list(GROUP))}


if __name__ == "__main__":
    Story(client()).tell()
