"""Access keys: who may call what."""

import hmac
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass

from aiohttp import web


class KeysError(ValueError):
    """A key of the host is not set."""


@dataclass(frozen=True)
class Keys:
    """The master key passes everywhere; the function key is a host key, good for every function."""

    master: str
    function: str
    event_grid: str

    @classmethod
    def take_from(cls, environ: MutableMapping[str, str]) -> "Keys":
        """Read the keys and remove them, so that the app cannot see them."""
        names = ("HOST_MASTER_KEY", "HOST_FUNCTION_KEY", "HOST_EVENTGRID_KEY")
        missing = [name for name in names if not environ.get(name)]
        if missing:
            raise KeysError(f"Set {', '.join(missing)} in the environment: any text, it becomes a key of this host.")
        return cls(*(environ.pop(name) for name in names))

    def may_call(self, auth_level: str, key: str) -> bool:
        """Whether `key` opens an HTTP function of this `authLevel` (anonymous, function or admin)."""
        match auth_level.lower():
            case "anonymous":
                return True
            case "admin":
                return self.is_master(key)
            case _:
                return self.is_master(key) or _same(key, self.function)

    def may_deliver_events(self, key: str) -> bool:
        return self.is_master(key) or _same(key, self.event_grid)

    def is_master(self, key: str) -> bool:
        return _same(key, self.master)


def presented_key(request: web.Request) -> str:
    """The key of a request: the header wins over `?code=`."""
    headers: Mapping[str, str] = request.headers
    return headers.get("x-functions-key") or request.query.get("code", "")


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
