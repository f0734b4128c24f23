"""The JSON object that a body is, read strictly: what two readers could take for two things is refused."""

import json
from json import JSONDecodeError
from typing import Any, NoReturn

from peering.web.problems import Kind, Problem, unusable

_LARGEST = 16 * 1024  # bytes; the two ids a request holds fit into one


def object_in(body: bytes, example: str) -> dict[str, Any]:
    """The JSON object that a body is; raises Problem for anything else."""
    if len(body) > _LARGEST:
        raise Problem(Kind.BODY_TOO_LARGE, f"The body has {len(body)} bytes; a request takes at most {_LARGEST}.")
    document = _read(body, example)
    if not isinstance(document, dict):
        raise Problem(Kind.NOT_AN_OBJECT, f"The body is JSON, and no object. Send one such as {example}.")
    return document


def _read(body: bytes, example: str) -> object:
    try:
        return json.loads(body.decode("utf-8-sig"), object_pairs_hook=_each_once, parse_constant=_no_number)
    except (JSONDecodeError, UnicodeDecodeError) as error:
        why = str(error) if body.strip() else "it is empty"
    except RecursionError:
        why = "it is nested too deeply"
    except ValueError:  # what int() says of it speaks to programmers
        why = "it has a number that is too long, or none at all (NaN, Infinity)"
    raise Problem(Kind.NOT_JSON, f"The body is not JSON: {why}. Send an object such as {example}.")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Python takes the last of two, and others the first."""
    document = dict(pairs)
    if len(document) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise unusable([(pointer(name), "is there more than once; give it once") for name in twice])
    return document


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def unknown_in(document: dict[str, Any], known: set[str], what: str) -> list[tuple[str, str]]:
    """A fault for each property that nobody knows, so that nobody thinks that it counts; `what` says what there is."""
    return [(pointer(name), f"is not known; {what}") for name in sorted(document.keys() - known)]


def pointer(name: str) -> str:
    """A JSON pointer as a URI fragment writes it (RFC 6901)."""
    return "#/" + name.replace("~", "~0").replace("/", "~1")
