"""What tells one version of a hub's rules from another."""

import hashlib
from dataclasses import replace

from peering.core.catalogue.policy import Catalogue, HubPolicy


def digest_of(policy: HubPolicy | None, catalogue: Catalogue) -> str:
    """16 digits of what the catalogue says of the hub, and of how its spokes name it; empty for no hub.

    What the hub is for and who may approve are left out: no spoke is judged otherwise for them.
    """
    if policy is None:
        return ""
    said = repr((catalogue.tag.lower(), replace(policy, description="", approvers=())))
    return hashlib.sha256(said.encode("utf-8", "backslashreplace")).hexdigest()[:16]
