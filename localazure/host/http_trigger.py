"""HTTP triggers: from a request to the function's `RpcHttp` and back."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from aiohttp import web
from multidict import CIMultiDict

from localazure.host.function import Function
from localazure.host.invoker import Invoker
from localazure.host.keys import Keys, presented_key
from localazure.host.protos import Message, RpcHttp, RpcHttpCookie, TypedData
from localazure.host.routes import Route, route
from localazure.host.worker import Invocation

_SERVERS_OWN = frozenset({"content-length", "transfer-encoding", "connection"})
_SAME_SITE = {RpcHttpCookie.SameSite.Lax: "Lax", RpcHttpCookie.SameSite.Strict: "Strict", 3: "None"}


class HttpTriggers:
    """All HTTP functions of the app, behind one route prefix."""

    def __init__(self, functions: Iterable[Function], prefix: str, keys: Keys, invoker: Invoker) -> None:
        self._functions = {f.name: f for f in functions if f.trigger.type == "httpTrigger"}
        self.routes = [_route(function, prefix) for function in self._functions.values()]
        self._keys = keys
        self._invoker = invoker

    async def handle(self, request: web.Request) -> web.Response:
        found = self._find(request)
        if not found:
            return web.Response(status=404)
        function, parameters = found
        trigger = function.trigger
        if not self._keys.may_call(trigger.settings.get("authLevel", "function"), presented_key(request)):
            return web.Response(status=401)
        data = TypedData(http=await _rpc_http(request, parameters))
        trace_parent = request.headers.get("traceparent", "")
        result = await self._invoker.invoke(
            function, Invocation(inputs={trigger.name: data}, metadata={}, trace_parent=trace_parent)
        )
        return _response(function, result.outputs) if result.succeeded else web.Response(status=500)

    def _find(self, request: web.Request) -> tuple[Function, dict[str, str]] | None:
        path = request.rel_url.raw_path.removeprefix("/")
        for candidate in self.routes:
            parameters = candidate.match(request.method, path)
            if parameters is not None:
                return self._functions[candidate.function_name], parameters
        return None


def _route(function: Function, prefix: str) -> Route:
    settings = function.trigger.settings
    template = settings.get("route") or function.name
    return route(function.name, f"{prefix}/{template}".lstrip("/"), settings.get("methods") or ())


async def _rpc_http(request: web.Request, parameters: dict[str, str]) -> RpcHttp:
    """The body goes as bytes (the worker's RawHttpBodyBytes capability); empty headers and query values are dropped."""
    body = await request.read()
    return RpcHttp(
        method=request.method,
        url=str(request.url),
        headers=_joined(request.headers.items()),
        query=_joined(request.query.items(), lower=False),
        params=parameters,
        body=TypedData(bytes=body) if body else None,
    )


def _joined(pairs: Iterable[tuple[str, str]], *, lower: bool = True) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower() if lower else name
        if value:
            joined[key] = f"{joined[key]},{value}" if key in joined else value
    return joined


def _response(function: Function, outputs: Mapping[str, TypedData]) -> web.Response:
    name = next((binding.name for binding in function.outputs if binding.type == "http"), None)
    data = outputs.get(name) if name else None
    if data is None:
        return web.Response(status=204)
    if data.kind == "http":
        return _from_rpc_http(data.http)
    content_type = "application/json" if data.kind == "json" else "text/plain"
    return web.Response(body=data.as_bytes(), content_type=content_type, charset="utf-8")


def _from_rpc_http(rpc: RpcHttp) -> web.Response:
    headers = CIMultiDict((name, value) for name, value in rpc.headers.items() if name.lower() not in _SERVERS_OWN)
    response = web.Response(status=int(rpc.status_code or 200), headers=headers, body=rpc.body.as_bytes())
    for cookie in rpc.cookies:
        _set_cookie(response, cookie)
    return response


def _set_cookie(response: web.Response, cookie: Message) -> None:
    expires = _nullable(cookie.expires)
    max_age = _nullable(cookie.max_age)
    response.set_cookie(
        cookie.name,
        cookie.value,
        domain=_nullable(cookie.domain),
        path=_nullable(cookie.path) or "/",
        expires=format_datetime(datetime.fromtimestamp(expires.seconds, UTC), usegmt=True) if expires else None,
        max_age=None if max_age is None else int(max_age),
        secure=_nullable(cookie.secure),
        httponly=_nullable(cookie.http_only),
        samesite=_SAME_SITE.get(cookie.same_site),
    )


def _nullable(message: Message | None) -> Any:  # noqa: ANN401 - a string, bool, number or Timestamp
    return None if message is None else message.value
