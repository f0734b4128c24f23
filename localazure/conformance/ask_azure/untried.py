"""What a trial does not ask, with the reason: untried.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

from localazure.conformance.ask_azure.question import Answer, Question, Verdict

_FILE = Path(__file__).with_name("untried.toml")


def untried() -> list[Answer]:
    """One for each fact and each switch; a whole page of facts is one."""
    rows = tomllib.loads(_FILE.read_text("utf-8"))["fact"]
    return [
        Answer(
            Question(row["fact"], row["fact"], row.get("words", ""), setting=row.get("setting", "")),
            Verdict.NOT_TRIED,
            row["why"],
        )
        for row in rows
    ]
