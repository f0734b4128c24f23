"""Checks of `doctor` on the work: that events arrive, sweeps run, and nothing stands still unseen."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import quote

from peering.cli.app import App, Document
from peering.cli.checks import Check, Health
from peering.cli.tables import codes, counted, parsed_time, span

_LONG_AGO = timedelta(days=1)
_SWEEP_DUE = timedelta(hours=2)  # as the alert autopeer-sweep has it
_LOOKED_AT = 200  # records, the latest ones
_LOST = ("unheard", "tagChanged", "tagGone", "tagBack", "vanished")  # what only a lost event leaves to a sweep
_ROLE_MISSING = ("AuthorizationFailed", "LinkedAuthorizationFailed")
_ONBOARD = "Onboard the subscription again (docs/deploy.md, step 4)."


def roles_in_azure(app: App, _now: datetime) -> Iterator[Check]:
    """Networks that the app may not read or write, by what Azure answered it."""
    asked = [app.get("peerings", {"code": code, "size": _LOOKED_AT})["value"] for code in _ROLE_MISSING]
    found = [each for some in asked for each in some if set(codes(each).split(", ")) & set(_ROLE_MISSING)]
    if not found:
        yield Check("roles in Azure", Health.OK, "no network lacks one")
        return
    where = ", ".join(sorted({str(each["spoke"]).split("/")[2] for each in found})[:5])
    detail = f"{len(found)} networks lack one for the app, in {where}"
    yield Check("roles in Azure", Health.FAIL, detail, f"{_ONBOARD} `autopeer why` says of each which.")


def hubs(app: App, _now: datetime) -> Iterator[Check]:
    """One line for each hub that somebody should look at: Azure is asked about each."""
    names = [str(hub["hub"]) for hub in app.get("hubs")["value"]]
    odd = [check for name in names for check in _of_hub(app.get(f"hubs/{quote(name, safe='')}"))]
    yield from odd or [Check("hubs", Health.OK, f"{counted(len(names), 'hub')} with room, as Azure shows")]


def _of_hub(hub: Document) -> Iterator[Check]:
    name, room = f"hub {hub['hub']}", hub["peerings"]
    if unread := hub.get("unread"):
        yield Check(name, Health.FAIL, str(unread), "Let the app into the hub (docs/deploy.md, step 3).")
    elif room["free"] * 10 < room["most"]:
        detail = f"{room['free']} of {room['most']} peerings are free"
        yield Check(name, Health.WARN, detail, "See docs/operate.md, autopeer-headroom.")
    if count := hub["toRelease"]["count"]:
        remedy = f"Look at them: autopeer held {hub['hub']}"
        yield Check(name, Health.WARN, f"the brake holds {count} changes back", remedy)


def events(app: App, now: datetime) -> Iterator[Check]:
    """When the last event made a record."""
    latest = app.get("peerings", {"sort": "-requested", "size": _LOOKED_AT})["value"]
    came = [when for each in latest if each.get("door") == "event" and (when := parsed_time(each.get("requested")))]
    if came:
        detail = f"the last one that mattered came {span((now - max(came)).total_seconds())} ago"
        yield Check("events", Health.OK, detail)
    elif latest:
        doors = Counter(str(each.get("door")) for each in latest)
        told = ", ".join(f"{number} by {door}" for door, number in doors.items())
        yield Check("events", Health.WARN, f"no record came by one ({told})", f"Events may not arrive. {_ONBOARD}")
    else:
        yield Check("events", Health.WARN, "there is no record yet", "Tag a network, and look again.")


def sweep(app: App, now: datetime) -> Iterator[Check]:
    """That sweeps come to their end, and that they find little."""
    last = app.get("sweep").get("lastComplete")
    ended = parsed_time((last or {}).get("finished"))
    if last is None or ended is None:
        yield Check("sweep", Health.WARN, "none has ended yet", "Begin one: autopeer sweep --start --wait")
        return
    late = now - ended > _SWEEP_DUE
    detail = f"the last one ended {span((now - ended).total_seconds())} ago and saw {last.get('networks')} networks"
    remedy = "See docs/operate.md, autopeer-sweep." if late else ""
    yield Check("sweep", Health.WARN if late else Health.OK, detail, remedy)
    lost = sum((last.get("differences") or {}).get(kind, 0) for kind in _LOST)
    if lost:
        yield Check("lost events", Health.WARN, f"the last sweep found {lost} things that no event told", _ONBOARD)


def pauses(app: App, _now: datetime) -> Iterator[Check]:
    found = app.get("pause")["value"]
    if found:
        what = ", ".join(str(each["scope"]) for each in found[:5])
        remedy = "Is it still meant? See autopeer pause, and autopeer resume."
        yield Check("pauses", Health.WARN, f"nothing is written for {what}", remedy)
    else:
        yield Check("pauses", Health.OK, "nothing is paused")


def open_ends(app: App, now: datetime) -> Iterator[Check]:
    """What Autopeer gave up on, and what waits for a person."""
    given_up = _in(app, "Abandoned")
    waits = _in(app, "AwaitingApproval")
    old = [each for each in waits if (when := parsed_time(each.get("requested"))) and now - when > _LONG_AGO]
    if given_up:
        detail = f"Autopeer gave up on {counted(len(given_up), 'network')}"
        yield Check("abandoned", Health.FAIL, detail, "See docs/operate.md, autopeer-abandoned.")
    if old:
        detail = f"{len(old)} networks wait for more than a day"
        yield Check("approvals", Health.WARN, detail, "Decide: autopeer list --state AwaitingApproval")
    if not (given_up or old):
        yield Check("open ends", Health.OK, "nobody is left waiting")


def _in(app: App, state: str) -> list[Document]:
    found = app.get("peerings", {"state": state, "size": _LOOKED_AT})["value"]
    return [each for each in found if each["state"] == state]
