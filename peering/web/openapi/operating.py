"""The schemas of what operators see: sweeps, dry runs, pauses, what is held back, health."""

from peering.core.intake.requests import Door
from peering.core.record.preview import Fate
from peering.web.openapi.shapes import (
    Schema,
    moment,
    network,
    number,
    or_null,
    ref,
    rows,
    tally,
    text,
    thing,
    truth,
    word,
)

_REPORT = thing(
    "One sweep: what it read and what it found.",
    {
        "id": text("The correlation id of all its requests."),
        "door": word(Door),
        "who": text("Who ordered it; `the timer` mostly."),
        "started": or_null(moment()),
        "finished": or_null(moment("Null while it is under way.")),
        "pages": number("Pages of Resource Graph that were read."),
        "networks": number("Networks that they showed."),
        "hubs": number("Hubs that were looked at."),
        "unread": number("Those of them that could not be read."),
        "queued": number("Networks it had looked at."),
        "rows": number("Records that were over and are cleared away."),
        "entries": number("Entries of the history that are cleared away."),
        "differences": tally("What differed, by kind."),
    },
)
_BOOK = thing(
    "The latest sweep and the last complete one.",
    {"latest": or_null(ref("SweepReport")), "lastComplete": or_null(ref("SweepReport"))},
)
_ORDERED = thing(
    "The sweep is ordered.", {"id": text("The correlation id of all its requests."), "status": text("Where to look.")}
)
_LINE = thing(
    "What would become of one network.",
    {
        "spoke": network(),
        "fate": word(Fate),
        "withheld": or_null(text("The limit that keeps it from being carried out.")),
        "changes": rows(text(), "The writes in their order, as sentences."),
        "findings": rows(ref("Finding")),
        "notes": rows(text()),
    },
)
_HUB_PREVIEW = thing(
    "What a look at everything would come to at one hub.",
    {
        "hub": text(),
        "network": or_null(network()),
        "unread": or_null(text("Why the hub could not be read.")),
        "counts": tally("Networks by what would become of them."),
        "spokes": rows(ref("PreviewLine"), "Those of which anything is to be said."),
        "oursByName": rows(network(), "Networks whose pair bears our names, and that nobody has a record of."),
    },
)
_PREVIEW = thing(
    "What a sweep would come to.",
    {
        "networks": number("Networks that Resource Graph showed."),
        "withRecords": truth(),
        "complete": truth("Whether every hub could be read."),
        "hubs": rows(ref("HubPreview")),
    },
)
_PAUSE = thing(
    "A pause: while it lasts, nothing is written.",
    {
        "scope": text("`everything`, `hub <name>` or `spoke <key>`."),
        "hub": or_null(text()),
        "spoke": or_null(network()),
        "reason": text(),
        "who": text(),
        "since": moment(),
        "until": or_null(moment("Null: until somebody ends it.")),
    },
)
_PAUSES = thing("Every pause.", {"value": rows(ref("Pause"))})
_ENDED = thing("The pause is over.", {"scope": text(), "ended": truth(const=True)})
_HELD = thing(
    "What the brake holds back at a hub.",
    {
        "hub": text(),
        "digest": text("Stands for this very list; a release names it.", pattern="^[0-9a-f]{16}$"),
        "count": number(),
        "value": rows(ref("Record")),
    },
)
_HEALTH = thing("The app is configured.", {"status": text(const="ok"), "version": text()})
_DETAILS = thing(
    "The app is configured, and how.",
    {"status": text(const="ok"), "version": text(), "tag": text("The tag that names a hub."), "hubs": rows(text())},
)
_PROBE = thing(
    "One thing that the app leans on, as it has just answered.",
    {
        "check": word(("storage tables", "storage queue", "storage leases", "arm")),
        "ok": truth(),
        "detail": text("What it answered, in words or as a code of Azure's."),
        "milliseconds": number("How long that took."),
    },
)
_READY = thing(
    "All that the app leans on answers it.",
    {"status": text(const="ok"), "version": text(), "checks": rows(ref("Probe"))},
)

SCHEMAS: dict[str, Schema] = {
    "SweepReport": _REPORT,
    "Sweeps": _BOOK,
    "SweepOrdered": _ORDERED,
    "PreviewLine": _LINE,
    "HubPreview": _HUB_PREVIEW,
    "Preview": _PREVIEW,
    "Pause": _PAUSE,
    "Pauses": _PAUSES,
    "PauseEnded": _ENDED,
    "Held": _HELD,
    "Health": _HEALTH,
    "HealthDetails": _DETAILS,
    "Probe": _PROBE,
    "Ready": _READY,
}
