"""The app as a command sees it: JSON over HTTP, and every way to fail as a sentence for a person.

Shapes are those of the API and nothing is shared with it but JSON: the app may be older or newer than this.
"""

import json
import ssl
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from peering.cli.clock import REAL, Clock
from peering.cli.failures import Failure, Misused, NotAllowed, Refused, Unreachable
from peering.cli.target import Target
from peering.version import VERSION

type Document = dict[str, Any]
type Query = Mapping[str, str | int | None]
_PATIENCE = 35.0  # seconds; the app itself answers within 30
_PROBLEM = "application/problem+json"
_WHO_ARE_YOU = (
    "Give a function key (--key or AUTOPEER_KEY), or sign in with `az login` and name the app's audience (--audience "
    "or AUTOPEER_AUDIENCE)."
)
_NOT_OURS = "Is it the address of the function app, without a path? Set it by --app or AUTOPEER_APP."


class App:
    """An app that answers, or a Failure of every call."""

    def __init__(self, target: Target, clock: Clock = REAL) -> None:
        self.target = target
        self.clock = clock
        self._http = httpx.Client(
            headers={**target.headers, "User-Agent": f"autopeer/{VERSION}", "Accept": f"application/json, {_PROBLEM}"},
            verify=_trust(target),
            timeout=httpx.Timeout(_PATIENCE, connect=10.0),
            trust_env=not target.is_loopback,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, query: Query | None = None) -> Document:
        return self.ask("GET", path, query=query)

    def post(self, path: str, body: Document | None = None, headers: Mapping[str, str] | None = None) -> Document:
        return self.ask("POST", path, body=body, headers=headers)

    def delete(self, path: str, query: Query | None = None) -> Document:
        return self.ask("DELETE", path, query=query)

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Document | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Document:
        """The body of an answer that is no error.

        Raises:
            Failure: there is none; its kind and text say why.
        """
        answer = self.send(method, path, query=query, body=body, headers=headers)
        if answer.is_success and (found := _document(answer)) is not None:
            return found
        raise self._refusal(answer)

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Document | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Whatever is answered; raises Unreachable if nothing is."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        try:
            return self._http.request(
                method, f"{self.target.url}/api/{path}", params=given or None, json=body, headers=headers
            )
        except httpx.TimeoutException as error:
            text = (
                f"{self.target} did not answer within {_PATIENCE:.0f} seconds. A first request may wake it: try again."
            )
            raise Unreachable(text) from error
        except httpx.TransportError as error:
            raise Unreachable(f"{self.target} cannot be reached: {_cause(error)}. {self._advice(error)}") from error

    def pages(self, path: str, query: Query) -> Iterator[Document]:
        """The values of a list, one page after another."""
        given = dict(query)
        while True:
            page = self.get(path, given)
            yield from page["value"]
            if not (following := page.get("next")):
                return
            given = dict(following)

    def _advice(self, error: httpx.TransportError) -> str:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return "If its CA is your company's, name its PEM file in SSL_CERT_FILE."
        if self.target.is_local:
            return "The local Azure that it belonged to may have ended: start one with `make local`."
        return "Check the address (--app or AUTOPEER_APP), the network between, and that the app runs."

    def _refusal(self, answer: httpx.Response) -> Failure:
        """Why an answer is of no use, told apart by who must do something about it."""
        problem = _document(answer) if answer.headers.get("content-type", "").startswith(_PROBLEM) else None
        told = _told(problem) if problem else ""
        if answer.status_code == 401:
            return NotAllowed(f"{self.target} does not know you (401). {told or _WHO_ARE_YOU}")
        if answer.status_code == 403:
            return NotAllowed(f"{self.target} does not let you (403). {told or 'A role is missing, or a firewall.'}")
        if problem is None:
            return self._foreign(answer)
        kind = str(problem.get("type", "")).rstrip("/").replace("#", "/").rpartition("/")[2]
        if kind == "no-such-route":
            return Unreachable(f"{told} The app at {self.target} may be older than this command line ({VERSION}).")
        if answer.status_code >= 500:
            return Unreachable(f"{self.target} cannot answer ({answer.status_code}). {told}")
        return Refused(told, answer.status_code, kind)

    def _foreign(self, answer: httpx.Response) -> Failure:
        """An answer that Autopeer does not give: of another server, a sign-in page, or a host whose app is down."""
        status = answer.status_code
        if answer.is_redirect:
            where = answer.headers.get("location", "nowhere")[:100]
            return NotAllowed(f"{self.target} sends on to {where} ({status}): it wants a sign-in. {_WHO_ARE_YOU}")
        if status in (502, 503, 504):
            return Unreachable(f"{self.target} is not up ({status}). Wait a minute; then look whether the app runs.")
        if status >= 500:
            return Unreachable(f"{self.target} failed ({status}). Why is in Application Insights, `exceptions`.")
        return Unreachable(f"What answers at {self.target} is not Autopeer ({status}). {_NOT_OURS}")


def _trust(target: Target) -> ssl.SSLContext:
    """The machine's own certificates, as SSL_CERT_FILE may replace them, and a local Azure's.

    For plain HTTP none: reading them takes a tenth of a second.
    """
    if target.url.startswith("http:"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust = ssl.create_default_context()
    if target.ca:
        try:
            trust.load_verify_locations(cafile=target.ca)
        except (OSError, ssl.SSLError) as error:
            raise Misused(f"The CA of {target} in {target.ca} cannot be read: {error}.") from error
    return trust


def _document(answer: httpx.Response) -> Document | None:
    """The JSON object that it is; None for anything else."""
    try:
        found = answer.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return None
    return found if isinstance(found, dict) else None


def _told(problem: Document) -> str:
    """What a problem says: its detail, and each fault that the detail has not told already."""
    detail = str(problem.get("detail") or problem.get("title") or "")
    faults = [
        (str(each.get("pointer") or each.get("parameter") or ""), str(each.get("detail", "")))
        for each in problem.get("errors") or ()
    ]
    more = [f"\n  {where.removeprefix('#/')}: {what}" for where, what in faults if what and what not in detail]
    return detail + "".join(more)


def _cause(error: httpx.TransportError) -> str:
    """The system's own words, without the number in front of them."""
    return str(error).rpartition("] ")[2].rstrip(".") or type(error).__name__
