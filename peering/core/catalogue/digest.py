"""What tells one version of a hub's rules from another."""

import hashlib

from peering.core.catalogue.policy import Catalogue, HubPolicy


def digest_of(policy: HubPolicy | None, catalogue: Catalogue) -> str:
    """16 digits of everything that the catalogue says of the hub, and of how its spokes name it; empty for no hub."""
    if policy is None:
        return ""
    said = repr((catalogue.tag.lower(), policy))
    return hashlib.sha256(said.encode("utf-8", "backslashreplace")).hexdigest()[:16]
