"""Messages that others write: Event Grid's, in both schemas, plain and in base64; and what nobody can read."""

import json
from base64 import b64encode
from datetime import datetime
from typing import Any

from tests.upgrade.names import VnetId

UNREADABLE_BODIES = ("rubbish \u00fc", "[1, 2", '{"kind": "request", "spoke": 1}', "[]")
_WRITTEN = "Microsoft.Resources.ResourceWriteSuccess"
_OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"


def events(spoke: VnetId, now: datetime) -> dict[str, str]:
    """The same event in every form in which Event Grid has put one on a queue."""
    plain = _event(spoke, now)
    renamed = {"topic": "source", "eventType": "type", "eventTime": "time"}
    cloud = {renamed.get(name, name): value for name, value in plain.items() if not name.endswith("Version")}
    cloud["specversion"] = "1.0"
    texts = {"event grid": json.dumps(plain), "cloud event": json.dumps(cloud), "array": json.dumps([plain, cloud])}
    return texts | {f"{name}, base64": b64encode(text.encode()).decode() for name, text in texts.items()}


def _event(spoke: VnetId, now: datetime) -> dict[str, Any]:
    return {
        "id": "5a1f6b2e-0001-4000-8000-000000000001",
        "topic": f"/subscriptions/{spoke.subscription}",
        "subject": f"{spoke}/providers/Microsoft.Resources/tags/default",
        "eventType": _WRITTEN,
        "eventTime": f"{now:%Y-%m-%dT%H:%M:%S}.1234567Z",
        "data": {
            "authorization": {"action": "Microsoft.Resources/tags/write", "scope": str(spoke)},
            "claims": {_OBJECT_ID: "0e1d2c3b-0001-4000-8000-000000000001"},
            "correlationId": "5a1f6b2e-0002-4000-8000-000000000001",
            "operationName": "Microsoft.Resources/tags/write",
            "resourceProvider": "Microsoft.Resources",
            "resourceUri": f"{spoke}/providers/Microsoft.Resources/tags/default",
            "status": "Succeeded",
            "subscriptionId": spoke.subscription,
        },
        "dataVersion": "2",
        "metadataVersion": "1",
    }
