"""The schemas of what is sent, and of what says that it was taken."""

from peering.web.openapi.operation import Schemas
from peering.web.openapi.shapes import moment, network, or_null, text, thing, truth

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
        {"id": text("The request's id."), "key": text("The network's key."), "status": text("Where to look.")},
    ),
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
