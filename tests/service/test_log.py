"""One correlation id from the request to the last line about it."""

import logging

import pytest

from peering.log import correlated, logger


def test_a_line_ends_with_the_id_of_its_request(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), correlated("4711"):
        logger("peering.test").info("%s is peered", "shop")
    assert caplog.messages == ["shop is peered correlation=4711"]


def test_a_line_outside_of_any_request_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        logger("peering.test").info("ready")
    assert caplog.messages == ["ready"]


def test_an_id_can_neither_break_the_line_nor_the_formatting(caplog: pytest.LogCaptureFixture) -> None:
    """The id comes from outside: whoever can write to the queue chooses it."""
    with caplog.at_level(logging.INFO), correlated("a\nERROR forged %s %d"):
        logger("peering.test").info("%s is peered", "shop")
    assert caplog.messages == ["shop is peered correlation=a\\nERROR forged %s %d"]
