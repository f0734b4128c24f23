"""The page's script, run in Node over a stand-in for the DOM: what it draws, and that a text stays a text."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from localazure.azurite.node import find_node
from localazure.emulator.eventgrid import EventGrid
from localazure.emulator.identity import Authority
from localazure.emulator.page.routes import page_document, summary

DOM = Path(__file__).with_name("page_dom.js")
HOSTILE = "<img src=x onerror=alert(1)>"
ROOT = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg/providers/Microsoft.Network"
HUB = f"{ROOT}/virtualNetworks/hub"
HARMLESS = {
    *("div", "span", "strong", "small", "p", "ul", "li", "dl", "dt", "dd", "time", "h3", "button"),
    *("table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption"),
    *("svg", "g", "rect", "path", "circle", "text", "tspan", "title"),
}


def half(remote: str, state: str = "Connected", sync: str = "FullyInSync", done: str = "Succeeded") -> dict[str, Any]:
    properties = {"remoteVirtualNetwork": {"id": remote}, "peeringState": state, "peeringSyncLevel": sync}
    return {"name": HOSTILE, "properties": {**properties, "provisioningState": done}}


def network(name: str, *halves: dict[str, Any]) -> dict[str, Any]:
    properties = {"addressSpace": {"addressPrefixes": [HOSTILE]}, "virtualNetworkPeerings": halves}
    body = {"id": f"{ROOT}/virtualNetworks/{name}", "location": HOSTILE, "tags": {HOSTILE: HOSTILE}}
    return {**body, "properties": {**properties, "provisioningState": HOSTILE}}


def run(networks: list[dict[str, Any]], requests: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """What the script makes of a view: names of elements and attributes, and all texts."""
    grid = EventGrid(Authority("7f58f1a2-6d84-4c3c-9d5e-0f4b1d2a3c11"))
    for _ in networks:
        grid.publish({"eventType": HOSTILE, "subject": HOSTILE, "data": HOSTILE})
        grid.publish_to("outcomes", {"type": HOSTILE, "subject": HOSTILE, "data": {HOSTILE: HOSTILE}})
    view = summary({"networks": networks, "requests": requests or []}, grid)
    [script] = re.findall("<script>(.*?)</script>", page_document()[0], re.DOTALL)
    sent = json.dumps({"script": script, "view": view})
    node = str(find_node().node)
    ran = subprocess.run([node, str(DOM)], input=sent, capture_output=True, text=True, check=False, timeout=30)
    assert ran.returncode == 0, ran.stderr
    result = json.loads(ran.stdout)
    assert isinstance(result, dict)
    return result


@pytest.mark.parametrize("count", [1, 30, 100])
def test_hostile_names_stay_texts(count: int) -> None:
    spokes = [network(f"{HOSTILE}{number}", half(HUB)) for number in range(count)]
    hub = network("hub", *(half(spoke["id"]) for spoke in spokes))
    request = {"time": HOSTILE, "method": HOSTILE, "path": HOSTILE, "query": HOSTILE, "status": 200, "ms": 1}
    drawn = run([hub, *spokes, network(HOSTILE)], [request])
    assert drawn["status"] == "Live, every second"
    assert set(drawn["elements"]) <= HARMLESS
    assert not [name for name in drawn["attributes"] if name.startswith("on") or name in ("href", "src", "style")]
    assert sum(HOSTILE in text for text in drawn["texts"]) > 5 * count


@pytest.mark.parametrize(
    ("hub_half", "spoke_half", "words"),
    [
        (("Connected",), ("Connected",), "Connected"),
        (("Initiated", "RemoteNotInSync"), None, "spoke half missing"),
        (None, ("Initiated", "RemoteNotInSync"), "hub half missing"),
        (("Disconnected", "RemoteNotInSync"), None, "spoke half missing"),
        (("Connected", "LocalNotInSync"), ("Connected",), "hub Connected, not in sync, spoke Connected"),
        (("Connected", "FullyInSync", "Updating"), ("Connected", "FullyInSync", "Updating"), "being written"),
        (("Initiated", "RemoteNotInSync"), ("Connected", "FullyInSync", "Updating"), "being written"),
        (("Connected", "FullyInSync", "Failed"), ("Connected",), "hub Failed, spoke Connected"),
    ],
)
def test_the_state_of_a_pair_is_said_in_words(
    hub_half: tuple[str, ...] | None, spoke_half: tuple[str, ...] | None, words: str
) -> None:
    spoke_id = f"{ROOT}/virtualNetworks/spoke"
    hub = network("hub", *([half(spoke_id, *hub_half)] if hub_half else []))
    gateway = f"{ROOT}/virtualNetworkGateways/vpn/ipConfigurations/default"
    hub["properties"]["subnets"] = [{"name": "x", "properties": {"ipConfigurations": [{"id": gateway}]}}]
    spoke = network("spoke", *([half(HUB, *spoke_half)] if spoke_half else []))
    assert f"{spoke_id}: {words}" in run([hub, spoke])["texts"]


def test_an_empty_azure_says_so() -> None:
    texts = run([])["texts"]
    assert "No virtual network yet. Make one through ARM and it is drawn here." in texts
    assert "No request to ARM yet." in texts
