"""What each route takes and answers, by the name that the route table has for it."""

from collections.abc import Mapping

from peering.web.openapi.operation import BODY, LINKED, Operation, Says, Takes
from peering.web.openapi.shapes import SHOP
from peering.web.problems import Kind

_PEERINGS, _HUBS, _OPERATION, _APP = "Peerings", "Hubs", "Operation", "The app"

_DECIDED = (Kind.ADDRESSES_CHANGED, Kind.NOTHING_TO_DECIDE, Kind.BUSY_RECORD)

AREAS: Mapping[str, str] = {
    _PEERINGS: "Networks and how they stand at their hubs.",
    _HUBS: "What is known of a hub.",
    _OPERATION: "For those who operate Autopeer: sweeps, pauses, and what the brake holds back.",
    _APP: "The app itself.",
}

OPERATIONS: Mapping[str, Operation] = {
    "list_peerings": Operation(
        summary="The records, by whatever they are asked for",
        area=_PEERINGS,
        more="All filters apply together. A list is never 404: it is empty while nobody has looked.",
        answers=[Says(200, "A page of records.", "RecordPage")],
        problems=[Kind.TOO_MANY_TO_SORT],
    ),
    "post_peering": Operation(
        summary="Ask for a network to be looked at",
        area=_PEERINGS,
        more="It says only *look*: what is done is decided by the network's tag, or by `hub` where it has none.",
        body=Takes("PeeringRequest", {"spoke": SHOP, "hub": "prod-weu"}),
        answers=[Says(202, "It is on the queue; look at `Location` for what becomes of it.", "Accepted", LINKED)],
        problems=[*BODY, Kind.KEY_USED_AGAIN],
        headers=["Idempotency-Key"],
    ),
    "retry_peerings": Operation(
        summary="Have many networks looked at again at once",
        area=_PEERINGS,
        more="Those of a hub, in a state, or both: what failed, was refused or given up, and what waits for a time.",
        body=Takes("RetryRequest", {"hub": "prod-weu", "state": "Failed"}),
        answers=[Says(202, "They are looked at again.", "Retried", ["Retry-After"])],
        problems=BODY,
    ),
    "get_request": Operation(
        summary="How far a request has got",
        area=_PEERINGS,
        more="It is there from the moment at which it was taken, for a week.",
        answers=[Says(200, "The request, and the records of its network.", "Request", may_bear=["Retry-After"])],
        problems=[Kind.NO_SUCH_REQUEST],
    ),
    "get_peering": Operation(
        summary="One record and its history",
        area=_PEERINGS,
        answers=[Says(200, "The record.", "RecordWithHistory")],
        problems=[Kind.NO_SUCH_RECORD],
    ),
    "delete_peering": Operation(
        summary="Have a network leave a hub at once, without its grace",
        area=_PEERINGS,
        more="Only where its tag does not name the hub (any more).",
        answers=[Says(202, "It leaves; look at `Location` for how far it has got.", "Accepted", LINKED)],
        problems=[Kind.NO_SUCH_RECORD, Kind.STILL_WANTED, Kind.ESTATE_UNREADABLE, Kind.BUSY_RECORD],
    ),
    "post_approve": Operation(
        summary="Approve what a network waits for",
        area=_PEERINGS,
        body=Takes("Approval", {"prefixes": ["10.64.0.0/24"], "reason": "change 4711"}, required=False),
        answers=[Says(202, "It is written down; the record says what comes of it.", "Record", LINKED)],
        problems=[*BODY, Kind.NO_SUCH_RECORD, Kind.NO_SUCH_HUB, Kind.OWN_REQUEST, *_DECIDED],
    ),
    "post_refuse": Operation(
        summary="Refuse what a network waits for",
        area=_PEERINGS,
        body=Takes("Refusal", {"reason": "no address plan"}),
        answers=[Says(202, "It is written down; the record says what comes of it.", "Record", LINKED)],
        problems=[*BODY, Kind.NO_SUCH_RECORD, Kind.NO_SUCH_HUB, *_DECIDED],
    ),
    "list_hubs": Operation(
        summary="Every hub, as the catalogue and the records show it",
        area=_HUBS,
        answers=[Says(200, "Every hub.", "Hubs")],
    ),
    "get_hub": Operation(
        summary="One hub, with what Azure shows of it",
        area=_HUBS,
        answers=[Says(200, "The hub.", "HubNow")],
        problems=[Kind.NO_SUCH_HUB],
    ),
    "get_free": Operation(
        summary="Ranges that a new network at a hub could have",
        area=_HUBS,
        answers=[Says(200, "The lowest that are free, and how full the blocks are.", "Free")],
        problems=[Kind.ESTATE_UNREADABLE],
    ),
    "post_plan": Operation(
        summary="What would come of a network that exists, or of one that is planned",
        area=_PEERINGS,
        more="It writes nothing.",
        body=Takes("PlanRequest", {"spoke": SHOP, "hub": "prod-weu"}),
        answers=[Says(200, "What would come of it.", "Plan")],
        problems=[*BODY, Kind.ESTATE_UNREADABLE],
    ),
    "get_held": Operation(
        summary="What the brake holds back at a hub",
        area=_HUBS,
        answers=[Says(200, "The list, and the digest that stands for it.", "Held")],
        problems=[Kind.NO_SUCH_HUB],
    ),
    "post_release": Operation(
        summary="Let go of what the brake holds back",
        area=_HUBS,
        more="Only the very list that somebody has looked at is let go of.",
        body=Takes("ReleaseRequest", {"digest": "0123456789abcdef"}),
        answers=[Says(202, "What was let go of.", "Held")],
        problems=[*BODY, Kind.NO_SUCH_HUB, Kind.ANOTHER_LIST],
    ),
    "get_sweep": Operation(
        summary="How far the sweep has got, and what the last one found",
        area=_OPERATION,
        answers=[Says(200, "The latest sweep and the last complete one.", "Sweeps")],
    ),
    "post_sweep": Operation(
        summary="Order a sweep, or ask what one would come to",
        area=_OPERATION,
        more="A sweep that is under way goes on. A dry run orders nothing and writes nothing.",
        body=Takes("SweepRequest", {"dryRun": True}, required=False),
        answers=[
            Says(200, "With `dryRun`: what a sweep would come to.", "Preview"),
            Says(202, "The sweep is ordered.", "SweepOrdered", LINKED),
        ],
        problems=[*BODY, Kind.ESTATE_TOO_LARGE, Kind.ESTATE_UNREADABLE, Kind.TOO_SLOW],
    ),
    "get_pauses": Operation(
        summary="What is paused, by whom, why and until when",
        area=_OPERATION,
        answers=[Says(200, "Every pause; those that are over too, until somebody ends them.", "Pauses")],
    ),
    "post_pause": Operation(
        summary="Have nothing written: for everything, for a hub or for a network",
        area=_OPERATION,
        body=Takes("PauseRequest", {"hub": "prod-weu", "reason": "change 4711", "until": "2126-11-26T08:00:00Z"}),
        answers=[Says(200, "It is paused.", "Pause")],
        problems=BODY,
    ),
    "delete_pause": Operation(
        summary="End a pause before its time",
        area=_OPERATION,
        more="That of a network, of a hub, or, where neither is named, that of everything.",
        answers=[Says(200, "It is over.", "PauseEnded")],
        problems=[Kind.NO_SUCH_PAUSE],
    ),
    "get_health_details": Operation(
        summary="Which hubs there are, or every reason why the app cannot work",
        area=_APP,
        answers=[Says(200, "The app is configured.", "HealthDetails")],
    ),
    "get_health_ready": Operation(
        summary="Whether storage and Azure answer the app",
        area=_APP,
        more="They are really asked, by the app's own identity, all at once; within 5 seconds each.",
        answers=[Says(200, "All that the app leans on answers it.", "Ready")],
        problems=[Kind.NOT_READY],
    ),
    "get_openapi": Operation(
        summary="This document",
        area=_APP,
        answers=[Says(200, "OpenAPI 3.1.", "OpenApi")],
    ),
    "get_health": Operation(
        summary="Whether the app is configured, for anybody",
        area=_APP,
        answers=[Says(200, "The app is configured.", "Health")],
    ),
    "get_health_live": Operation(
        summary="The same, under the name that it has beside health/ready",
        area=_APP,
        answers=[Says(200, "The app is configured.", "Health")],
    ),
    "get_problems": Operation(
        summary="What each kind of problem means, for people",
        area=_APP,
        more="The `type` of every problem leads here.",
        answers=[Says(200, "A page with a part for each kind.", "")],
    ),
}
