"""The logs of what was asked of ARM and of storage: their numbers hold when the oldest entries are forgotten."""

from collections import deque
from typing import Any

import pytest

from localazure.emulator.request_log import RequestLog, Served
from localazure.emulator.storage.calls import Call, CallLog

KEPT, ASKED = 3, 5


def of_arm() -> RequestLog:
    log = RequestLog(deque(maxlen=KEPT))
    for _ in range(ASKED):
        asked: dict[str, Any] = dict.fromkeys(("time", "method", "path", "query", "caller", "correlationId"), "")
        log.add(Served(n=log.next_number(), status=200, ms=1.0, **asked))
    return log


def of_storage() -> CallLog:
    log = CallLog(deque(maxlen=KEPT))
    for _ in range(ASKED):
        log.add(Call.read("queue", b"GET /account/queue HTTP/1.1\r\n"), "", 200, 1.0)
    return log


@pytest.mark.parametrize(("since", "numbers"), [(0, [3, 4, 5]), (3, [4, 5]), (4, [5]), (5, []), (1000, [])])
def test_since_tells_what_came_later_and_is_still_kept(since: int, numbers: list[int]) -> None:
    for log in (of_arm(), of_storage()):
        told = log.since(since)
        assert (told["next"], [entry["n"] for entry in told["requests"]]) == (ASKED, numbers)


def test_last_tells_the_newest() -> None:
    assert [entry["n"] for entry in of_arm().last(2)] == [4, 5]
    assert [entry["n"] for entry in of_arm().last(50)] == [3, 4, 5]
