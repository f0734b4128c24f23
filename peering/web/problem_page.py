"""What each kind of problem means and what to do: the page that `type` leads to, and docs/problems.md."""

import re
from collections.abc import Mapping
from html import escape

from peering.web.problems import Kind

EXPLAINED: Mapping[Kind, tuple[str, str]] = {
    Kind.NOT_JSON: (
        "The body cannot be read as JSON: it is empty, cut off, or not in UTF-8.",
        "Send a JSON object; `detail` shows one, and where reading it failed.",
    ),
    Kind.NOT_AN_OBJECT: (
        "The body is JSON, but a list, a text, a number or null.",
        "Send a JSON object; `detail` shows one.",
    ),
    Kind.BAD_PARAMETER: (
        "A parameter of the query, of the path or of a header is unknown or has a value that cannot be used.",
        "`errors` names every such `parameter` and says what it should be.",
    ),
    Kind.NOT_SIGNED_IN: (
        "App Service has signed the caller in, and what it says of him cannot be read or names no object id.",
        "Sign in again, or ask for a new token. If it stays so, tell those who operate Autopeer.",
    ),
    Kind.NOT_ALLOWED: (
        "Who calls may not do this: the app role is missing, or a function key may only read and request.",
        "`detail` names the role that is needed and who gives it.",
    ),
    Kind.OWN_REQUEST: (
        "Who asks for a network does not approve it himself.",
        "Have somebody else who may approve at this hub decide. You may refuse it.",
    ),
    Kind.NO_SUCH_ROUTE: (
        "No route has this path.",
        "Correct the path: `detail` has the nearest one, and `GET /api/openapi.json` describes them all.",
    ),
    Kind.NO_SUCH_RECORD: (
        "That hub has no record of it: nobody has asked for the network yet, it was cleared away, or the key is wrong.",
        "Where it was asked for a moment ago, ask again. Else find it with `GET /api/peerings?spoke=<resource id>`.",
    ),
    Kind.NO_SUCH_REQUEST: (
        "Nobody was given a request of this id, or it is more than a week old.",
        "Use the `id` that you were answered. Of an older one, see `GET /api/peerings?spoke=<resource id>`.",
    ),
    Kind.NO_SUCH_HUB: (
        "The path names a hub that is not in the catalogue.",
        "Use one of the names in `detail`, which has the nearest one first.",
    ),
    Kind.NO_SUCH_PAUSE: (
        "There is no pause of what was named, so there is none to end. It may have ended already.",
        "`GET /api/pause` lists those there are. A pause of a hub or of a network is ended by naming that one.",
    ),
    Kind.METHOD_NOT_ALLOWED: (
        "The path is known, and does not take this method.",
        "Use one of those that the header `Allow` lists.",
    ),
    Kind.STILL_WANTED: (
        "The network's tag still names the hub, or no hub at all, or its pair stays for another reason.",
        "Do what `detail` says, which mostly is to remove the tag: then it leaves by itself.",
    ),
    Kind.ANOTHER_LIST: (
        "What the brake holds back has changed since you looked at it, or nothing is held back any more.",
        "Look again with `GET /api/hubs/{hub}/held`, and release what you see there by its new digest.",
    ),
    Kind.ADDRESSES_CHANGED: (
        "The network has other addresses than those that were approved.",
        "Look at its record again (`approval.asked.addressSpace`), and decide on what it says.",
    ),
    Kind.NOTHING_TO_DECIDE: (
        "The network waits for nobody's approval there: it was decided already, too late, or at another hub.",
        "`detail` says how it stands and where to decide.",
    ),
    Kind.BODY_TOO_LARGE: (
        "The body has more bytes than any request of this API needs.",
        "Send what the route takes, and no more.",
    ),
    Kind.ESTATE_TOO_LARGE: (
        "A dry run of so many networks does not fit into one answer.",
        "Use the command line, which takes the time that it needs: `python -m peering plan --all`.",
    ),
    Kind.TOO_MANY_TO_SORT: (
        "A sorted list reads a bounded number of records, and there are more.",
        "Name a hub, a state or a time (`since`), or leave `sort` out.",
    ),
    Kind.UNUSABLE: (
        "The body is a JSON object, and something in it is missing, unknown, or not what it should be.",
        "`errors` has every fault with a JSON pointer to it. Correct them all, and send it again.",
    ),
    Kind.KEY_USED_AGAIN: (
        "The `Idempotency-Key` was used before, with another body.",
        "Send the first body again to be told its answer, or use another key for another request.",
    ),
    Kind.UNFORESEEN: (
        "Autopeer met an error that nobody foresaw. It is not your fault.",
        "Give those who operate Autopeer the invocation in `detail`: their log says more. Asking again does no harm.",
    ),
    Kind.BUSY_RECORD: (
        "Others kept changing the record while yours was to be written down. What you asked for was not done.",
        "Ask again after the seconds in `Retry-After`: each change of theirs is progress, and soon they are done.",
    ),
    Kind.NOT_CONFIGURED: (
        "The app settings or the catalogue have faults, so nothing can be decided.",
        "Those who operate Autopeer find every fault at `GET /api/health/details`. Ask again when it says `ok`.",
    ),
    Kind.NOT_READY: (
        "Azure or Autopeer's own storage refuses the app or does not answer it; `checks` has a line for each of them.",
        "Ask again after the seconds in `Retry-After`. If it stays so: is a role missing, or is a firewall in the way?",
    ),
    Kind.STORAGE_UNAVAILABLE: (
        "Autopeer's own storage does not answer, or too slowly. It says nothing about any network.",
        "Ask again after the seconds in `Retry-After`. If it stays so, tell those who operate Autopeer.",
    ),
    Kind.ESTATE_UNREADABLE: (
        "Azure did not let the networks be read just now; `detail` has its words.",
        "Ask again later. If Azure speaks of a missing right, those who operate Autopeer have to grant it.",
    ),
    Kind.TOO_SLOW: (
        "The answer would have taken longer than a caller waits.",
        "Use the command line, which takes the time that it needs: `python -m peering plan --all`.",
    ),
}
"""Cause and remedy of each kind; what is code stands in backticks."""

_CODE = re.compile(r"`([^`]+)`")
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
)
_HEAD = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    f"<title>Autopeer: problems</title><style>{_STYLE}</style><h1>Problems that Autopeer answers with</h1>"
)


def problem_page() -> str:
    """All kinds as HTML, each under its name as a fragment. It says nothing of this installation."""
    return _HEAD + "".join(_section(kind) for kind in Kind) + "</html>\n"


def _section(kind: Kind) -> str:
    cause, remedy = (_CODE.sub(r"<code>\1</code>", escape(text)) for text in EXPLAINED[kind])
    return f'<h2 id="{kind.slug}">{kind.status} {escape(kind.title)}</h2><p>{cause}</p><p>{remedy}</p>'
