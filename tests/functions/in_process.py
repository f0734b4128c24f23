"""A call of the API within the test's own process, over whatever `wiring` was given."""

import json
from collections.abc import Mapping

import azure.functions as func
import httpx

from peering.routes import answering
from tests.documented import documented


async def called(
    method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    """The answer, as it would come over the wire: held to the OpenAPI document, as those of whole apps are.

    `path` is what comes after /api/; the call's id is `1`.
    """
    sent = b"" if body is None else json.dumps(body).encode()
    call = func.HttpRequest(
        method=method, url=f"/api/{path}", headers=dict(headers or {}), route_params={"path": path}, body=sent
    )
    found = await answering.answer(call, "1", lambda _: None)
    answer = httpx.Response(
        found.status_code,
        headers={**found.headers, "content-type": found.mimetype},
        content=found.get_body(),
        request=httpx.Request(method, f"http://localhost/api/{path}", content=sent),
    )
    documented(answer)
    return answer
