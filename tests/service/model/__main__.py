"""Tell one run of the model in full: `python -m tests.service.model 123`."""

import logging
import sys

from tests.service.model.run import play

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    found = play(int(sys.argv[1]))
    print(*found.trace, *(f"FAULT {each}" for each in found.faults), sep="\n")  # noqa: T201 - what it is for
