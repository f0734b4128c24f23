"""Readiness: what the app leans on is really asked, and each that fails is told by itself."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from peering.core.network.failures import NO_ANSWER, AzureFailure, StorageFailure
from peering.core.network.probes import Probe
from peering.service.readiness import probe
from peering.web.readiness import readiness
from tests.builders import hub
from tests.service.town import Town

PARTS = {"storage tables": "sweeps", "storage queue": "requests", "storage leases": "leases", "arm": "networks"}
FORBIDDEN = StorageFailure(403, "AuthorizationFailure", "for the account of Contoso, whose key is s3cret")
NOBODY = AzureFailure(NO_ANSWER, "NoAnswer", "Cannot connect to host 10.0.0.4")
SOON = 0.05


class Failing:
    """A port of which every call fails, or hangs where there is no failure."""

    def __init__(self, failure: AzureFailure | None) -> None:
        self._failure = failure

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever is asked
        async def call(*_: object) -> None:
            if self._failure:
                raise self._failure
            await asyncio.Event().wait()

        return call


async def of(town: Town, *failing: str, failure: AzureFailure | None = FORBIDDEN) -> dict[str, Probe]:
    broken: Any = {PARTS[check]: Failing(failure) for check in failing}
    context = replace(town.context, ports=replace(town.context.ports, **broken))
    return {each.check: each for each in await probe(context, SOON if failure is None else 5.0)}


async def test_all_that_answer_are_told_with_how_long_they_took() -> None:
    found = await of(Town(hub()))
    assert [(each.check, each.ok, each.milliseconds >= 0) for each in found.values()] == [
        (check, True, True) for check in PARTS
    ]
    assert found["arm"].detail == "hub 'prod-weu' can be read"
    assert readiness(list(found.values())).status == 200


@pytest.mark.parametrize("check", PARTS)
async def test_each_that_fails_is_told_and_no_other(check: str) -> None:
    found = await of(Town(hub()), check)
    assert [each.check for each in found.values() if not each.ok] == [check]
    assert found[check].detail == "answers 403 AuthorizationFailure"


async def test_the_answer_has_every_line_and_no_words_of_azures() -> None:
    answer = readiness(list((await of(Town(hub()), "arm", "storage queue")).values()))
    assert (answer.status, answer.headers["Retry-After"], answer.body["type"]) == (503, "10", "/api/problems#not-ready")
    assert [(each["check"], each["ok"]) for each in answer.body["checks"]] == [
        (check, check not in ("arm", "storage queue")) for check in PARTS
    ]
    assert "arm: answers 403 AuthorizationFailure." in answer.body["detail"]
    assert "s3cret" not in str(answer.body)


async def test_who_hangs_is_waited_for_no_longer_than_the_limit_and_all_at_once() -> None:
    async with asyncio.timeout(SOON * len(PARTS)):
        found = await of(Town(hub()), *PARTS, failure=None)
    assert {each.detail for each in found.values()} == {"no answer within 0.05 s"}


async def test_nobody_there_is_told_as_that() -> None:
    assert (await of(Town(hub()), "arm", failure=NOBODY))["arm"].detail == "no answer (NoAnswer)"


async def test_a_hub_that_is_gone_is_an_answer_too() -> None:
    """The hub's own page says that it is missing; Azure answers."""
    found = (await of(Town()))["arm"]
    assert (found.ok, found.detail) == (True, "it answers, and knows no network of hub 'prod-weu'")
