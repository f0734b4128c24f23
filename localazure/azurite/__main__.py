"""`python -m localazure.azurite install` installs Azurite; without an argument it runs one until Ctrl-C."""

import argparse
import logging
import signal
import sys

from localazure.azurite.installation import InstallationError, ensure_installed, pinned_version
from localazure.azurite.launcher import AzuriteFailedError, running
from localazure.azurite.node import NodeMissingError, find_node


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(prog="python -m localazure.azurite", description=__doc__)
    parser.add_argument("action", nargs="?", choices=["install", "run"], default="run")
    try:
        return _install() if parser.parse_args().action == "install" else _run()
    except (NodeMissingError, InstallationError, AzuriteFailedError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _install() -> int:
    ensure_installed(find_node())
    sys.stdout.write(f"Azurite {pinned_version()} is installed.\n")
    return 0


def _run() -> int:
    ends = {signal.SIGINT, signal.SIGTERM}
    with running() as connection_string:
        signal.pthread_sigmask(signal.SIG_BLOCK, ends)
        sys.stdout.write(connection_string + "\n")
        sys.stdout.flush()
        signal.sigwait(ends)
    return 0


if __name__ == "__main__":
    sys.exit(main())
