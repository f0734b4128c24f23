"""A dump as a file: JSON that a person can read, with times as tagged texts."""

import json
from datetime import datetime
from typing import Any

type Json = dict[str, Any]

_TIME = "$time"


def write(dump: Json) -> str:
    return json.dumps(dump, indent=1, ensure_ascii=False, default=_tagged) + "\n"


def read(text: str) -> Json:
    document: Json = json.loads(text, object_hook=_untagged)
    return document


def _tagged(value: object) -> Json:
    if isinstance(value, datetime):
        return {_TIME: value.isoformat()}
    raise TypeError(f"{value!r} has no place in a dump")


def _untagged(value: Json) -> Any:  # noqa: ANN401 - a time or the object itself
    return datetime.fromisoformat(value[_TIME]) if value.keys() == {_TIME} else value
