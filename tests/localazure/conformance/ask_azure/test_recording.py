"""A recording has nobody's ids in it, and the replay of recordings takes it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from localazure.conformance.ask_azure.login import personal
from localazure.conformance.ask_azure.recording import GROUP, SUBSCRIPTION, Recording
from tests.emulator.conformance.recordings import Exchange, read
from tests.emulator.test_recordings import replay
from tests.localazure.conformance.ask_azure import asked

MINE, ME, TENANT = str(uuid4()), str(uuid4()), str(uuid4())
ONE, OTHER = uuid4(), uuid4()
PAIR = UUID(int=ONE.int ^ OTHER.int)


def exchanges(recording: Recording, folder: Path) -> list[Exchange]:
    file = folder / "azure.yaml"
    file.write_text(recording.text(), "utf-8")
    return read(file)


def noted(body: object, headers: dict[str, str] | None = None) -> Recording:
    recording = Recording("https://127.0.0.1:4711", MINE, "autopeer-trial-mine", ['Jo "J" Doe', ME])
    url = (
        f"https://127.0.0.1:4711/subscriptions/{MINE}/resourceGroups/AutoPeer-Trial-Mine?api-version=1&t=9&s=secret&h=x"
    )
    answer = httpx.Response(403, headers=headers or {}, text=json.dumps(body))
    recording.note("PUT", url, {"location": "westeurope"}, answer)
    return recording


def test_a_recording_hides_who_asked_and_where(tmp_path: Path) -> None:
    said = f"The client 'jo@corp.example' (Jo \"J\" Doe) with object id '{ME}' of {TENANT} may not, in {MINE}."
    headers = {
        "Azure-AsyncOperation": f"https://127.0.0.1:4711/subscriptions/{MINE}/x?api-version=1&t=1&c=cert&s=sig&h=hash",
        "x-ms-routing-request-id": "WESTEUROPE:1:2",
        "x-ms-operation-identifier": f"tenantId={TENANT},objectId={ME}",
    }
    recording = noted({"error": {"code": "AuthorizationFailed", "message": said}}, headers)
    text = recording.text()
    for hidden in (
        MINE,
        ME,
        TENANT,
        "corp.example",
        "Doe",
        "autopeer-trial-mine",
        "4711",
        "secret",
        "cert",
        "tenantId",
    ):
        assert hidden.lower() not in text.lower(), hidden
    (exchange,) = exchanges(recording, tmp_path)
    assert exchange.url == f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}?api-version=1"
    assert (exchange.method, exchange.status, exchange.body) == ("PUT", 403, '{"location": "westeurope"}')
    assert exchange.headers == {
        "azure-asyncoperation": f"https://management.azure.com/subscriptions/{SUBSCRIPTION}/x?api-version=1",
        "content-type": "text/plain; charset=utf-8",
    }


def test_guids_become_others_and_their_xor_stays(tmp_path: Path) -> None:
    (exchange,) = exchanges(
        noted({"one": str(ONE), "other": str(OTHER), "pair": str(PAIR), "again": str(ONE)}), tmp_path
    )
    body = exchange.json()
    assert body["one"] == body["again"] != str(ONE)
    assert UUID(body["one"]).int ^ UUID(body["other"]).int == UUID(body["pair"]).int


def test_a_group_is_noted_without_its_tags(tmp_path: Path) -> None:
    body = {"type": "Microsoft.Resources/resourceGroups", "tags": {"owner": "x"}, "managedBy": "y", "systemData": {}}
    (exchange,) = exchanges(noted(body), tmp_path)
    assert exchange.json() == {"type": "Microsoft.Resources/resourceGroups"}


def test_a_token_says_what_to_hide() -> None:
    claims = "eyJ0aWQiOiAidCIsICJ1cG4iOiAiam8iLCAiYXVkIjogImEifQ"  # {"tid": "t", "upn": "jo", "aud": "a"}
    assert personal(f"header.{claims}.signature") == ["t", "jo"]
    assert personal("opaque") == []


@pytest.mark.long
async def test_the_replay_takes_the_recording_of_a_trial(tmp_path: Path) -> None:
    async with asked.stage(tmp_path) as local:
        await local.trial()
        text = local.recording.text()
    assert not re.search(rf"{asked.SUBSCRIPTION}|{asked.NAME}|127\.0\.0\.1", text)
    (tmp_path / "azure.yaml").write_text(text, "utf-8")
    outcome = await replay(tmp_path / "azure.yaml", tmp_path)
    assert len(outcome.replayed) > 300
    assert outcome.different == {}
