"""The host's parts that are only computation: routes, host.json, settings, output values, back-off."""

import json
from pathlib import Path
from random import Random

import pytest

from localazure.host.app_settings import SettingsError, connection_string, install, resolve
from localazure.host.backoff import Backoff
from localazure.host.host_json import HostJsonError, HostOptions, QueueOptions, read_host_json
from localazure.host.outputs import queue_texts
from localazure.host.protos import TypedData
from localazure.host.queues import UndecodableMessageError, decode, encode
from localazure.host.routes import RouteError, route

GUID = "11111111-1111-4111-8111-111111111111"


@pytest.mark.parametrize(
    ("template", "path", "parameters"),
    [
        ("hubs", "hubs", {}),
        ("hubs", "HUBS/", {}),
        ("hubs", "hubs/x", None),
        ("hubs/{hub}", "hubs/prod%20weu", {"hub": "prod weu"}),
        ("hubs/{hub}", "hubs/a%2Fb", {"hub": "a%2Fb"}),
        ("hubs/{hub}", "hubs/", None),
        ("hubs/{hub?}", "hubs", {}),
        ("hubs/{hub=all}", "hubs", {"hub": "all"}),
        ("hubs/{hub=all}", "hubs/one", {"hub": "one"}),
        ("files/{*path}", "files/a/b", {"path": "a/b"}),
        ("files/{*path}", "files", {}),
        ("{*path}", "a%0Ab", {"path": "a\nb"}),
        ("{name}.{kind}", "report.json", {"name": "report", "kind": "json"}),
        ("{id:guid}", GUID, {"id": GUID}),
        ("{id:guid}", "nothing", None),
        ("{n:int:range(1,9)}", "9", {"n": "9"}),
        ("{n:int:range(1,9)}", "10", None),
        ("{n:min(3)}", "2", None),
        ("{n:max(3)}", "x", None),
        ("{n:length(2)}", "ab", {"n": "ab"}),
        ("{n:length(2,3)}", "abcd", None),
        ("{n:minlength(2)}", "a", None),
        ("{n:maxlength(2)}", "ab", {"n": "ab"}),
        (r"{n:regex(^\d{{2}}$)}", "12", {"n": "12"}),
        (r"{n:regex(^\d{{2}}$)}", "123", None),
        ("{flag:bool?}", "True", {"flag": "True"}),
    ],
)
def test_route(template: str, path: str, parameters: dict[str, str] | None) -> None:
    assert route("f", template).match("GET", path) == parameters


def test_method_is_part_of_the_route() -> None:
    compiled = route("f", "hubs", ["get"])
    assert compiled.match("GET", "hubs") == {}
    assert compiled.match("HEAD", "hubs") is None


@pytest.mark.parametrize("template", ["{id:date}", "{n:range(a,b)}", "{a-b}", "{n:regex([)}"])
def test_route_that_cannot_be_understood(template: str) -> None:
    with pytest.raises(RouteError):
        route("f", template)


def host_json(folder: Path, **document: object) -> Path:
    (folder / "host.json").write_text(json.dumps(document))
    return folder


def test_host_json_defaults(tmp_path: Path) -> None:
    options = read_host_json(host_json(tmp_path))
    assert (options.route_prefix, options.function_timeout) == ("api", 1800)
    assert (options.queues.batch_size, options.queues.max_dequeue_count) == (16, 5)
    assert (options.queues.max_polling_interval, options.queues.message_encoding) == (60, "base64")


def test_host_json_is_honoured(tmp_path: Path) -> None:
    queues = {
        "batchSize": 8,
        "newBatchThreshold": 4,
        "maxDequeueCount": 2,
        "visibilityTimeout": "00:00:30",
        "maxPollingInterval": "00:00:00.500",
        "messageEncoding": "None",
    }
    extensions = {"queues": queues, "http": {"routePrefix": "v1"}}
    folder = host_json(tmp_path, functionTimeout="1.00:00:00", extensions=extensions)
    assert read_host_json(folder) == HostOptions(
        route_prefix="v1",
        function_timeout=86400,
        queues=QueueOptions(
            batch_size=8,
            new_batch_threshold=4,
            max_dequeue_count=2,
            visibility_timeout=30,
            max_polling_interval=0.5,
            message_encoding="none",
        ),
    )
    assert read_host_json(host_json(tmp_path, functionTimeout="-1")).function_timeout is None


@pytest.mark.parametrize(
    ("queues", "names"),
    [
        ({"batchSize": 0}, "batchSize"),
        ({"newBatchThreshold": -1}, "newBatchThreshold"),
        ({"maxDequeueCount": 0}, "maxDequeueCount"),
        ({"maxPollingInterval": "00:00:00.050"}, "maxPollingInterval"),
        ({"visibilityTimeout": "soon"}, "visibilityTimeout"),
        ({"messageEncoding": "utf-16"}, "messageEncoding"),
    ],
)
def test_host_json_fault_is_named(tmp_path: Path, queues: dict[str, object], names: str) -> None:
    with pytest.raises(HostJsonError, match=names):
        read_host_json(host_json(tmp_path, extensions={"queues": queues}))


def test_settings_resolve() -> None:
    assert resolve("q-%STAGE%-%N%", {"STAGE": "dev", "N": "1"}) == "q-dev-1"
    with pytest.raises(SettingsError, match="app setting STAGE, which is not set"):
        resolve("%STAGE%", {})


def test_connection_is_found_with_and_without_prefix() -> None:
    settings = {"AzureWebJobsStorage": "default", "AzureWebJobsOther": "prefixed", "Third": "plain"}
    names = ("", "Storage", "AzureWebJobsStorage", "Other", "Third")
    found = [connection_string(name, settings) for name in names]
    assert found == ["default", "default", "default", "prefixed", "plain"]


def test_environment_is_the_apps_own() -> None:
    inherited = {"PATH": "/bin", "AZURE_CLIENT_ID": "mine", "IDENTITY_HEADER": "x", "https_proxy": "p", "HOSTNAME": "h"}
    install({"AZURE_CLIENT_ID": "the app's"}, inherited)
    expected = {"PATH": "/bin", "HOSTNAME": "h", "AZURE_CLIENT_ID": "the app's"}
    assert inherited == {**expected, "AZURE_FUNCTIONS_ENVIRONMENT": "Development"}


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (TypedData(string="plain"), ["plain"]),
        (TypedData(string='["a", {"b": 1}, 2]'), ["a", '{"b": 1}', "2"]),
        (TypedData(json='{"one": 1}'), ['{"one": 1}']),
        (TypedData(string="[no json"), ["[no json"]),
        (TypedData(bytes="ü".encode()), ["ü"]),
        (TypedData(string="[]"), []),
    ],
)
def test_output_value_becomes_messages(data: TypedData, texts: list[str]) -> None:
    assert list(queue_texts(data)) == texts


def test_message_encoding() -> None:
    assert decode(encode("grüße", "base64"), "base64") == "grüße"
    assert encode("plain", "none") == decode("plain", "none") == "plain"
    with pytest.raises(UndecodableMessageError):
        decode("{}", "base64")


def test_backoff_grows_from_100_ms_to_its_maximum_and_starts_anew() -> None:
    backoff = Backoff(2.0, Random(1))  # noqa: S311 - a fixed seed for a test
    waits = [backoff.next() for _ in range(8)]
    assert waits[0] == 0.1
    assert waits == sorted(waits)
    assert waits[-1] == 2.0
    assert 0.18 <= waits[1] <= 0.22
    backoff.reset()
    assert backoff.next() == 0.1
