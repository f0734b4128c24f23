"""What the host needs in an environment that has only the app's own packages: itself, and no more than that.

Everything else the host imports (aiohttp, the queue client, the worker library) is part of what is deployed. A folder
of links takes the place of our own environment on the path, so that the app cannot find there what its
requirements.txt forgot.
"""

from importlib.util import find_spec
from pathlib import Path

_NEEDED = ("localazure", "croniter", "dateutil")
"""The host, the timer's parser of schedules, and what that imports: all of it pure Python."""


def host_path(folder: Path) -> Path:
    """Fill the folder with links to the packages; the same again when the host is started again."""
    folder.mkdir(exist_ok=True)
    for name in _NEEDED:
        link = folder / name
        if not link.exists():
            link.symlink_to(_folder_of(name), target_is_directory=True)
    return folder


def _folder_of(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"The host needs the package {package}, which is not installed here.", name=package)
    return Path(spec.origin).parent
