"""Installs the Azure CLI into an environment of its own: it pins hundreds of packages, some of them the app's."""

import subprocess
import sys
from pathlib import Path

VERSION = "2.91.0"
FOLDER = Path(__file__).parents[2] / ".local" / "azure-cli"


def install() -> Path:
    """The path of `az`; made on first use (about 700 MB)."""
    az = FOLDER / "venv" / "bin" / "az"
    if not az.exists():
        sys.stdout.write(f"Setting up azure-cli {VERSION} in {FOLDER}…\n")
        subprocess.run([sys.executable, "-m", "venv", str(FOLDER / "venv")], check=True)  # noqa: S603 - our own Python
        pip = [str(FOLDER / "venv" / "bin" / "python"), "-m", "pip", "install", "-q", f"azure-cli=={VERSION}"]
        subprocess.run(pip, check=True)  # noqa: S603 - as above
    return az
