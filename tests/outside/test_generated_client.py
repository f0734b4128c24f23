"""A client that is made of the OpenAPI document alone, by openapi-python-client, asks the running app and steers it."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from localazure.client.arm import ArmClient
from localazure.client.ready import Ready
from localazure.conformance.installation import python_packages, run
from tests.e2e.town import vnet_id

PACKAGE = "openapi-python-client==0.29.1"
_STORY = """
import json, sys, time
from autopeer_client import AuthenticatedClient
from autopeer_client.api.peerings import (
    delete_peering, get_peering, get_request, list_peerings, post_approve, post_peering, post_plan, retry_peerings)
from autopeer_client.models import Approval, PeeringRequest, PlanRequest, Problem, RetryRequest

app, key, shop, bank = sys.argv[1:]
client = AuthenticatedClient(base_url=app, token=key, prefix="", auth_header_name="x-functions-key")
said = {}

def until(look):
    end = time.monotonic() + 60
    while not (found := look()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found

def followed(request):
    asked = lambda: get_request.sync(request, client=client)
    return until(lambda: (found := asked()).status == "done" and found)

def row(spoke, state):
    rows = lambda: list_peerings.sync(client=client, spoke=spoke).value
    return until(lambda: next((each for each in rows() if each.state == state), None))

wrong = post_peering.sync(client=client, body=PeeringRequest(spoke=shop, hub="prod-wue"))
assert isinstance(wrong, Problem), wrong
said["wrong"] = wrong.type_
wish = PeeringRequest(spoke=shop, hub="prod-weu")
said["plan"] = post_plan.sync(client=client, body=PlanRequest(spoke=shop, hub="prod-weu")).verdict
asked = post_peering.sync(client=client, body=wish, idempotency_key="story-1")
said["again"] = post_peering.sync(client=client, body=wish, idempotency_key="story-1").id == asked.id
said["came to"] = followed(asked.id).outcome.state
record = get_peering.sync(hub="prod-weu", key=asked.key, client=client)
said["by"] = record.correlation_id == asked.id
said["history"] = "Connected" in [entry.state for entry in record.history]

waits = row(bank, "AwaitingApproval")
shown = waits.approval.asked.address_space
post_approve.sync("plain-neu", waits.key, client=client, body=Approval(prefixes=shown, reason="change 4711"))
said["approved"] = row(bank, "Connected").approval.ruling.reason
said["wanted"] = delete_peering.sync("plain-neu", waits.key, client=client).type_
said["retried"] = retry_peerings.sync(client=client, body=RetryRequest(hub="plain-neu")).count

left = delete_peering.sync("prod-weu", asked.key, client=client)
said["left"] = followed(left.id).outcome.state
print(json.dumps(said))
"""


@pytest.mark.long
@pytest.mark.asyncio(loop_scope="session")
async def test_a_generated_client_plans_asks_approves_and_leaves(ready: Ready, document: Path, tmp_path: Path) -> None:
    binaries = python_packages("openapi-client", PACKAGE)
    config, made = tmp_path / "config.json", tmp_path / "client"
    config.write_text(json.dumps({"package_name_override": "autopeer_client", "post_hooks": []}))
    generate = (binaries / "openapi-python-client", "generate", "--path", document, "--config", config)
    run([*map(str, generate), "--output-path", str(made), "--fail-on-warning"])
    shop, bank = vnet_id("generated-shop"), vnet_id("generated-bank")
    async with ArmClient(ready) as arm:
        await arm.put_vnet(shop, "westeurope", ["10.64.9.0/24"])
        await arm.put_vnet(bank, "northeurope", ["10.65.9.0/24"], tags={"hub": "plain-neu"})
    told = await asyncio.to_thread(
        subprocess.run,
        [str(binaries / "python"), "-c", _STORY, ready.app, ready.appKey, shop, bank],
        cwd=made,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout) == {
        "wrong": "/api/problems#unusable",
        "plan": "connect",
        "again": True,
        "came to": "Connected",
        "by": True,
        "history": True,
        "approved": "change 4711",
        "wanted": "/api/problems#still-wanted",
        "retried": 0,
        "left": "Removed",
    }
