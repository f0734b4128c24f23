"""What a process loads for an answer by HTTP, counted in a process of its own: the tables, and no other SDK."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import HUB_ID

ROOT = Path(__file__).parents[2]
READ = """
import asyncio, json, sys
import azure.functions as func
import function_app
before = set(sys.modules)
path = {"path": sys.argv[1]}
call = func.HttpRequest("GET", "http://localhost/api", params={}, route_params=path, headers={}, body=b"")


class Context:
    invocation_id = "1"


class Out:
    set = None


answer = asyncio.run(function_app.http_api._function.get_user_function()(call, Context, Out))
print(json.dumps({"status": answer.status_code, "loaded": sorted(set(sys.modules) - before)}))
"""
NOT_FOR_READS = (
    "azure.identity",
    "azure.mgmt",
    "azure.storage",
    "azure.eventgrid",
    "azure.monitor",
    "opentelemetry",
    "msal",
)
READS = {"peerings": 200, "peerings/h/k": 404, "sweep": 200, "pause": 200, "hubs/h/held": 200}


@pytest.mark.parametrize("path", READS)
def test_a_read_on_a_cold_process_loads_the_tables_alone(path: str, storage: str, tmp_path: Path) -> None:
    hubs = tmp_path / "hubs.toml"
    hubs.write_text(f'[hubs.h]\nvnet = "{HUB_ID}"\n')
    settings = {"AzureWebJobsStorage": storage, "AUTOPEER_CATALOGUE": str(hubs)}
    done = subprocess.run(
        [sys.executable, "-c", READ, path],
        cwd=ROOT,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found["status"] == READS[path]
    assert "azure.data.tables.aio" in found["loaded"]
    assert [module for module in found["loaded"] if module.startswith(NOT_FOR_READS)] == []
    assert [module for module in found["loaded"] if module.startswith("peering.adapters.arm")] == []
