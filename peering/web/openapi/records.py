"""The schemas of a record: what was asked, how far it has got, what was found. `core/record/document.py` makes them."""

from peering.core.intake.requests import Door, NamedBy
from peering.core.record.record import State
from peering.web.openapi.shapes import Schema, moment, network, number, or_null, ref, rows, text, thing, truth, word

FINDING = thing(
    "One reason why a network is not peered, or what is odd about a pair that stands.",
    {
        "code": text("A word for machines: Autopeer's own (docs/using.md, Refusals) or, for a failure, Azure's."),
        "message": text("What, why, and what to do."),
        "remedy": text("What to do, in at most 150 characters; empty where there is nothing to be done."),
    },
)
HALF = thing(
    "One half of a pair, with the switches as they were last seen or set.",
    {
        "id": text("The resource id of the peering."),
        "allowVirtualNetworkAccess": truth(),
        "allowForwardedTraffic": truth(),
        "allowGatewayTransit": truth(),
        "useRemoteGateways": truth(),
    },
)
_FIELDS: dict[str, Schema] = {
    "hub": text("The hub's name in the catalogue; `unknown` where the tag names none."),
    "key": text("32 hexadecimal digits that stand for the network's resource id."),
    "spoke": network("The network's resource id."),
    "state": word(State, "Where it stands."),
    "findings": rows(ref("Finding")),
    "notes": rows(text(), "What else its owner should know."),
    "wanted": text("The hub as it was written in the tag, or in the request."),
    "namedBy": word(NamedBy, "Whether the tag or a request chose the hub."),
    "addressSpace": rows(text(), "The prefixes that were judged."),
    "location": text("The network's region; empty while nobody has read it."),
    "hubPeering": or_null(ref("Half")),
    "spokePeering": or_null(ref("Half")),
    "gateway": or_null(text("The resource id of the gateway in use, `none` for none, null while there is no pair.")),
    "resourceGuid": or_null(text("The network's own resourceGuid.")),
    "formerHalves": rows(text(), "Peerings on networks that were the hub's before, still to be removed."),
    "door": word(Door, "By which way it was last asked for."),
    "who": text("Who asked: an object id, a name, or a function key."),
    "correlationId": text("The id of the request, or of the event, that it was last looked at for."),
    "attempts": number("Tries since there was a fresh reason to look."),
    "armCalls": number("Requests to Azure so far."),
    "notBefore": or_null(moment("When it is looked at again.")),
    "accepted": or_null(moment("Since when it waits only for its old hub to let go of it.")),
    "requested": moment(),
    "started": or_null(moment()),
    "finished": or_null(moment()),
}
_RULING = thing(
    "What somebody has said.",
    {
        "granted": truth(),
        "to": text(),
        "who": text(),
        "when": or_null(moment()),
        "reason": or_null(text()),
        "addressSpace": rows(text()),
    },
)
_QUESTION = thing(
    "What somebody is asked.",
    {"of": text(), "to": text(), "since": or_null(moment()), "addressSpace": rows(text()), "who": text()},
)
_APPROVAL = thing(
    "What somebody is asked, and what was said.",
    {"asked": or_null(ref("Question")), "ruling": or_null(ref("Ruling")), "leave": or_null(ref("Ruling"))},
)
_FIELDS["approval"] = ref("RecordApproval")
RECORD = thing("One network at one hub.", _FIELDS)
RECORD_WITH_HISTORY = thing(
    "One network at one hub, and what has happened to it.",
    _FIELDS | {"history": rows(ref("Record"), "The latest 50 entries at all hubs, newest first.")},
)
PAGE = thing(
    "Some of the records, and where the next are.",
    {
        "value": rows(ref("Record")),
        "next": or_null(
            thing("The query of the next page, as names and values.", {}) | {"additionalProperties": {"type": "string"}}
        ),
        "nextLink": or_null(text("The address of the next page, without a key.")),
    },
)
SCHEMAS = {
    "Ruling": _RULING,
    "Question": _QUESTION,
    "RecordApproval": _APPROVAL,
    "Finding": FINDING,
    "Half": HALF,
    "Record": RECORD,
    "RecordWithHistory": RECORD_WITH_HISTORY,
    "RecordPage": PAGE,
}
