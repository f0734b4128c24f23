"""`GET /` and `GET /control/view`. The page is one document: style and script are put into it when it is served.

Nothing a user can name is ever in that document: names and tags come with `/control/view` as JSON, and the script puts
them on the page as text nodes only. The content security policy allows this script and this style and no others.
"""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from localazure.emulator.eventgrid import EventGrid
from localazure.emulator.eventgrid.subscription import EventSubscription, WebHook
from localazure.emulator.page import picture
from localazure.emulator.page.events import event_line

SHOWN = 40
"""Requests and events on the page, newest first."""
MAX_NETWORKS = 300
"""More would be neither legible nor quick; the rest is counted."""

_ASSETS = Path(__file__).with_name("assets")
_SCRIPTS = ("dom.js", "picture.js", "lists.js", "main.js")

type Json = dict[str, Any]
type View = Callable[[], Json]


def routes(view: View, event_grid: EventGrid) -> list[web.RouteDef]:
    """`view()` gives `{"networks": [ARM bodies], "requests": [log entries, oldest first]}`."""
    document, policy = page_document()
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=document, content_type="text/html", headers=headers)

    async def data(_: web.Request) -> web.Response:
        return web.json_response(summary(view(), event_grid), headers={"Cache-Control": "no-store"})

    return [web.get("/", page), web.get("/control/view", data)]


def summary(view: Json, event_grid: EventGrid) -> Json:
    """What the script draws."""
    networks = picture.networks(view["networks"])
    shown = {one["id"].lower() for one in networks[:MAX_NETWORKS]}
    pairs = [one for one in picture.pairs(view["networks"]) if one["hub"].lower() in shown]
    return {
        "networks": networks[:MAX_NETWORKS],
        "networkCount": len(networks),
        "pairs": pairs,
        "requests": list(reversed(view["requests"][-SHOWN:])),
        "events": [event_line(one) for one in event_grid.log.latest(SHOWN)],
        "eventCount": event_grid.log.count,
        "announcements": {
            name: [event_line(one) for one in log.latest(SHOWN)] for name, log in event_grid.topics.logs()
        },
        "subscriptions": [_subscription(one) for one in event_grid.subscriptions.values()],
        "deadLetters": len(event_grid.dead_letters),
    }


def _subscription(subscription: EventSubscription) -> Json:
    """Where it leads, without the key in the query of a webhook or in a connection string."""
    endpoint = subscription.endpoint
    to = endpoint.base_url if isinstance(endpoint, WebHook) else f"queue {endpoint.queue_name}"
    return {"name": subscription.name, "to": to, "topic": subscription.topic or "subscriptions"}


def page_document() -> tuple[str, str]:
    """The document, and the policy that names its style and script by their hashes."""
    style = (_ASSETS / "page.css").read_text("utf-8")
    script = "\n".join((_ASSETS / name).read_text("utf-8") for name in _SCRIPTS)
    html = (_ASSETS / "page.html").read_text("utf-8")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return html.replace("/* style */", style).replace("/* script */", script), policy


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
