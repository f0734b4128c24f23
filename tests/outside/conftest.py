"""A local Azure for those who know of the app only what its OpenAPI document says."""

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from localazure.client.ready import Ready
from localazure.client.stage import stage
from tests.docs.markdown import ROOT

_TWO_HUBS = ROOT / "localazure" / "scenarios" / "two-hubs"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def ready(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ready]:
    """Two hubs; at the second a person lets networks in."""
    scenario = shutil.copytree(_TWO_HUBS, tmp_path_factory.mktemp("scenarios") / "two-hubs")
    first, _, rest = (scenario / "hubs.toml").read_text("utf-8").rpartition('approval = "none"')
    (scenario / "hubs.toml").write_text(f'{first}approval = "required"{rest}', "utf-8")
    async with stage("--scenario", str(scenario), "--latency", "none") as found:
        yield found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def document(ready: Ready, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document as the app sends it, in a file."""
    async with httpx.AsyncClient(base_url=ready.app, trust_env=False) as app:
        answer = await app.get("/api/openapi.json", headers={"x-functions-key": ready.appKey})
    file = tmp_path_factory.mktemp("document") / "openapi.json"
    file.write_text(json.dumps(answer.raise_for_status().json()), "utf-8")
    return file
