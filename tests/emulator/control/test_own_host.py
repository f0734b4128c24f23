"""The plain-http side answers whoever asks for it by its own name, and no page whose name was bent to loopback."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.emulator.arm import Arm

PATHS = ["/control/state", "/control/storage", "/metadata/identity/oauth2/token", "/"]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "localhost@evil", "[", ""]
)
@pytest.mark.parametrize("path", PATHS)
async def test_another_name_is_refused(arm: Arm, host: str, path: str) -> None:
    port = urlsplit(arm.server.local_url).port
    answer = await arm.ask_exactly("GET", arm.server.local_url + path, Host=host.format(port=port))
    assert (answer.status, answer.code) == (421, "WrongHost")


async def test_a_write_under_another_name_changes_nothing(arm: Arm) -> None:
    url = f"{arm.server.local_url}/control/latency"
    assert (await arm.ask_exactly("PUT", url, {"pageSize": 3}, Host="evil.example")).status == 421
    assert (await arm.control("GET", "/control/latency")).body["pageSize"] == 1000


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:{port}", "localhost", "LOCALHOST:{port}", "localhost:8080"])
async def test_its_own_names_are_answered(arm: Arm, host: str) -> None:
    """A forwarded port keeps the name and changes the number."""
    port = urlsplit(arm.server.local_url).port
    answer = await arm.ask_exactly("GET", f"{arm.server.local_url}/control/latency", Host=host.format(port=port))
    assert answer.status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1.evil.example", "null", ""])
async def test_a_page_of_others_writes_nothing_even_under_the_right_name(arm: Arm, origin: str) -> None:
    url = f"{arm.server.local_url}/control/latency"
    answer = await arm.ask_exactly("PUT", url, {"pageSize": 3}, Origin=origin)
    assert (answer.status, answer.code) == (403, "WrongOrigin")
    assert (await arm.control("GET", "/control/latency")).body["pageSize"] == 1000


async def test_its_own_page_may_write(arm: Arm) -> None:
    url = f"{arm.server.local_url}/control/latency"
    assert (await arm.ask_exactly("PUT", url, {"pageSize": 3}, Origin=arm.server.local_url)).status == 200
