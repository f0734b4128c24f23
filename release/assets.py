"""`python -m release.assets [--tag v1.2.3]`: the digest of the zip and the notes, beside it. `make release` calls it.

The notes are the version's part of CHANGELOG.md. With a tag, the tag must be this version's.
"""

import argparse
import hashlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from peering.version import VERSION
from release.package import DEFAULT, ROOT

_CATALOGUE = """
## The files

* `autopeer.zip` is what is deployed. The catalogue in it is the example, which the app refuses: put your own
  `hubs.toml` in its place (`zip autopeer.zip hubs.toml`), then run
  `azd deploy app --from-package autopeer.zip` from a clone at this tag.
* `autopeer.zip.sha256` is its digest: `sha256sum --check autopeer.zip.sha256`.
* `autopeer.cdx.json` lists what it runs on, with versions and licences (CycloneDX).
"""


class NotReleasable(Exception):
    """What is to be released does not fit together; the message says what to do."""


def digest_file(zip_file: Path) -> Path:
    """The digest in a file of the form that `sha256sum --check` reads."""
    digest = hashlib.sha256(zip_file.read_bytes()).hexdigest()
    file = zip_file.with_name(f"{zip_file.name}.sha256")
    file.write_text(f"{digest}  {zip_file.name}\n", "utf-8")
    return file


def notes(changelog: str, version: str) -> str:
    """A version's section without its heading.

    Raises:
        NotReleasable: CHANGELOG.md has no such section, or nothing in it.
    """
    heading = rf"^## \[?{re.escape(version)}\]?(?: [^\n]*)?\n"
    found = re.search(rf"{heading}(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if found is None or not found[1].strip():
        raise NotReleasable(f"CHANGELOG.md says nothing under {version}. Move what is under Unreleased to that number.")
    return found[1].strip() + "\n" + _CATALOGUE


def main(arguments: Sequence[str] | None = None, root: Path = ROOT, zip_file: Path = DEFAULT) -> int:
    parser = argparse.ArgumentParser(prog="python -m release.assets", description=__doc__)
    parser.add_argument("--tag", help="the tag that is being released")
    tag: str | None = parser.parse_args(arguments).tag
    sys.stdout.write(f"{digest_file(zip_file).name}: {hashlib.sha256(zip_file.read_bytes()).hexdigest()}\n")
    if tag is None:
        return 0
    try:
        if tag != f"v{VERSION}":
            raise NotReleasable(
                f"The tag is {tag}, and peering/version.py says {VERSION}. Tag v{VERSION}, or change it."
            )
        zip_file.with_name("notes.txt").write_text(notes((root / "CHANGELOG.md").read_text("utf-8"), VERSION), "utf-8")
    except NotReleasable as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
