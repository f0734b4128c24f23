"""The status tag: what it says of a network is true, and it says it where the owner looks."""

from collections.abc import Iterator

from tests.histories.model.estate import REMOTE, Network
from tests.histories.model.rules import Hub

_STANDS = "Connected"
_SPEAKS_OF_A_HUB = ("Connected", "Refused", "AwaitingApproval", "Failed", "Pending", "Leaving")


def untrue(network: Network, hub: Hub, state: str, codes: frozenset[str]) -> Iterator[str]:
    """Sentences on what the tag says of a network that names this hub, and should not."""
    text = network.tag(hub.status_tag or "")
    if hub.status_tag is None or text is None:
        return
    if not text.startswith(state):
        yield f"its tag says {text!r}, and its record {state}"
    elif state == _STANDS and not codes:
        half = network.to(hub.vnet)
        uses = half is not None and half.switches[REMOTE]
        if ("(no gateway)" in text) == uses or hub.name not in text:
            yield f"its tag says {text!r}, and its half has useRemoteGateways {uses}"
    elif state != _STANDS and not any(code in text for code in codes):
        yield f"its tag says {text!r}, and its record {sorted(codes)}"


def silent(network: Network, hub: Hub) -> Iterator[str]:
    """A network that asks for a hub with a status tag bears one."""
    if hub.status_tag and network.tag(hub.status_tag) is None:
        yield f"it bears no tag {hub.status_tag}"


def left_over(network: Network, hubs: Iterator[Hub]) -> Iterator[str]:
    """One that asks for nothing is told nothing of a hub any more."""
    for name in {hub.status_tag for hub in hubs if hub.status_tag}:
        text = network.tag(name) or ""
        if text.startswith(_SPEAKS_OF_A_HUB):
            yield f"asks for nothing, and its tag still says {text!r}"
