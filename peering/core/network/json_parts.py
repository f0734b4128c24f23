"""Parts of a JSON document that others wrote, by their kind: what is missing is none, another kind is an error."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

type Document = Mapping[str, Any]

_LONGEST = 2048  # characters of a text; Azure's longest, an id, is shorter, and a row must hold it
_KINDS = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object"}


class UnexpectedDocument(ValueError):
    """The document lacks what nobody can do without, or has it in another form. The text says which part."""


def required_object(value: object, part: str) -> Document:
    if not isinstance(value, dict):
        raise UnexpectedDocument(f"{part} should be an object, and is {kind_of(value)}")
    return value


def required_text(document: Document, name: str) -> str:
    text = text_of(document, name)
    if not text:
        raise UnexpectedDocument(f"{name} should be a text, and is {kind_of(document.get(name))}")
    return text


def object_of(document: Document, name: str) -> Document:
    value = document.get(name)
    return {} if value is None else required_object(value, name)


def list_of(document: Document, name: str) -> Sequence[object]:
    value = document.get(name)
    if value is not None and not isinstance(value, list):
        raise UnexpectedDocument(f"{name} should be a list, and is {kind_of(value)}")
    return value or ()


def text_of(document: Document, name: str) -> str:
    value = document.get(name)
    return "" if value is None else as_text(value, name)


def as_text(value: object, part: str) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST or not _can_be_written(value):
        raise UnexpectedDocument(f"{part} should be a text, and is {kind_of(value)}")
    return value


def sendable(value: object, name: str) -> object:
    """Any JSON that can be sent back as it came."""
    if not _can_be_written(json.dumps([name, value], ensure_ascii=False)):
        raise UnexpectedDocument("a property has half a character in it")
    return value


def flag_of(document: Document, name: str, *, default: bool) -> bool:
    value = document.get(name)
    if value is not None and not isinstance(value, bool):
        raise UnexpectedDocument(f"{name} should be true or false, and is {kind_of(value)}")
    return default if value is None else value


def kind_of(value: object) -> str:
    """What a value is, in words. Not the value itself: it may be long, and it may be secret."""
    if isinstance(value, str):
        return _kind_of_text(value)
    return _KINDS.get(type(value), "missing")


def _kind_of_text(value: str) -> str:
    if not value:
        return "empty"
    if len(value) > _LONGEST:
        return f"a text of {len(value)} characters"
    return "a text" if _can_be_written(value) else "a text with half a character in it"


def _can_be_written(text: str) -> bool:
    """JSON's escapes can make halves of characters (unpaired surrogates), which no UTF-8 and so no row holds."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
