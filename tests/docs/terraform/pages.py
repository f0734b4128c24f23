"""The Terraform that stands in pages."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "terraform.md"
BLOCK = re.compile(r"^```hcl\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks() -> dict[str, str]:
    """By page and line."""
    found = {}
    for page in sorted((ROOT / "docs").rglob("*.md")):
        text = page.read_text("utf-8")
        for block in BLOCK.finditer(text):
            found[f"{page.name}:{text.count('\n', 0, block.start()) + 1}"] = block[1]
    return found
