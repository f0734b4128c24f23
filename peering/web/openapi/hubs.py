"""The schemas of hubs, of what is free there, and of what would come of a network."""

from peering.core.catalogue.policy import Mode
from peering.core.decision.changes import Action, Side
from peering.core.record.what_if import Word
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

_COUNT = number()
_SWITCHES = thing(
    "The switches of one half.",
    {
        "allowVirtualNetworkAccess": truth(),
        "allowForwardedTraffic": truth(),
        "allowGatewayTransit": truth(),
        "useRemoteGateways": truth(),
    },
)
_SPACE = thing(
    "How full a block is.",
    {
        "block": text("A prefix."),
        "used": {"type": "number", "minimum": 0, "maximum": 1, "description": "The share of it that somebody holds."},
        "largestFree": or_null(text("The largest prefix that is free there.")),
    },
)
_OF_VERSION = thing(
    "Prefixes of one IP version behind the gateway.", {"most": _COUNT, "used": or_null(_COUNT), "free": or_null(_COUNT)}
)
_KNOWN: dict[str, Schema] = {
    "hub": text("The hub's name."),
    "network": network("The hub's own network."),
    "owners": or_null(text()),
    "contact": or_null(text()),
    "mode": word(Mode, "Whether decisions are carried out, or only written down."),
    "rules": rows(text(), "What its owners let spokes do, in sentences."),
    "spokes": tally("Records by state; states without any are left out."),
    "held": tally("Records that a limit withholds, by limit."),
    "lastWrite": or_null(moment("When something was last written for a spoke.")),
    "pauses": rows(ref("Pause"), "Those that concern it."),
}
_PEERINGS = {"most": number("As many as it may have."), "connected": number("Spokes that are connected.")}
_SEEN: dict[str, Schema] = {
    "peerings": thing(
        "Its peerings, whoever made them.", _PEERINGS | {"used": or_null(_COUNT), "free": or_null(_COUNT)}
    ),
    "toRelease": thing("What the brake holds back.", {"count": _COUNT, "digest": text()}),
    "alarm": or_null(moment("When somebody looks at it next.")),
    "busyUntil": or_null(moment()),
    "busySince": or_null(moment()),
    "unread": or_null(text("Why Azure shows nothing of it; what it would have shown is null.")),
    "location": or_null(text()),
    "addressSpace": or_null(rows(text())),
    "gateway": or_null(text("The resource id of its gateway.")),
    "gatewayPrefixes": or_null(thing("", {"ipv4": ref("GatewayPrefixes"), "ipv6": ref("GatewayPrefixes")})),
    "space": or_null(rows(ref("Space"), "The blocks in which spokes may lie.")),
    "anySpace": truth("Whether spokes may lie anywhere."),
}
_FREE = thing(
    "Ranges that a new network could have.",
    {
        "hub": text(),
        "size": number("The prefix length."),
        "version": {"type": "integer", "enum": [4, 6]},
        "value": rows(text(), "The lowest that are free.", maxItems=20),
        "space": rows(ref("Space")),
        "anySpace": truth("Whether spokes may lie anywhere."),
        "reserved": rows(text(), "Blocks that the hub's owners keep."),
    },
)
_WRITE = thing(
    "One write to Azure.",
    {
        "order": number(minimum=1),
        "side": word(Side),
        "action": word(Action),
        "name": text("The name of the peering."),
        "network": network("Where it is written."),
        "why": text(),
    },
)
_FORESEEN: dict[str, Schema] = {
    "verdict": word(Word),
    "hub": or_null(text()),
    "spoke": network(),
    "findings": rows(ref("Finding")),
    "notes": rows(text()),
    "flags": or_null(thing("", {"hub": ref("Switches"), "spoke": ref("Switches")})),
    "gateway": or_null(text("The gateway that would be used, or `none`.")),
    "writes": rows(ref("Write"), "In their order."),
    "withheld": or_null(text("The limit that would keep it from being carried out.")),
    "notBefore": or_null(moment()),
}
_PLAN = thing(
    "What would come of it. Nothing was written.",
    _FORESEEN
    | {
        "suggested": rows(text(), "Free prefixes of the same size."),
        "approval": or_null(thing("Whether a person is asked.", {"needed": truth(), "rule": text()})),
        "limits": rows(
            thing(
                "What would hold it back.",
                {"limit": text(), "message": text(), "remedy": text(), "until": or_null(moment())},
            )
        ),
        "also": rows(ref("Foreseen"), "What would become of the network at other hubs."),
    },
)
_QUESTION = thing(
    "A network that exists, by `spoke`; or one that is planned, by `hub`, `addressSpace`, `region` and `subscription`.",
    {},
    {
        "spoke": network(),
        "hub": or_null(text("The hub's name.")),
        "addressSpace": rows(text(), minItems=1, maxItems=500),
        "region": text(),
        "subscription": text("A GUID."),
        "name": text("The name that the network will have."),
    },
) | {"additionalProperties": False}
SCHEMAS: dict[str, Schema] = {
    "Switches": _SWITCHES,
    "Space": _SPACE,
    "GatewayPrefixes": _OF_VERSION,
    "Hub": thing("A hub as the catalogue and the records show it.", _KNOWN | {"peerings": thing("", _PEERINGS)}),
    "Hubs": thing("Every hub.", {"value": rows(ref("Hub"))}),
    "HubNow": thing("A hub, with what Azure shows of it.", _KNOWN | _SEEN),
    "Free": _FREE,
    "Write": _WRITE,
    "Foreseen": thing("What would become of it at one hub.", _FORESEEN),
    "PlanRequest": _QUESTION,
    "Plan": _PLAN,
}
