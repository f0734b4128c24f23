"""What differs between two catalogues, in the words of `catalogue check`."""

from collections.abc import Iterator
from dataclasses import dataclass

from peering.cli.catalogue_check import rules
from peering.core.catalogue.policy import Catalogue, HubPolicy

_ALL = "(all)"


@dataclass(frozen=True, slots=True)
class Difference:
    """One rule of one hub; None where the hub is not there."""

    hub: str
    rule: str
    old: str | None
    new: str | None


def differences(old: Catalogue, new: Catalogue) -> list[Difference]:
    """Those of the whole catalogue, then of each hub by its name."""
    return [*_whole(old, new), *(each for hub in sorted({*old.hubs, *new.hubs}) for each in _of_hub(hub, old, new))]


def _whole(old: Catalogue, new: Catalogue) -> Iterator[Difference]:
    if old.tag != new.tag:
        yield Difference(_ALL, "tag", old.tag, new.tag)
    if old.status_tag != new.status_tag:
        yield Difference(_ALL, "status tag", old.status_tag or "none", new.status_tag or "none")


def _of_hub(hub: str, old: Catalogue, new: Catalogue) -> Iterator[Difference]:
    before, after = old.hubs.get(hub), new.hubs.get(hub)
    if before is None or after is None:
        yield Difference(hub, "hub", _named(before), _named(after))
        return
    was, will = rules(before), rules(after)
    yield from (Difference(hub, name, was[name], will[name]) for name in was if was[name] != will[name])


def _named(policy: HubPolicy | None) -> str | None:
    return policy.vnet.name if policy else None
