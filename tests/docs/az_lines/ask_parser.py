"""Run by the Azure CLI's own Python: which of the lines on stdin its parser does not understand. Executes none of them.

Takes and gives a JSON list: `[{"words": [...], "complete": true}]`, and for each null or what the CLI said.
"""

import contextlib
import io
import json
import sys
from collections.abc import Sequence

from azure.cli.core import AzCli, get_default_cli  # type: ignore[import-untyped]  # in the CLI's own environment
from knack.events import (  # type: ignore[import-not-found]  # as above
    EVENT_INVOKER_POST_PARSE_ARGS,
    EVENT_INVOKER_PRE_PARSE_ARGS,
)


class Understood(BaseException):
    """The line was parsed. Not an Exception, so that the CLI does not catch it."""


def main() -> None:
    answers, lines = [], json.load(sys.stdin)
    said = io.StringIO()  # one for all lines: the CLI keeps what it first found as its stream of errors
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        for line in lines:
            said.seek(0)
            said.truncate()
            wrong = _parsed(line["words"]) if line["complete"] else _known(line["words"])
            answers.append(wrong and f"{wrong} {said.getvalue()}".strip())
    json.dump(answers, sys.stdout)


def _parsed(words: Sequence[str]) -> str | None:
    """The CLI itself is called, and stopped when its parser, and what completes ids, have had the words."""
    cli = get_default_cli()
    cli.register_event(
        EVENT_INVOKER_PRE_PARSE_ARGS, lambda cli, **_: cli.register_event(EVENT_INVOKER_POST_PARSE_ARGS, _stop)
    )
    try:
        status = cli.invoke(list(words))
    except Understood:
        return None
    except SystemExit as end:
        status = end.code
    return f"exit {status}:"


def _stop(*_: object, **__: object) -> None:
    raise Understood


def _known(words: Sequence[str]) -> str | None:
    """Whether a command or a group of that name exists, with these options."""
    names = [word for word in words if not word.startswith("-")]
    options = {word.partition("=")[0] for word in words if word.startswith("-")}
    cli = get_default_cli()
    table = _table(cli, names)
    for length in range(len(names), 0, -1):
        command = " ".join(names[:length])
        if command in table:
            return _unknown_options(_with_arguments(cli, command), options)
        if length == len(names) and any(name.startswith(f"{command} ") for name in table) and not options:
            return None
    return "no command or group has this name"


def _table(cli: AzCli, names: Sequence[str]):  # type: ignore[no-untyped-def]  # noqa: ANN202 - the CLI has no types
    """As `AzCli.invoke` and its invoker make it."""
    loaders = {"parser_cls": cli.parser_cls, "commands_loader_cls": cli.commands_loader_cls, "help_cls": cli.help_cls}
    cli.invocation = cli.invocation_cls(cli_ctx=cli, initial_data={}, **loaders)
    return cli.invocation.commands_loader.load_command_table(list(names))


def _with_arguments(cli: AzCli, command: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - as above
    cli.invocation.data["command_string"] = command
    loader = cli.invocation.commands_loader
    loader.command_name, loader.command_table = command, {command: loader.command_table[command]}
    loader.load_arguments(command)
    return loader.command_table[command]


def _unknown_options(command, options: set[str]) -> str | None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - as above
    known = {"--help", "--output", "-o", "--query", "--subscription", "--debug", "--verbose"}
    for argument in command.arguments.values():
        known |= {str(getattr(one, "target", one)) for one in argument.options_list or ()}
    return f"it has no {', '.join(sorted(options - known))}" if options - known else None


if __name__ == "__main__":
    main()
