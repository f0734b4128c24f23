"""Errors as storage words them: XML for blobs and queues, JSON for tables (docs/facts/storage.md, Errors)."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

type Json = dict[str, Any]

_CODES = {500: "InternalError", 503: "ServerBusy", 403: "AuthorizationFailure", 404: "ResourceNotFound"}
_TEXTS = {
    "ServerBusy": "The server is currently unable to receive requests. Please retry your request.",
    "OperationTimedOut": "The operation could not be completed within the permitted time.",
    "InternalError": "The server encountered an internal error. Please retry the request.",
}


def error(service: str, answer: Json) -> bytes:
    """The whole message. `answer`: status, and perhaps code, message, headers."""
    status = int(answer.get("status", 503))
    code = str(answer.get("code", _CODES.get(status, "InternalError")))
    body, kind = _body(service, code, str(answer.get("message", _TEXTS.get(code, code))))
    headers = {
        "Content-Type": kind,
        "Content-Length": str(len(body)),
        "x-ms-error-code": code,
        "x-ms-request-id": str(uuid4()),
        **{str(name): str(value) for name, value in (answer.get("headers") or {}).items()},
    }
    lines = [f"HTTP/1.1 {status} {_phrase(status)}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _body(service: str, code: str, message: str) -> tuple[bytes, str]:
    if service == "table":
        told = {"odata.error": {"code": code, "message": {"lang": "en-US", "value": message}}}
        return json.dumps(told).encode(), "application/json"
    xml = f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
    return f'<?xml version="1.0" encoding="utf-8"?>{xml}'.encode(), "application/xml"


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unknown"
