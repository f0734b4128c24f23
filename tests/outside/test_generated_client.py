"""A client that knows only the OpenAPI document, made by openapi-python-client, asks the running app and polls it."""

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
from autopeer_client.api.peerings import get_peering, list_peerings, post_plan, post_peering
from autopeer_client.models import PeeringRequest, PlanRequest, Problem

app, key, spoke = sys.argv[1:]
client = AuthenticatedClient(base_url=app, token=key, prefix="", auth_header_name="x-functions-key")
wrong = post_peering.sync(client=client, body=PeeringRequest(spoke=spoke, hub="prod-wue"))
assert isinstance(wrong, Problem), wrong
plan = post_plan.sync(client=client, body=PlanRequest(spoke=spoke, hub="prod-weu"))
asked = post_peering.sync(client=client, body=PeeringRequest(spoke=spoke, hub="prod-weu"))
end = time.monotonic() + 60
while time.monotonic() < end:
    found = list_peerings.sync(client=client, spoke=spoke).value
    if found and found[0].state == "Connected":
        break
    time.sleep(0.1)
record = get_peering.sync(hub="prod-weu", key=asked.key, client=client)
told = {"wrong": wrong.type_, "plan": plan.verdict, "id": asked.id, "state": record.state, "by": record.correlation_id}
print(json.dumps(told | {"history": [entry.state for entry in record.history]}))
"""


@pytest.mark.long
@pytest.mark.asyncio(loop_scope="session")
async def test_a_generated_client_plans_asks_and_polls(ready: Ready, document: Path, tmp_path: Path) -> None:
    binaries = python_packages("openapi-client", PACKAGE)
    config, made = tmp_path / "config.json", tmp_path / "client"
    config.write_text(json.dumps({"package_name_override": "autopeer_client", "post_hooks": []}))
    generate = (binaries / "openapi-python-client", "generate", "--path", document, "--config", config)
    run([*map(str, generate), "--output-path", str(made), "--fail-on-warning"])
    spoke = vnet_id("generated")
    async with ArmClient(ready) as arm:
        await arm.put_vnet(spoke, "westeurope", ["10.64.9.0/24"])
    told = await asyncio.to_thread(
        subprocess.run,
        [str(binaries / "python"), "-c", _STORY, ready.app, ready.appKey, spoke],
        cwd=made,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    said = json.loads(told.stdout)
    assert (said["wrong"], said["plan"], said["state"]) == ("/api/problems#unusable", "connect", "Connected")
    assert said["by"] == said["id"]
    assert "Connected" in said["history"]
