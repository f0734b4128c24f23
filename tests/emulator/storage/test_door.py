"""The door to storage lets everything pass as it is, tells what passed, and can stand still."""

from __future__ import annotations

import asyncio

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.data.tables.aio import TableClient
from azure.storage.blob import BlobType

from tests.emulator.arm import Arm
from tests.emulator.storage.conftest import ROW, App


async def test_rows_messages_and_blobs_pass_as_they_are(app: App, azurite: str) -> None:
    await app.table.upsert_entity(ROW)
    await app.queue.send_message("hello", visibility_timeout=0)
    large = bytes(range(256)) * 3_000
    await app.container.upload_blob("large", large, overwrite=True, blob_type=BlobType.BLOCKBLOB)
    assert (await app.table.get_entity("p", "r"))["text"] == ROW["text"]
    assert [each.content async for each in app.queue.receive_messages()] == ["hello"]
    assert await (await app.container.download_blob("large")).readall() == large
    async with TableClient.from_connection_string(azurite, "records") as outside:
        assert (await outside.get_entity("p", "r"))["text"] == ROW["text"]


async def test_refusals_of_azurite_pass_too(app: App) -> None:
    """docs/facts/storage.md, Etags of rows; Lease."""
    with pytest.raises(ResourceNotFoundError):
        await app.table.get_entity("p", "none")
    with pytest.raises(ResourceExistsError):
        await app.container.create_container()
    blob = app.container.get_blob_client("held")
    assert not await app.container.get_blob_client("missing").exists()
    await blob.upload_blob(b"", overwrite=True)
    lease = await blob.acquire_lease(15)
    with pytest.raises(HttpResponseError) as raised:
        await blob.acquire_lease(15)
    assert raised.value.status_code == 409
    await lease.release()


async def test_many_calls_at_once(app: App) -> None:
    rows = [{**ROW, "RowKey": str(number)} for number in range(60)]
    await asyncio.gather(*(app.table.upsert_entity(row) for row in rows))
    found = [row["RowKey"] async for row in app.table.query_entities("PartitionKey eq 'p'", results_per_page=7)]
    assert {row["RowKey"] for row in rows} <= set(found)


async def test_the_log_has_each_call_once(app: App) -> None:
    before = (await app.control("GET", "/requests?since=999999"))["next"]
    await app.table.upsert_entity(ROW)
    with pytest.raises(ResourceNotFoundError):
        await app.container.get_blob_client("missing").get_blob_properties()
    found = await app.control("GET", f"/requests?since={before}")
    assert [(each["service"], each["method"], each["name"], each["status"]) for each in found["requests"]] == [
        ("table", "PATCH", "records", 204),
        ("blob", "HEAD", "leases", 404),
    ]
    assert found["next"] == before + 2
    assert found["requests"][1]["path"].endswith("/leases/missing")


async def test_it_stands_still_for_a_while(app: App) -> None:
    assert 0 < (await app.control("PUT", "/standstill", {"seconds": 60}))["seconds"] <= 60
    call = asyncio.ensure_future(app.table.upsert_entity(ROW))
    over = asyncio.create_task(app.control("GET", "/standstill"))
    assert 0 < (await over)["seconds"] <= 60
    assert not call.done()
    await app.control("PUT", "/standstill", {"seconds": 0})
    await call
    assert (await app.control("GET", "/standstill"))["seconds"] == 0


async def test_standing_still_ends_by_itself_and_holds_new_connections_too(app: App) -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()
    await app.control("PUT", "/standstill", {"seconds": 0.2})
    async with TableClient.from_connection_string(app.connection, "records", retry_total=0) as newcomer:
        await newcomer.upsert_entity(ROW)
    assert loop.time() - started >= 0.19


async def test_it_stands_only_before_the_three_services_over_http(arm: Arm, app: App) -> None:
    unusable: list[object] = [{}, [], {"connectionString": "AccountName=x"}]
    for body in unusable:
        assert (await arm.control("PUT", "/control/storage", body)).status == 400
    assert await app.control("GET", "") == {"connectionString": app.connection}


async def test_a_storage_that_is_gone_is_a_connection_that_is_closed(arm: Arm, app: App) -> None:
    arm.server.storage.behind = dict.fromkeys(("blob", "queue", "table"), ("127.0.0.1", 1))
    async with TableClient.from_connection_string(app.connection, "records", retry_total=0) as client:
        with pytest.raises(Exception, match=r"disconnected|reset|closed"):
            await client.upsert_entity(ROW)
