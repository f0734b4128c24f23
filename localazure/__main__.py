"""`python -m localazure up`: the local Azure from the command line."""

import argparse
import asyncio
import logging
import signal
import sys
from contextlib import suppress

from localazure.azurite.installation import InstallationError
from localazure.azurite.node import NodeMissingError
from localazure.up.deployment import SubscriptionError
from localazure.up.options import OptionsError, add_arguments, options
from localazure.up.process import StartError
from localazure.up.run import LocalAzure, PartDied

_FAILURES = (OptionsError, NodeMissingError, InstallationError, StartError, SubscriptionError, PartDied, OSError)


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    for chatty in ("azure", "httpx"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    parser = argparse.ArgumentParser(prog="python -m localazure", description="A small Azure on loopback.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_arguments(commands.add_parser("up", help="start everything; Ctrl-C ends it"))
    try:
        asyncio.run(_until_signalled(LocalAzure(options(parser.parse_args()))))
    except _FAILURES as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


async def _until_signalled(local_azure: LocalAzure) -> None:
    running = asyncio.create_task(local_azure.run())
    ending = asyncio.Event()

    def end() -> None:
        if not ending.is_set():  # once: a second Ctrl-C must not interrupt the orderly end
            ending.set()
            running.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, end)
    with suppress(asyncio.CancelledError):
        await running


if __name__ == "__main__":
    sys.exit(main())
