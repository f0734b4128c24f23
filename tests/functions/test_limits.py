"""A storage that hangs: who asks by HTTP is told so in time."""

import asyncio
import json

import azure.functions as func
import pytest

from peering import wiring
from peering.core.network.failures import NO_ANSWER, StorageFailure
from peering.routes import answering
from peering.routes.answering import answer
from tests.builders import SPOKE_ID, record


class Slow:
    """Records of which the first answers, and the second never does."""

    async def get(self, *_: object) -> object:
        return record()

    async def history(self, *_: object) -> object:
        return await asyncio.Event().wait()

    page = find_by_key = history


class Broken:
    async def page(self, *_: object) -> object:
        raise StorageFailure(NO_ANSWER, "TimedOut", "Azure took too long.")


async def answered(path: str, **query: str) -> func.HttpResponse:
    route = {"path": path}
    call = func.HttpRequest(method="GET", url=f"/api/{path}", params=query, route_params=route, headers={}, body=b"")
    return await asyncio.wait_for(answer(call, "invocation", lambda _: None), 5)


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    class Tables:
        records = request.param()

    async def tables() -> Tables:
        return Tables()

    monkeypatch.setattr(wiring, "tables", tables)
    monkeypatch.setenv("AzureWebJobsStorage", "UseDevelopmentStorage=true")
    wiring.settings.cache_clear()
    monkeypatch.setattr(answering, "_LONGEST", 0.1)


@pytest.mark.usefixtures("storage")
@pytest.mark.parametrize("storage", [Slow], indirect=True)
@pytest.mark.parametrize(
    ("path", "query"),
    [("peerings", {}), ("peerings", {"spoke": str(SPOKE_ID)}), (f"peerings/prod-weu/{SPOKE_ID.key}", {})],
)
async def test_every_route_that_reads_answers_503(path: str, query: dict[str, str]) -> None:
    found = await answered(path, **query)
    assert (found.status_code, found.headers["Retry-After"]) == (503, "5")
    assert "TimedOut" in json.loads(found.get_body())["detail"]


@pytest.mark.usefixtures("storage")
@pytest.mark.parametrize("storage", [Broken], indirect=True)
async def test_what_storage_fails_with_is_a_503_too() -> None:
    assert (await answered("peerings")).status_code == 503


def test_the_limit_of_production() -> None:
    assert answering._LONGEST < 30
