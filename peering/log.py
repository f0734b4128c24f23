"""Loggers that end every line with the correlation id of the request that it is about.

The worker hands only the text of a line to Application Insights, so the id has to be in the text. One id leads from the
event (ARM's own correlation id) to the record and its history.
"""

import logging
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_current: ContextVar[str] = ContextVar("correlation", default="")


@contextmanager
def correlated(identity: str) -> Iterator[None]:
    """Every line logged inside the block carries the id."""
    token = _current.set("".join(character if character.isprintable() else "?" for character in identity))
    try:
        yield
    finally:
        _current.reset(token)


class _Correlated(logging.LoggerAdapter[logging.Logger]):
    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:  # noqa: ANN401
        identity = _current.get()
        return (f"{msg} correlation={identity.replace('%', '%%')}" if identity else msg), kwargs


def logger(name: str) -> logging.LoggerAdapter[logging.Logger]:
    return _Correlated(logging.getLogger(name))
