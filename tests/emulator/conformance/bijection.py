"""Equality up to names: what the service invents is paired one to one as it appears, all else must be the same."""

from __future__ import annotations

import re
from typing import Any

# What a service invents: GUIDs, the job in the poll URL of a deletion or a move of ARM's own, instants inside texts.
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_INVENTED = re.compile(
    rf"{_GUID.pattern}"
    r"|(?<=/operationresults/)[A-Za-z0-9_-]+"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z"
)
# Values that are invented as a whole: a gateway's public address, a continuation, and a token of no meaning.
_INVENTED_MEMBERS = {"tunnelIpAddresses", "$skipToken", "expectedToken"}


class Mismatch(AssertionError):
    """Where the emulator's answer differs from the recorded one."""


class Bijection:
    """Pairs of recorded and emulated inventions: equal where equal, different where different."""

    def __init__(self) -> None:
        self._to_ours: dict[str, str] = {}
        self._to_theirs: dict[str, str] = {}

    def pair(self, theirs: str, ours: str, where: str) -> None:
        known = self._to_ours.get(theirs)
        if known is not None and known != ours:
            raise Mismatch(f"{where}: recorded {theirs} was {known} before and is {ours} now")
        other = self._to_theirs.get(ours)
        if other is not None and other != theirs:
            raise Mismatch(f"{where}: {ours} stands for recorded {other} and now for {theirs} too")
        self._to_ours[theirs] = ours
        self._to_theirs[ours] = theirs

    def given(self, text: str) -> None:
        """Inventions that the client sends stand for themselves unless they came from the service."""
        for token in _INVENTED.findall(text):
            if token not in self._to_ours:
                self.pair(token, token, "request")

    def translate(self, text: str) -> str:
        """A recorded request as it must be sent to the emulator."""
        return _INVENTED.sub(lambda match: self._to_ours.get(match[0], match[0]), text)

    def same(self, theirs: Any, ours: Any, where: str) -> None:  # noqa: ANN401  JSON of any kind
        """Raises Mismatch at the first difference."""
        if isinstance(theirs, dict) and isinstance(ours, dict):
            self._same_members(theirs, ours, where)
        elif isinstance(theirs, list) and isinstance(ours, list):
            if len(theirs) != len(ours):
                raise Mismatch(f"{where}: recorded {len(theirs)} items, got {len(ours)}")
            for index, (one, other) in enumerate(zip(theirs, ours, strict=True)):
                self.same(one, other, f"{where}[{index}]")
        elif isinstance(theirs, str) and isinstance(ours, str):
            self.same_text(theirs, ours, where)
        elif theirs != ours or type(theirs) is not type(ours):
            raise Mismatch(f"{where}: recorded {theirs!r}, got {ours!r}")

    def _same_members(self, theirs: dict[str, Any], ours: dict[str, Any], where: str) -> None:
        missing, surplus = sorted(set(theirs) - set(ours)), sorted(set(ours) - set(theirs))
        if missing or surplus:
            raise Mismatch(f"{where}: missing {missing}, surplus {surplus}")
        for name, value in theirs.items():
            if name in _INVENTED_MEMBERS:
                self.pair(str(value), str(ours[name]), f"{where}.{name}")
            else:
                self.same(value, ours[name], f"{where}.{name}")

    def same_text(self, theirs: str, ours: str, where: str) -> None:
        if _INVENTED.split(theirs) != _INVENTED.split(ours):
            raise Mismatch(f"{where}: recorded {theirs!r}, got {ours!r}")
        for one, other in zip(_INVENTED.findall(theirs), _INVENTED.findall(ours), strict=True):
            self.pair(_folded(one), _folded(other), where)


def _folded(token: str) -> str:
    """A GUID is the same in capitals; the job in a poll URL is base64, where case matters."""
    return token.lower() if _GUID.fullmatch(token) else token
