"""From a finished activity to the Event Grid event that Azure's subscription topic sends for it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from localazure.emulator.callers import Activity

type Json = dict[str, Any]

_OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"


def event(activity: Activity, now: float) -> Json:
    """A ResourceWriteSuccess, ResourceDeleteSuccess or ResourceActionSuccess event in the Event Grid schema.

    It carries who did what to which resource and nothing of the resource itself, as Azure's does.
    """
    subscription = activity.resource.split("/")[2]
    return {
        "id": str(uuid4()),
        "topic": f"/subscriptions/{subscription}",
        "subject": activity.resource,
        "eventType": f"Microsoft.Resources.Resource{activity.kind}Success",
        "eventTime": timestamp(now),
        "data": _data(activity, subscription),
        "dataVersion": "2",
        "metadataVersion": "1",
    }


def _data(activity: Activity, subscription: str) -> Json:
    data: Json = {
        "authorization": {
            "scope": activity.resource,
            "action": activity.action,
            "evidence": {
                "role": "Contributor",
                "roleAssignmentScope": f"/subscriptions/{subscription}",
                "principalId": activity.object_id.replace("-", ""),
                "principalType": "ServicePrincipal",
            },
        },
        "claims": {
            "aud": "https://management.core.windows.net/",
            "iss": f"https://sts.windows.net/{activity.tenant_id}/",
            "appid": activity.app_id,
            "name": activity.caller_name,
            _OBJECT_ID: activity.object_id,
        },
        "correlationId": activity.correlation_id,
        "resourceProvider": activity.action.split("/")[0],
        "resourceUri": activity.resource,
        "operationName": activity.action,
        "status": "Succeeded",
        "subscriptionId": subscription,
        "tenantId": activity.tenant_id,
    }
    if activity.method:
        data["httpRequest"] = {
            "clientRequestId": activity.client_request_id,
            "clientIpAddress": "127.0.0.1",
            "method": activity.method,
            "url": activity.url,
        }
    return data


def timestamp(now: float) -> str:
    """UTC with seven fractional digits, as .NET prints it."""
    return f"{datetime.fromtimestamp(now, UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}0Z"
