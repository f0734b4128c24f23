"""docs/cli.md: what it shows is what the commands say."""

from peering.cli.failures import Exit
from tests.cli import scenes
from tests.docs.cli import COMMAND, PAGE, names, page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), f"write it anew: {COMMAND}"


def test_every_command_that_asks_the_app_is_shown_at_work() -> None:
    own = {"recover", "export", "import"}  # they ask Azure: docs/operate.md has them
    assert set(names()) - own == set(scenes.OF)


def test_every_exit_status_is_told() -> None:
    text = PAGE.read_text("utf-8")
    assert [f"\n| {int(status)} | " in text for status in Exit] == [True] * len(Exit)
