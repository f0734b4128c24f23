"""HTTP functions behind the host: routes, keys, the request the function sees and the answer the caller gets."""

import pytest

from tests.host.host_process import FUNCTION, MASTER, Host


def test_request_reaches_the_function_whole(host: Host) -> None:
    url = "/api/echo/anna/more%20text?a=1&a=2&empty="
    answer = host.http.post(url, content="body ü", headers={"X-Sample": "given"})
    assert answer.status_code == 201
    seen = answer.json()
    assert seen["method"] == "POST"
    assert seen["url"].endswith(url)
    assert seen["query"] == {"a": "1,2"}
    assert seen["params"] == {"name": "anna", "rest": "more text"}
    assert seen["header"] == "given"
    assert seen["body"] == "body ü"
    assert seen["thread"], "a sync function runs in a thread"


def test_answer_reaches_the_caller_whole(host: Host) -> None:
    answer = host.http.get("/API/Echo/anna/")
    assert answer.json()["params"] == {"name": "anna"}
    assert answer.headers["x-answer"] == "yes"
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["set-cookie"] == "taste=sweet; HttpOnly; Path=/api"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/nothing"), ("GET", "/echo/anna"), ("GET", "/api/echo/12"), ("DELETE", "/api/echo/anna")],
)
def test_what_no_route_fits_is_not_found(host: Host, method: str, path: str) -> None:
    answer = host.http.request(method, path)
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize(
    ("path", "key", "status"),
    [
        ("/api/broken", "", 401),
        ("/api/broken", "wrong", 401),
        ("/api/broken", FUNCTION, 500),
        ("/api/broken", MASTER, 500),
        ("/api/environment", FUNCTION, 401),
        ("/api/environment", MASTER, 200),
    ],
)
def test_key_must_be_of_the_functions_level(host: Host, path: str, key: str, status: int) -> None:
    assert host.http.get(path, headers={"x-functions-key": key}).status_code == status
    assert host.http.get(path, params={"code": key}).status_code == status


def test_header_wins_over_code(host: Host) -> None:
    assert host.http.get("/api/broken", params={"code": FUNCTION}, headers={"x-functions-key": "no"}).status_code == 401


def test_exception_is_an_empty_500_and_a_stack_trace_in_the_log(host: Host) -> None:
    answer = host.http.get("/api/broken", headers={"x-functions-key": FUNCTION})
    assert (answer.status_code, answer.content) == (500, b"")
    host.await_log("RuntimeError: the sample is meant to fail on GET")
    host.await_log(r"Executed 'broken' \(Failed, Id=")


def test_function_that_overruns_its_time_fails(host: Host) -> None:
    assert host.http.get("/api/slow", params={"seconds": "0"}).text == "done"
    assert host.http.get("/api/slow", params={"seconds": "60"}).status_code == 500
    host.await_log("Timeout value of 1 s exceeded by function: slow")


def test_app_sees_its_settings_and_nothing_of_the_developers_sign_in(host: Host) -> None:
    environ = host.http.get("/api/environment", params={"code": MASTER}).json()["environ"]
    assert environ["INCOMING"] == "incoming"
    forbidden = [name for name in environ if name.startswith(("HOST_", "AZURE_CLIENT", "AUTOPEER_"))]
    assert forbidden == []


def test_trace_context_is_handed_on(host: Host) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    given = host.http.get("/api/environment", params={"code": MASTER}, headers={"traceparent": trace}).json()
    made = host.http.get("/api/environment", params={"code": MASTER}).json()
    assert given["trace"] == trace
    assert len(made["trace"]) == len(trace)


def test_logs_name_the_invocation_they_belong_to(host: Host) -> None:
    host.http.get("/api/echo/anna")
    host.await_log(r"INFO +\[echo [0-9a-f]{8}\] root: echo of GET")
    host.await_log(r"INFO +\[echo [0-9a-f]{8}\] localazure.host: Executed 'echo' \(Succeeded, Id=.*, Duration=\d+ms\)")
