"""The schemas of what is sent, and of what says that it was taken."""

from peering.core.record.request_stage import Stage
from peering.core.record.retried import RETRIED
from peering.web.openapi.operation import Schemas
from peering.web.openapi.shapes import moment, network, number, or_null, ref, rows, text, thing, truth, word

_CLOSED = {"additionalProperties": False}

SCHEMAS: Schemas = {
    "PeeringRequest": thing(
        "Look at this network.",
        {"spoke": network("Spaces around it are left out.")},
        {
            "hub": or_null(text("The hub's name, where no tag of the network decides.")),
            "restore": truth(
                "Set the switches as the catalogue has them, whoever has set them otherwise.", default=False
            ),
        },
    )
    | _CLOSED,
    "Accepted": thing(
        "The request is on the queue.",
        {
            "id": text("The request's id."),
            "key": text("The network's key."),
            "request": text("How far it has got, from the root of the app.", format="uri-reference"),
            "status": text("The records of its network, from the root of the app.", format="uri-reference"),
        },
    ),
    "Request": thing(
        "A request, how far it has got, and what came of it.",
        {
            "id": text("Its id."),
            "spoke": network("The network that it is about."),
            "key": text("The network's key."),
            "hub": or_null(text("The hub that it named.")),
            "restore": truth(),
            "who": text("Who asked: a name, or a function key."),
            "when": moment("When it was asked."),
            "looked": or_null(moment("When the network was looked at because of it.")),
            "status": word(Stage, "Nobody has looked yet; something is still to be done; or it is over."),
            "outcome": or_null(ref("Record")),
            "records": rows(ref("Record"), "Every record of the network, at all hubs."),
        },
    ),
    "RetryRequest": thing(
        "Which networks: at least one of the two.",
        {},
        {
            "hub": or_null(text("The hub's name, or `unknown` for those whose hub nobody knows.")),
            "state": or_null(word(RETRIED, "The state that they are in. Without it: any of these.")),
        },
    )
    | _CLOSED
    | {"minProperties": 1},
    "Retried": thing(
        "Those that are looked at again, those first that were asked for first.",
        {
            "count": number("How many they are."),
            "more": truth("Whether there are more, and it is worth asking again."),
            "most": number("How many one call takes."),
            "value": rows(ref("RetriedRow")),
        },
    ),
    "RetriedRow": thing("One of them.", {"hub": text(), "key": text("The network's key."), "spoke": network()}),
    "SweepRequest": thing(
        "A sweep.", {}, {"dryRun": truth("Only say what it would come to; nothing is ordered.", default=False)}
    )
    | _CLOSED,
    "PauseRequest": thing(
        "What to pause: a network, a hub, or everything where neither is named.",
        {"reason": text("Told to everybody who waits.", minLength=1, maxLength=200, pattern=r"\S")},
        {
            "hub": or_null(text("The hub's name.")),
            "spoke": or_null(network()),
            "until": or_null(moment("A time to come. Without it: until somebody ends it.")),
        },
    )
    | _CLOSED,
    "Approval": thing(
        "What is approved.",
        {},
        {
            "prefixes": {
                "type": ["array", "null"],
                "items": text(),
                "minItems": 1,
                "description": "As they were shown.",
            },
            "reason": text("One line.", maxLength=200),
        },
    )
    | _CLOSED,
    "Refusal": thing("Why not.", {"reason": text("One line.", minLength=1, maxLength=200)}) | _CLOSED,
    "ReleaseRequest": thing(
        "Which list to let go of.",
        {"digest": text("As `GET /api/hubs/{hub}/held` showed it.", pattern="^[0-9a-f]{16}$")},
    )
    | _CLOSED,
}
