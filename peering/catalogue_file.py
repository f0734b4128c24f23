"""The catalogue's file: read, parsed and validated in one go."""

import tomllib
from pathlib import Path
from typing import Any

from peering.core.catalogue.fault import Fault
from peering.core.catalogue.policy import Catalogue
from peering.core.catalogue.reader import CatalogueError, read_catalogue


def load_catalogue(path: Path) -> Catalogue:
    """Read and validate a catalogue file; raises CatalogueError for one that is absent or not TOML, too."""
    return _load(path)[0]


def lint_catalogue(path: Path) -> tuple[Catalogue, tuple[Fault, ...]]:
    """The same, with what is legal in it and dangerous. Raises CatalogueError."""
    from peering.core.catalogue.lint import lint  # noqa: PLC0415 - the app itself never asks, and starts cold

    catalogue, document = _load(path)
    return catalogue, lint(catalogue, document)


def _load(path: Path) -> tuple[Catalogue, dict[str, Any]]:
    try:
        document = _document(path)
        return read_catalogue(document, str(path)), document
    except RecursionError as error:  # the parser's, or from showing a value
        raise _fault(path, "is nested too deeply: its deepest values are tables in a list.") from error


def _document(path: Path) -> dict[str, Any]:
    try:
        # utf-8-sig: some editors begin a file with a byte order mark, which is no TOML.
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        reason = f"cannot be read: {error.strerror}. Set AUTOPEER_CATALOGUE, or copy hubs.example.toml."
        raise _fault(path, reason) from error
    except ValueError as error:
        raise _fault(path, f"is not TOML: {error}.") from error


def _fault(path: Path, reason: str) -> CatalogueError:
    return CatalogueError(str(path), (Fault("(file)", reason),))
