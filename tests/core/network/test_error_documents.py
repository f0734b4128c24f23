"""Error bodies as Azure sends them, and as nobody should: code, words, wait."""

import json
import random
from datetime import timedelta

import pytest

from peering.core.network.error_documents import Told, read_error
from tests.contract.oddities import BUSY, DENIED, SUPERSEDED, mutated


def error(code: str, message: str = "", *details: object, **rest: object) -> dict[str, object]:
    return {"error": {"code": code, "message": message, "details": list(details), **rest}}


def detail(code: str, message: str = "") -> dict[str, object]:
    return {"code": code, "message": message}


LOCK = detail("ScopeLocked", "The scope is locked.")
INNER_TEXT = json.dumps(error("Conflict", "Outer.", LOCK))
ENDED = "The resource write operation failed to complete successfully."

CODES: list[tuple[object, str, str | None]] = [
    (error("ScopeLocked", "The scope is locked."), "ScopeLocked", "The scope is locked."),
    (error("Conflict", "", LOCK), "ScopeLocked", "The scope is locked."),
    (error("Conflict", "No."), "Conflict", "No."),
    (error("BadRequest", "No.", detail("InvalidJson", "Line 1.")), "InvalidJson", "No. Line 1."),
    (
        error(
            "OperationFailed",
            "",
            detail(
                "Conflict",
                "",
            ),
            LOCK,
        ),
        "ScopeLocked",
        "The scope is locked.",
    ),
    (error("DeploymentFailed", "", error("ResourceDeploymentFailure", ENDED, LOCK)), "ScopeLocked", None),
    (error("Conflict", INNER_TEXT), "ScopeLocked", "Outer. The scope is locked."),
    (error("Conflict", "", innererror={"code": "Deeper"}), "Deeper", ""),
    ({"status": "Failed", **error("OperationFailed", ENDED, LOCK)}, "ScopeLocked", f"{ENDED} The scope is locked."),
    # A code that says something is kept; the words of its details are told too.
    (BUSY, "RetryableError", None),
    (DENIED, "RequestDisallowedByPolicy", "Resource 'hub' was disallowed by policy. Deeper."),
    (SUPERSEDED, "Canceled", None),
    ({"code": "AtTheTop", "message": "Words."}, "AtTheTop", "Words."),
    ({"error": {"error": {"code": "Twice"}}}, "Twice", ""),
    ({"error": {"code": "A", "message": "Same.", "details": detail("B", "Same.")}}, "A", "Same."),
    ({"error": "invalid_client", "error_description": "AADSTS7000215"}, "", ""),
    ({"error": {"code": 5, "message": ["x"], "details": "none"}}, "", ""),
    ({"error": {"code": "\ud800", "message": "\ud800!"}}, "?", "?!"),
    (None, "", ""),
    ([], "", ""),
]


@pytest.mark.parametrize(("document", "code", "message"), CODES, ids=range(len(CODES)))
def test_the_code_that_says_something_and_all_the_words(document: object, code: str, message: str | None) -> None:
    told = read_error(document)
    assert told.code == code
    if message is not None:
        assert told.message == message


def test_the_words_of_details_are_told_after_those_outside() -> None:
    assert read_error(BUSY).message.startswith("A retryable error occurred. Operation PutX (1) is updating")
    assert "superseded by operation PutY" in read_error(SUPERSEDED).message


WAITS = [
    ("The call can be retried in 12 seconds.", 12),
    ("Please try again after '324' seconds.", 324),
    ("Please try again after '5' minutes.", 300),
    ("Retry after 7 seconds", 7),
    ("Please retry the request again in 30 seconds", None),
    ("please wait for 20 seconds", 20),
    ("It took 12 seconds.", None),
    ("retried in 999999 seconds", None),
]


@pytest.mark.parametrize(("words", "seconds"), WAITS)
def test_a_wait_in_words(words: str, seconds: int | None) -> None:
    wait = None if seconds is None else timedelta(seconds=seconds)
    assert read_error(error("A", words)).wait == wait
    assert read_error(error("A", "", detail("B", words))).wait == wait
    assert read_error(error("A", "", additionalInfo=[{"type": "t", "info": {"why": words}}])).wait == wait


def test_the_longest_wait_counts() -> None:
    told = read_error(error("A", "try again after '3' seconds", detail("B", "retried in 14 seconds")))
    assert told.wait == timedelta(seconds=14)


def test_no_document_is_too_odd() -> None:
    dice = random.Random(20_261_123)  # noqa: S311 - the same odd documents in every run
    for _ in range(5_000):
        told = read_error(mutated(dice.choice([BUSY, DENIED, SUPERSEDED]), dice))
        assert isinstance(told, Told)
        f"{told.code} {told.message}".encode()


@pytest.mark.parametrize("document", ['{"error":' * 5_000 + "1" + "}" * 5_000, "[" * 900 + "]" * 900])
def test_depth_and_breadth_are_bounded(document: str) -> None:
    try:
        deep = json.loads(document)
    except RecursionError:
        pytest.skip("this Python does not read it")
    assert read_error(deep) == Told()
    wide = error("Conflict", "x" * 100_000, *[detail(f"Code{n}", f"Words {n}.") for n in range(10_000)])
    assert read_error(wide).code == "Code0"
    assert len(read_error(wide).message) < 10_000
