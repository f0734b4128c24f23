"""A storage that hangs: who asks by HTTP is told so in time."""

import asyncio
import json
from typing import Any

import azure.functions as func
import pytest

import function_app
from peering import routes, wiring
from peering.core.network.failures import NO_ANSWER, StorageFailure
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


def asked(**query: str) -> func.HttpRequest:
    route = {"hub": "prod-weu", "key": SPOKE_ID.key}
    return func.HttpRequest(method="GET", url="/api/peerings", params=query, route_params=route, body=b"")


async def answer(function: Any, query: dict[str, str]) -> func.HttpResponse:  # noqa: ANN401 - the library's builder
    found: func.HttpResponse = await asyncio.wait_for(function._function.get_user_function()(asked(**query)), 5)
    return found


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    class Tables:
        records = request.param()

    async def tables() -> Tables:
        return Tables()

    monkeypatch.setattr(wiring, "tables", tables)
    monkeypatch.setattr(routes, "_LONGEST_READ", 0.1)


@pytest.mark.usefixtures("storage")
@pytest.mark.parametrize("storage", [Slow], indirect=True)
@pytest.mark.parametrize(
    ("name", "query"), [("list_peerings", {}), ("list_peerings", {"spoke": str(SPOKE_ID)}), ("get_peering", {})]
)
async def test_every_route_that_reads_answers_503(name: str, query: dict[str, str]) -> None:
    found = await answer(getattr(function_app, name), query)
    assert (found.status_code, found.headers["Retry-After"]) == (503, "5")
    assert "TimedOut" in json.loads(found.get_body())["detail"]


@pytest.mark.usefixtures("storage")
@pytest.mark.parametrize("storage", [Broken], indirect=True)
async def test_what_storage_fails_with_is_a_503_too() -> None:
    assert (await answer(function_app.list_peerings, {})).status_code == 503


def test_the_limit_of_production() -> None:
    assert routes._LONGEST_READ < 30
