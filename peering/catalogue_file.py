"""The catalogue's file: read, parsed and validated in one go."""

import tomllib
from pathlib import Path

from peering.core.catalogue.policy import Catalogue
from peering.core.catalogue.reader import CatalogueError, read_catalogue
from peering.core.catalogue.toml_table import Fault


def load_catalogue(path: Path) -> Catalogue:
    """Read and validate a catalogue file; raises CatalogueError for one that is absent or not TOML, too."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        fault = Fault("(file)", f"cannot be read: {error.strerror}. Set AUTOPEER_CATALOGUE, or copy hubs.example.toml.")
        raise CatalogueError(str(path), (fault,)) from error
    except ValueError as error:
        raise CatalogueError(str(path), (Fault("(file)", f"is not TOML: {error}."),)) from error
    return read_catalogue(document, str(path))
