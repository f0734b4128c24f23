"""What holds answers to the OpenAPI document finds each way in which an answer can differ from it."""

from typing import Any

import httpx
import pytest

from tests.documented import documented

EVERY = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
PROBLEM = {"content-type": "application/problem+json"}
ENDED = {"scope": "everything", "ended": True}
MISTAKE = {"type": "/api/problems#bad-parameter", "title": "x", "status": 400, "detail": "x"}
PAUSE = {"scope": "everything", "reason": "x", "who": "x", "since": "2026-01-01T00:00:00Z"} | dict.fromkeys(
    ["hub", "spoke", "until"]
)


def answer(status: int, body: object, headers: dict[str, str] = EVERY, **request: Any) -> httpx.Response:  # noqa: ANN401 - as httpx
    asked = {"method": "DELETE", "url": "http://app/api/pause"} | request
    return httpx.Response(status, json=body, headers=headers, request=httpx.Request(**asked))


@pytest.mark.parametrize(
    "right",
    [
        answer(200, ENDED),
        answer(200, ENDED, url="http://app/api/pause?hub=a&code=key"),
        answer(400, MISTAKE, EVERY | PROBLEM),
        answer(
            404,
            MISTAKE | {"type": "/api/problems#no-such-route", "status": 404},
            EVERY | PROBLEM,
            url="http://app/api/x",
        ),
        answer(418, "whatever", {}, url="http://app/runtime"),
    ],
)
def test_what_is_said_passes(right: httpx.Response) -> None:
    documented(right)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (answer(201, ENDED), "201"),
        (answer(200, {"scope": "everything"}), "'ended' is a required property"),
        (answer(200, ENDED | {"more": 1}), "'more' was unexpected"),
        (answer(200, ENDED, {}), "cache-control is missing"),
        (answer(200, ENDED, EVERY | {"retry-after": "5"}), "retry-after"),
        (answer(200, ENDED, EVERY | {"content-type": "text/plain"}), "the body is text/plain"),
        (answer(200, ENDED, url="http://app/api/pause?hbu=a"), "hbu"),
        (answer(400, MISTAKE | {"type": "/api/problems#another-list"}, EVERY | PROBLEM), "another-list"),
        (answer(400, MISTAKE | {"type": "about:blank"}, EVERY | PROBLEM), "about:blank"),
        (answer(400, MISTAKE | {"status": 404}, EVERY | PROBLEM), "the status in the body"),
        (answer(200, ENDED, url="http://app/api/nowhere"), "200"),
        (answer(200, ENDED, method="PUT"), "200"),
        (
            answer(200, PAUSE | {"since": "now"}, method="POST", json={"reason": "x"}),
            "since",
        ),
    ],
)  # fmt: skip
def test_what_is_not_said_is_found(wrong: httpx.Response, said: str) -> None:
    with pytest.raises(AssertionError, match="the OpenAPI document does not say so") as caught:
        documented(wrong)
    assert said in str(caught.value)


def test_a_body_that_the_document_does_not_allow_is_found() -> None:
    documented(answer(200, PAUSE, method="POST", json={"reason": "x"}))
    with pytest.raises(AssertionError, match="colour"):
        documented(answer(200, PAUSE, method="POST", json={"reason": "x", "colour": 1}))
