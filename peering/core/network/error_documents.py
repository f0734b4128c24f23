"""ARM's error bodies: which code, which words and which wait, however they are nested.

The provider's code often stands in the details of a wrapper that says nothing ("Conflict"), and the wait in their words
only (docs/facts/arm-errors.md, Nested errors).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

_WRAPPERS = {"BadRequest", "Conflict", "DeploymentFailed", "OperationFailed", "ResourceDeploymentFailure"}
_INSIDE = ("error", "details", "innererror", "innerError")
_DEEPEST = 8  # levels; the deepest that Azure was seen to send has four
_MOST = 50  # errors, and texts, that are looked at
_LONGEST = 4000  # characters of a text
_LONGEST_CODE = 100

_WAIT = re.compile(
    r"(?:retr(?:y|ied)|try again|wait)(?: (?:again|after|in|for))* '?(\d{1,5})'? (second|minute)", re.IGNORECASE
)
_UNITS = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1)}


@dataclass(frozen=True, slots=True)
class Told:
    """What an error body tells. Empty where it tells nothing."""

    code: str = ""
    message: str = ""
    wait: timedelta | None = None


def read_error(document: object) -> Told:
    """Read any JSON as an error body; what is not as it should be is passed over."""
    errors = _first(_errors(document))
    codes = [code for error in errors if (code := _text(error.get("code"))[:_LONGEST_CODE])]
    telling = next((code for code in codes if code not in _WRAPPERS), "")
    return Told(telling or next(iter(codes), ""), _message(errors), _wait(document))


def _message(errors: list[dict[str, Any]]) -> str:
    """The words of all levels, outermost first, none of them twice."""
    message = ""
    for error in errors:
        words = _text(error.get("message")).strip()
        if _json(words) is None and words not in message:
            message = f"{message} {words}".strip()
    return message


def wait_in_words(text: str) -> timedelta | None:
    """ARM sometimes gives the wait in the text only: "The call can be retried in 12 seconds"."""
    found = _WAIT.search(text)
    return int(found[1]) * _UNITS[found[2].lower()] if found else None


def _wait(document: object) -> timedelta | None:
    """The longest wait that any of the texts asks for."""
    return max(filter(None, map(wait_in_words, _first(_texts(document)))), default=None)


def _errors(value: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Every object that may have a code or a message, outermost first. A message may be JSON itself."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for each in value[:_MOST]:
            yield from _errors(each, depth + 1)
    elif isinstance(value, dict):
        yield value
        for name in _INSIDE:
            yield from _errors(value.get(name), depth + 1)
        yield from _errors(_json(_text(value.get("message"))), depth + 1)


def _texts(value: object, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value[:_LONGEST]
    elif isinstance(value, list | dict) and depth <= _DEEPEST:
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each, depth + 1)


def _first[T](found: Iterator[T]) -> list[T]:
    return [each for each, _ in zip(found, range(_MOST), strict=False)]


def _json(text: str) -> dict[str, Any] | None:
    """The object that a text is, None for words."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _text(value: object) -> str:
    """A text that can be written down: JSON's escapes can make halves of characters that no UTF-8 holds."""
    return value[:_LONGEST].encode("utf-8", "replace").decode() if isinstance(value, str) else ""
