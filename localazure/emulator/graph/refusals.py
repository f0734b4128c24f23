"""What Resource Graph refuses, in its two forms: the one since 2020 names what support wants to know."""

from __future__ import annotations

from typing import Any

from localazure.emulator.activity_log import timestamp
from localazure.emulator.errors import ArmError
from localazure.emulator.graph.language import InvalidQuery, ParserFailure, UnknownTable
from localazure.emulator.graph.quota import Standing
from localazure.emulator.graph.selection import UnknownColumn
from localazure.emulator.wire.messages import ArmRequest

type Json = dict[str, Any]

_SUPPORT_FORM_SINCE = "2020-04-01"
_EXPECTED_TOKEN = "\u01cf"  # noqa: S105  what the service prints there, of no meaning to anybody
_INVALID = {
    "code": "InvalidQuery",
    "message": "Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the "
    "error before retrying.",
}


def invalid_query(request: ArmRequest, now: float, refused: InvalidQuery) -> ArmError:
    """In the older form without the two members around it (recording of 2018)."""
    if request.api_version < _SUPPORT_FORM_SINCE:
        return ArmError(400, "InvalidQuery", "Query validation error", [_detail(refused, "Parser failure")])
    return _bad_request(request, now, _INVALID, _detail(refused, "ParserFailure"))


def _detail(refused: InvalidQuery, failure: str) -> Json:
    match refused:
        case ParserFailure():
            return {
                "code": "ParserFailure",
                "message": failure,
                "line": 1,
                "characterPositionInLine": refused.position,
                "token": refused.token,
                "expectedToken": _EXPECTED_TOKEN,
            }
        case UnknownTable():
            message = f"Logical table {refused} is invalid, unsupported or disallowed"
            return {"code": "DisallowedLogicalTableName", "message": message}
        case UnknownColumn():
            return {"code": "Default", "message": f"Failed to resolve scalar expression named '{refused}'"}
        case _:
            raise ValueError(f"{refused!r} has no words")


def no_valid_subscription(request: ArmRequest, now: float, given: list[str]) -> ArmError:
    message = (
        f"There must be at least one subscription that is eligible to contain resources. Given: '{', '.join(given)}'."
    )
    return _bad_request(request, now, {"code": "NoValidSubscriptionsInQueryRequest", "message": message})


def invalid_guids(request: ArmRequest, now: float, given: list[str]) -> ArmError:
    message = f"Subscription ids have to be valid GUIDs. Given: '{', '.join(given)}'."
    return _bad_request(request, now, {"code": "SubscriptionsContainInvalidGuids", "message": message})


def invalid_token() -> ArmError:
    return ArmError(400, "BadRequest", "The skip token is not one that this service gave out.", details=[])


def limited(request: ArmRequest, now: float, standing: Standing) -> ArmError:
    message = (
        "Client application has been throttled and should not attempt to repeat the request until an amount of "
        "time has elapsed. Please see https://aka.ms/resourcegraph-throttling for help."
    )
    headers = {"Retry-After": str(standing.resets_after), **standing.headers()}
    details = [{"code": "RateLimiting", "message": message}]
    return ArmError(429, "RateLimiting", _support(request, now), details, headers)


def _bad_request(request: ArmRequest, now: float, *details: Json) -> ArmError:
    return ArmError(400, "BadRequest", _support(request, now), list(details))


def _support(request: ArmRequest, now: float) -> str:
    return (
        f"Please provide below info when asking for support: timestamp = {timestamp(now)}, "
        f"correlationId = {request.correlation_id}."
    )
