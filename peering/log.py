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
_CHATTY = ("azure", "msal")


def quieten_sdks() -> None:
    """Have Azure's SDKs log what is wrong and no more.

    They log each request and each answer at INFO, the level of the worker (docs/facts/functions-host.md, Log): of five
    spokes 337 records were theirs and 20 ours.
    """
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


@contextmanager
def correlated(identity: str) -> Iterator[None]:
    """Every line logged inside the block carries the id."""
    token = _current.set(identity)
    try:
        yield
    finally:
        _current.reset(token)


class _Correlated(logging.LoggerAdapter[logging.Logger]):
    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:  # noqa: ANN401 - as logging has it
        """What is put into a line may come from anybody (a tag, a message, Azure): it must not become a second line."""
        kwargs["stacklevel"] = kwargs.get("stacklevel", 1) + 1  # the caller's place, not this one
        super().log(level, msg, *map(_one_line, args), **kwargs)

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:  # noqa: ANN401
        identity = _one_line(_current.get())
        return (f"{msg} correlation={identity.replace('%', '%%')}" if identity else msg), kwargs


def _one_line(value: object) -> str:
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in str(value))


def logger(name: str) -> logging.LoggerAdapter[logging.Logger]:
    return _Correlated(logging.getLogger(name))
