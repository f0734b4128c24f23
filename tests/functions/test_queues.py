"""The queue functions: what cannot be read is laid aside, poison recorded; a broken catalogue makes requests wait."""

import json

from tests.builders import SPOKE_ID, request, vnet_id
from tests.core.intake.test_events import ABOUT_A_GATEWAY, activity
from tests.functions.app_process import PASTED, App

B = vnet_id("spoke-b")


def test_a_message_that_nobody_can_read_is_laid_aside_and_never_poison(working_app: App) -> None:
    working_app.send("rubbish \u00fc")
    working_app.await_log("laid aside")
    working_app.await_log(r"Executed '(Functions\.)?on_request'")
    assert "rubbish \u00fc" in working_app.unreadable()


def test_events_of_one_network_are_left_to_a_look_that_is_on_the_queue(working_app: App) -> None:
    """Before they are there themselves, as the function shares the process of the worker and its memory."""
    busy = activity(resource=str(vnet_id("busy")))
    for number in range(100):  # until the worker has come to the first of them
        assert working_app.deliver(busy | {"id": f"event-{number}"}).status_code == 202
        if any("stands for this" in line for line in working_app.host.log):
            break
    working_app.await_log("the look at .*busy that is due at .* stands for this correlation=c-1")


def test_poison_is_recorded_and_can_be_looked_up(working_app: App) -> None:
    working_app.bury(request(B).to_json())
    working_app.await_log("is abandoned")
    working_app.await_log(r"Executed '(Functions\.)?on_poison'")
    answer = working_app.call("GET", f"/api/peerings?spoke={B}")
    (found,) = answer.json()["value"]
    assert (found["state"], found["hub"], found["findings"][0]["code"]) == ("Abandoned", "unknown", "Abandoned")
    one = working_app.call("GET", f"/api/peerings/unknown/{B.key}").json()
    assert [entry["state"] for entry in one["history"]] == ["Abandoned"]
    assert working_app.call("GET", "/api/peerings?state=Abandoned&hub=unknown").json()["value"] == [found]


def test_records_are_paged_and_the_pages_miss_nobody(working_app: App) -> None:
    many = [vnet_id(f"paged-{n}") for n in range(3)]
    for each in many:
        working_app.bury(request(each).to_json())
    for each in many:
        working_app.await_log(f"{each.name} under hub unknown is abandoned")
    query: dict[str, str] | None = {"hub": "unknown", "size": "1"}
    seen: list[str] = []
    while query:
        answer = working_app.call("GET", "/api/peerings", params=query).json()
        seen += [found["spoke"] for found in answer["value"]]
        query = answer["next"]
    assert len(seen) == len(set(seen))
    assert {str(each) for each in many} <= set(seen)


def test_poison_that_nobody_can_read_is_laid_aside(working_app: App) -> None:
    laid, done = "laid aside", r"Executed '(Functions\.)?on_poison'"  # perhaps by a test before this one too
    before = {each: working_app.logged(each) for each in (laid, done)}
    working_app.bury("[1, 2")
    working_app.await_log(laid, times=before[laid] + 1)
    working_app.await_log(done, times=before[done] + 1)
    assert "[1, 2" in working_app.unreadable()


def test_a_network_that_azure_does_not_tell_of_has_a_row_that_waits(working_app: App) -> None:
    working_app.send(request().to_json())
    working_app.await_log(f"{SPOKE_ID} under hub unknown waits until")


def test_a_gateways_event_put_there_by_event_grid_asks_about_the_hubs_of_its_subscription(working_app: App) -> None:
    """Azure does not tell of these networks to the app of this test, and it says so of each hub."""
    working_app.send(json.dumps([ABOUT_A_GATEWAY["a gateway is written"]]))
    working_app.await_log("hub prod-weu cannot be read and is looked at again")
    working_app.await_log("hub neu cannot be read and is looked at again")


def test_while_the_catalogue_is_broken_requests_wait(broken_app: App) -> None:
    broken_app.send(request().to_json())
    broken_app.await_log("requests wait until the configuration is mended")
    broken_app.await_log(r"Executed '(Functions\.)?on_request'")
    with broken_app.queue() as queue:
        broken_app.await_messages(queue, 1)
        assert list(queue.peek_messages()) == []


def test_while_the_catalogue_is_broken_poison_is_recorded_all_the_same(broken_app: App) -> None:
    broken_app.bury(json.dumps(json.loads(request(B).to_json())))
    broken_app.await_log("is abandoned")


def test_while_a_setting_is_wrong_requests_wait_and_so_does_poison(misset_app: App) -> None:
    misset_app.send(request().to_json())
    misset_app.bury(request(B).to_json())
    misset_app.await_log("requests wait until the configuration is mended", times=2)
    misset_app.await_log(r"Executed '(Functions\.)?on_request'")
    misset_app.await_log(r"Executed '(Functions\.)?on_poison'")
    with misset_app.queue() as queue:
        misset_app.await_messages(queue, 2)
        assert list(queue.peek_messages()) == []
    assert [line for line in misset_app.host.log if PASTED[:8] in line] == []
