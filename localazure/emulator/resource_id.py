"""Azure resource ids: parsed once, compared without regard to case, printed as ARM prints them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

_RESOURCE = re.compile(
    r"^/subscriptions/(?P<subscription>[^/]+)/resourcegroups/(?P<group>[^/]+)"
    r"/providers/(?P<namespace>[^/]+)/(?P<rest>[^/]+/[^/]+(?:/[^/]+/[^/]+)*)/?$",
    re.IGNORECASE,
)

# The spelling ARM prints, whatever the client typed.
_CANONICAL = {
    word.lower(): word
    for word in (
        "Microsoft.Network",
        "virtualNetworks",
        "subnets",
        "virtualNetworkPeerings",
        "ipConfigurations",
    )
}


def spell(*types: str) -> None:
    """From now on print these types so. For a module that knows more types than this one, when it is imported."""
    _CANONICAL.update({type_.lower(): type_ for type_ in types})
    _parse.cache_clear()


def spelled(word: str) -> str:
    """A word of an id as ARM prints it, whatever the client typed."""
    return _CANONICAL.get(word.lower(), word)


@dataclass(frozen=True, kw_only=True)
class ResourceId:
    """One resource: `types` and `names` run in parallel, from the outermost resource to the innermost."""

    subscription: str
    group: str
    namespace: str
    types: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> ResourceId | None:
        """The id in `text`, or None when it is not the id of a resource in a resource group."""
        return _parse(text)

    @classmethod
    def of_route(cls, path: str) -> ResourceId:
        """The id of a path that a route of resources has matched; anything else is a mistake of ours."""
        found = cls.parse(path)
        if found is None:
            raise ValueError(f"the path {path} matched a route of resources and is no resource id")
        return found

    @property
    def name(self) -> str:
        return self.names[-1]

    @property
    def type(self) -> str:
        """For example `Microsoft.Network/virtualNetworks/subnets`."""
        return "/".join((self.namespace, *self.types))

    @property
    def parent(self) -> ResourceId:
        return ResourceId(
            subscription=self.subscription,
            group=self.group,
            namespace=self.namespace,
            types=self.types[:-1],
            names=self.names[:-1],
        )

    def child(self, type_: str, name: str) -> ResourceId:
        return ResourceId(
            subscription=self.subscription,
            group=self.group,
            namespace=self.namespace,
            types=(*self.types, type_),
            names=(*self.names, name),
        )

    @property
    def group_id(self) -> str:
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"

    @cached_property
    def text(self) -> str:
        pairs = "".join(f"/{type_}/{name}" for type_, name in zip(self.types, self.names, strict=True))
        return f"{self.group_id}/providers/{self.namespace}{pairs}"

    @cached_property
    def key(self) -> str:
        """What two spellings of the same id have in common."""
        return self.text.lower()

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=65536)
def _parse(text: str) -> ResourceId | None:
    match = _RESOURCE.match(text)
    if not match:
        return None
    parts = match["rest"].split("/")
    return ResourceId(
        subscription=match["subscription"],
        group=match["group"],
        namespace=spelled(match["namespace"]),
        types=tuple(spelled(type_) for type_ in parts[::2]),
        names=tuple(parts[1::2]),
    )
