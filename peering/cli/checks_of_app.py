"""Checks of `doctor` on the app itself: that it answers, lets us in, is set up, and reaches what it leans on."""

from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime

from peering.cli.app import App
from peering.cli.checks import Check, Health
from peering.cli.failures import Failure, NotAllowed
from peering.cli.tables import counted
from peering.version import VERSION

_DRIFT, _TOO_FAR = 5, 300  # seconds; Entra and storage refuse what is dated five minutes off
# For each role a call with a body that is never valid: who may gets a 422 (or a 404), who may not a 403. None writes.
_TRIED = (("request", "peerings"), ("operate", "pause"), ("approve", "hubs/{hub}/release"))


def answers(app: App, _now: datetime) -> Iterator[Check]:
    """That it answers at all, and whether it lets us read."""
    try:
        found = app.send("GET", "health")
        if found.status_code != 503:  # which has its words from `configured`
            app.get("health")
        yield Check("app", Health.OK, f"{app.target} answers")
    except Failure as failure:
        yield Check("app", Health.FAIL, str(failure), "Set --app or AUTOPEER_APP, and see that the app runs.")
        return
    try:
        app.get("peerings", {"size": 1})
        yield Check("access", Health.OK, "it lets you read")
    except NotAllowed as failure:
        yield Check("access", Health.FAIL, str(failure), "Set AUTOPEER_KEY, or AUTOPEER_AUDIENCE after `az login`.")
    except Failure as failure:
        yield Check("records", Health.FAIL, str(failure), "See docs/operate.md, autopeer-stalled.")


def version(app: App, _now: datetime) -> Iterator[Check]:
    theirs = str(app.get("health").get("version"))
    if theirs == VERSION:
        yield Check("version", Health.OK, f"{theirs}, as this command line")
    else:
        yield Check(
            "version",
            Health.WARN,
            f"the app is {theirs}, this is {VERSION}",
            "Install the command line of the app's version.",
        )


def clock(app: App, now: datetime) -> Iterator[Check]:
    """Its clock beside ours, by the header Date, which knows whole seconds."""
    told = app.send("GET", "health").headers.get("date")
    if told is None:
        yield Check("clock", Health.WARN, "the app does not say what time it is")
        return
    off = (parsedate_to_datetime(told) - now).total_seconds()
    health = Health.OK if abs(off) <= _DRIFT else Health.WARN if abs(off) < _TOO_FAR else Health.FAIL
    way = "ahead of" if off > 0 else "behind"
    detail = "the app's and yours agree" if health is Health.OK else f"the app's is {abs(off):.0f} s {way} yours"
    yield Check(
        "clock", health, detail, "" if health is Health.OK else "Azure keeps time: set the clock of this machine."
    )


def configured(app: App, _now: datetime) -> Iterator[Check]:
    found = app.get("health/details")
    hubs = found.get("hubs") or []
    named = f"{counted(len(hubs), 'hub')} ({', '.join(hubs)})"
    yield Check("configuration", Health.OK, f"{named}, chosen by the tag {found.get('tag')!r}")


def parts(app: App, _now: datetime) -> Iterator[Check]:
    """What the app leans on, as it has just asked it: storage, Azure."""
    answer = app.send("GET", "health/ready")
    try:
        found = answer.json().get("checks") if answer.status_code in (200, 503) else None
    except (ValueError, AttributeError):
        found = None
    if not isinstance(found, list):
        app.get("health/ready")  # which has the words for it
        found = []
    for each in found:
        took = f" ({each['milliseconds']:.0f} ms)" if isinstance(each.get("milliseconds"), int | float) else ""
        health = Health.OK if each.get("ok") else Health.FAIL
        remedy = "" if each.get("ok") else "See docs/operate.md, autopeer-stalled: firewalls and roles."
        yield Check(str(each.get("check")), health, f"{each.get('detail') or 'answers'}{took}", remedy)


def roles(app: App, _now: datetime) -> Iterator[Check]:
    """What we may do, told by what the app says to a request that it could never carry out."""
    hub = next(iter(app.get("health/details").get("hubs") or ["-"]))
    tried = {role: app.send("POST", path.format(hub=hub), body={}).status_code for role, path in _TRIED}
    may = ["read", *(role for role, status in tried.items() if status not in (401, 403))]
    lacks = [role for role in tried if role not in may]
    yield Check("roles", Health.OK, f"you may {', '.join(may)}{f'; not {", ".join(lacks)}' if lacks else ''}")
