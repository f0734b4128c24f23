"""Whose word a network's tag is: its own, or that of the resource group or subscription above it (`tag_from`). Pure.

The first source of a hub's `tag_from` that bears the tag decides. Who decides against the network's own tag overrules
it; who decides for a network that bears the tag without naming a hub (or, with `inherit`, does not bear it) is written
into its tags as they are handed on, so that nothing further on has to ask again where a name came from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from peering.core.catalogue.policy import Catalogue, HubPolicy, TagSource
from peering.core.network.vnets import Overruled, Vnet

type TagsAbove = Mapping[TagSource, Mapping[str, str]]
"""The tags of what is above a network, as far as they were needed."""

_WORDS = {
    TagSource.VNET: "the network itself",
    TagSource.GROUP: "its resource group",
    TagSource.SUBSCRIPTION: "its subscription",
}


def sources_needed(network: Vnet, catalogue: Catalogue) -> set[TagSource]:
    """What has to be read beside the network before anybody can say which hub it wants; most often nothing."""
    own = catalogue.tag_value(network.tags)
    named = catalogue.hub(own) if own is not None else None
    hubs = [named] if named else _listening(network, own, catalogue)
    return {source for hub in hubs for source in _before_its_own(hub, own)}


def _before_its_own(hub: HubPolicy, own: str | None) -> Iterable[TagSource]:
    for source in hub.tag_from:
        if source is not TagSource.VNET:
            yield source
        elif own is not None:
            return


def _listening(network: Vnet, own: str | None, catalogue: Catalogue) -> list[HubPolicy]:
    """The hubs that take a network whose own tag names none. A hub's network inherits nothing: it is no spoke."""
    if own is None and catalogue.hub_of(network.id):
        return []
    return [hub for hub in catalogue.hubs.values() if own is not None or hub.inherit]


def as_decided(network: Vnet, above: TagsAbove, catalogue: Catalogue) -> Vnet:
    """The network with the tag that counts, or with the word that its own one is overruled."""
    values = {source: catalogue.tag_value(tags) for source, tags in above.items()}
    own = values[TagSource.VNET] = catalogue.tag_value(network.tags)
    named = catalogue.hub(own) if own is not None else None
    if named:
        return replace(network, overruled=_overruled(named, values, catalogue))
    decided = (hub for hub in _listening(network, own, catalogue) if _decides_for(hub, values, catalogue))
    hub = next(decided, None)
    return replace(network, tags=_with_tag(network.tags, hub.name, catalogue)) if hub else network


def _first(hub: HubPolicy, values: Mapping[TagSource, str | None]) -> tuple[TagSource, str | None]:
    """The source that decides about the hub, and what it says; the first of all with None where none bears the tag."""
    bearing = ((source, values.get(source)) for source in hub.tag_from)
    return next(((source, value) for source, value in bearing if value is not None), (hub.tag_from[0], None))


def _decides_for(hub: HubPolicy, values: Mapping[TagSource, str | None], catalogue: Catalogue) -> bool:
    _, value = _first(hub, values)
    return value is not None and catalogue.hub(value) is hub


def _overruled(hub: HubPolicy, values: Mapping[TagSource, str | None], catalogue: Catalogue) -> Overruled | None:
    if _decides_for(hub, values, catalogue):
        return None
    source, value = _first(hub, values)
    return Overruled(_WORDS[source], value)


def _with_tag(tags: Mapping[str, str], value: str, catalogue: Catalogue) -> dict[str, str]:
    others = {name: text for name, text in tags.items() if name.lower() != catalogue.tag.lower()}
    return {**others, catalogue.tag: value}
