"""Where HTTP/1.1 messages begin and end in a stream of bytes, and nothing else of HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r]*chunked", re.IGNORECASE)
_END_OF_HEAD = b"\r\n\r\n"
_UNTIL_CLOSED = -1


class Part(Enum):
    """What a piece of a message is."""

    HEAD = auto()
    BODY = auto()
    END = auto()


type Piece = tuple[Part, bytes]


@dataclass(slots=True)
class Framer:
    """Cuts one direction of a connection into messages. Every byte comes out again, in order, in a HEAD or a BODY.

    `bodiless` is told of a head whether no body follows it whatever its headers say.
    """

    answers: bool
    bodiless: bool = False
    """Of answers only: the next one is to a HEAD."""
    _buffer: bytearray = field(default_factory=bytearray)
    _left: int = 0
    _chunked: bool = False
    _inside: bool = False

    def feed(self, data: bytes) -> Iterator[Piece]:
        self._buffer += data
        while self._buffer:
            if not self._inside:
                end = self._buffer.find(_END_OF_HEAD)
                if end < 0:
                    return
                head = self._take(end + len(_END_OF_HEAD))
                self._begin(head)
                yield Part.HEAD, head
            elif (body := self._body()) is not None:
                yield Part.BODY, body
            else:
                return
            if not self._inside:
                yield Part.END, b""

    def _begin(self, head: bytes) -> None:
        length = _LENGTH.search(head)
        self._chunked = _CHUNKED.search(head) is not None
        self._left = int(length[1]) if length else 0
        if self.answers:
            status = int(head[9:12])
            if self.bodiless or status in {204, 304} or status < 200:
                self._chunked, self._left = False, 0
            elif length is None and not self._chunked:
                self._left = _UNTIL_CLOSED
        self._inside = self._chunked or self._left != 0

    def _body(self) -> bytes | None:
        """The next bytes of the body; None when more must come first."""
        if self._left == _UNTIL_CLOSED:
            return self._take(len(self._buffer))
        if self._chunked and self._left == 0:
            return self._chunk_head()
        body = self._take(min(self._left, len(self._buffer)))
        self._left -= len(body)
        self._inside = self._chunked or self._left > 0
        return body

    def _chunk_head(self) -> bytes | None:
        """The line with a chunk's size, after which the chunk and its line end are still to come."""
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return None
        size = int(self._buffer[:end].partition(b";")[0], 16)
        if size:
            self._left = size + 2
            return self._take(end + 2)
        if self._buffer[end + 2 : end + 4] == b"\r\n":
            trailer = end + 4
        else:  # headers after the last chunk
            trailer = self._buffer.find(_END_OF_HEAD) + len(_END_OF_HEAD)
            if trailer < len(_END_OF_HEAD):
                return None
        self._inside = self._chunked = False
        return self._take(trailer)

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken
