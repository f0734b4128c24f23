"""Queue triggers and output bindings against a real Azurite."""

import json
from datetime import datetime

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue import QueueClient

from localazure.host.queues import QueueStorage
from tests.host.host_process import FUNCTION, Host


def test_message_reaches_the_function_with_its_metadata(host: Host) -> None:
    sent = host.queue("incoming").send_message("grüße")
    host.await_log("Executed 'take'")
    (seen,) = [json.loads(text) for text in host.take("seen")]
    assert (seen["text"], seen["id"], seen["count"], seen["receipt"]) == ("grüße", sent.id, 1, True)
    inserted, expires, next_visible = (datetime.fromisoformat(moment) for moment in seen["moments"])
    assert inserted < next_visible < expires
    assert host.queue("incoming").get_queue_properties().approximate_message_count == 0


def test_the_hosts_own_requests_are_not_in_the_log_of_the_app(host: Host) -> None:
    """In Azure the host is another process. This app leaves the SDKs' log as it is."""
    host.queue("incoming").send_message("one")
    host.await_log("Executed 'take'")
    assert [line for line in host.log if "Request URL" in line] == []


def test_output_binding_makes_its_queue_and_sends_one_message_for_each_element(host: Host) -> None:
    host.queue("incoming").delete_queue()
    answer = host.http.post("/api/enqueue", content='["one", {"two": 2}]', headers={"x-functions-key": FUNCTION})
    assert answer.status_code == 202
    host.await_log("Executed 'take'", times=2)
    texts = {json.loads(text)["text"] for text in host.take("seen")}
    assert texts == {"one", '{"two": 2}'}


def test_failing_message_is_tried_as_often_as_host_json_says_and_then_poisoned(host: Host) -> None:
    host.queue("incoming").send_message("fail")
    host.await_log("Executed 'bury'")
    assert sum("Executed 'take' (Failed" in line for line in host.log) == 3
    assert host.take("seen") == ["poison: fail"]


def test_message_that_is_not_base64_is_poisoned(host: Host) -> None:
    with QueueClient.from_connection_string(host.storage, "incoming") as raw:
        raw.send_message("not base64!")
    host.await_log("is moved to 'incoming-poison'")
    host.await_log("queue 'incoming-poison': not base64")
    assert not any("Executed 'take'" in line for line in host.log)


def test_messages_are_worked_on_at_the_same_time(host: Host) -> None:
    for text in ("a", "b", "c"):
        host.queue("crowd").send_message(text)
    host.await_log("Executed 'meet' .Succeeded", times=3)
    assert sorted(host.take("seen")) == ["a", "b", "c"]


async def test_what_this_host_enqueues_wakes_the_listener_of_that_queue(storage: str) -> None:
    async with QueueStorage("none") as queues:
        await queues.send(storage, "woken", "up")
        assert queues.arrival(storage, "woken").is_set()
        assert not queues.arrival(storage, "another").is_set()


def test_trigger_does_not_make_its_queue(host: Host) -> None:
    host.queue("crowd").delete_queue()
    host.queue("incoming").send_message("another")
    host.await_log("Executed 'take'")
    try:
        host.queue("crowd").get_queue_properties()
    except ResourceNotFoundError:
        return
    raise AssertionError("the queue 'crowd' exists again")
