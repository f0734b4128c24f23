"""Messages are cut where they end, however the bytes arrive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localazure.emulator.storage.calls import Call
from localazure.emulator.storage.framing import Framer, Part

SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=1\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n"
TRAILED = b"HTTP/1.1 200 OK\r\ntransfer-encoding:chunked\r\n\r\n1\r\n!\r\n0\r\nX-Sum: 1\r\n\r\n"
NOTHING = b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n"
EMPTY = b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
KINDS = [SIZED, CHUNKED, TRAILED, NOTHING, EMPTY, CONTINUE]


@given(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4), st.lists(st.integers(1, 40)))
def test_every_byte_comes_out_and_every_message_ends(messages: list[bytes], cuts: list[int]) -> None:
    stream, framer, pieces = b"".join(messages), Framer(answers=True), []
    for size in [*cuts, len(stream)]:
        pieces += list(framer.feed(stream[:size]))
        stream = stream[size:]
    assert b"".join(piece for _, piece in pieces) == b"".join(messages)
    cut: list[bytes] = [b""]
    for part, piece in pieces:
        cut[-1] += piece
        if part is Part.END:
            cut.append(b"")
    assert cut[:-1] == messages


def test_an_answer_to_a_head_has_no_body() -> None:
    framer = Framer(answers=True, bodiless=True)
    assert [part for part, _ in framer.feed(SIZED[: SIZED.index(b"hello")])] == [Part.HEAD, Part.END]


def test_an_answer_without_a_length_lasts_until_the_connection_ends() -> None:
    framer = Framer(answers=True)
    parts = [part for part, _ in framer.feed(b"HTTP/1.1 200 OK\r\n\r\nand so on")]
    assert parts == [Part.HEAD, Part.BODY]


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("/account/records(PartitionKey='a',RowKey='b')", "records"),
        ("/account/records%28PartitionKey='a',RowKey='b'%29", "records"),
        ("/account/Records()?$filter=x", "records"),
        ("/account/Tables('Records')", "records"),
        ("/account/Tables", "tables"),
        ("/account/requests/messages?numofmessages=16", "requests"),
        ("/account/leases/hub?comp=lease", "leases"),
        ("/account?comp=list", ""),
    ],
)
def test_a_call_names_its_table_queue_or_container(target: str, name: str) -> None:
    call = Call.read("table", f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert (call.name, call.method) == (name, "GET")
    assert call.path == target.partition("?")[0]
