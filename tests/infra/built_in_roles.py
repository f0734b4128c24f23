"""Azure's built-in roles that the docs name, as far as their steps need them.

Source: learn.microsoft.com/azure/role-based-access-control/built-in-roles, the page of each. `notActions` are those of
Contributor alone; nothing that the docs do is among the rest.
"""

from fnmatch import fnmatchcase

STORAGE = "Microsoft.Storage/storageAccounts"
ENTITIES = f"{STORAGE}/tableServices/tables/entities"
MESSAGES = f"{STORAGE}/queueServices/queues/messages"
BLOBS = f"{STORAGE}/blobServices/containers/blobs"

GRANTS: dict[str, list[str]] = {
    "Owner": ["*"],
    "Contributor": ["*"],
    "User Access Administrator": ["*/read", "Microsoft.Authorization/*"],
    "Role Based Access Control Administrator": [
        "*/read",
        "Microsoft.Authorization/roleAssignments/write",
        "Microsoft.Authorization/roleAssignments/delete",
    ],
    "Reader": ["*/read"],
    "Network Contributor": ["Microsoft.Network/*", "Microsoft.Resources/deployments/*"],
    "Website Contributor": ["Microsoft.Web/sites/*", "Microsoft.Resources/deployments/*"],
}
REFUSES = {"Contributor": ["Microsoft.Authorization/*/write", "Microsoft.Authorization/*/delete"]}
DATA: dict[str, list[str]] = {
    "Storage Table Data Reader": [f"{ENTITIES}/read"],
    "Storage Table Data Contributor": [f"{ENTITIES}/{verb}" for verb in ("read", "write", "delete")],
    "Storage Queue Data Reader": [f"{MESSAGES}/read"],
    "Storage Blob Data Reader": [f"{BLOBS}/read"],
}


def grants(role: str, action: str) -> bool:
    """Whether the role has the action. What is below an account's services is data, which only data roles reach."""
    if action.startswith((ENTITIES, MESSAGES, BLOBS)):
        return action in DATA.get(role, [])
    refused = any(_matches(action, pattern) for pattern in REFUSES.get(role, []))
    return not refused and any(_matches(action, pattern) for pattern in GRANTS.get(role, []))


def _matches(action: str, pattern: str) -> bool:
    return fnmatchcase(action.lower(), pattern.lower())
