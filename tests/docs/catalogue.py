"""Every key of the catalogue and every warning about one, and docs/catalogue.md: `python -m tests.docs.catalogue`.

The keys are told as the schema tells them to an editor; the warnings are made by the code, for what its test has.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from peering.core.catalogue.lint import CHECKS, lint
from tests.builders import catalogue, vnet_id
from tests.core.catalogue.test_lint import REAL, WARNINGS, hub
from tests.docs.markdown import ROOT

PAGE = ROOT / "docs" / "catalogue.md"
COMMAND = "python -m tests.docs.catalogue"
SCHEMA: dict[str, Any] = json.loads((ROOT / "hubs.schema.json").read_text("utf-8"))
_KEYS: dict[str, dict[str, Any]] = SCHEMA["definitions"]
_GENERATED = "## At the top"  # from here on; what comes before is written by hand
_SECTIONS = {
    "At the top": ("tag", "status_tag", "tag_from", "inherit"),
    "Of a hub": tuple(_KEYS["hub"]["properties"]),
}


def page() -> str:
    tables = [_table(title, {key: _KEYS[key] for key in keys}) for title, keys in _SECTIONS.items()]
    tables[1] = tables[1].replace("\n\n|", f"\n\n{_OF_A_HUB}\n\n|", 1)
    rule = _table("Of a rule", _KEYS["rule"]["properties"]).replace(
        "\n\n|", f"\n\n{_KEYS['rule']['description']}\n\n|", 1
    )
    by_hand = PAGE.read_text("utf-8").partition(_GENERATED)[0]
    return by_hand + "\n".join([*tables, rule, _warnings()])


_OF_A_HUB = (
    "Under `[hubs.<name>]`; the name is what people write into the tag: 1 to 40 letters, digits and hyphens, compared "
    "without case. All but `vnet` may stand under `[defaults]`, for every hub that does not say otherwise."
)


def _table(title: str, keys: Mapping[str, dict[str, Any]]) -> str:
    rows = [
        f"| `{key}` | {_values(said)} | {_default(key, said)} | {_cell(said['description'])} |"
        for key, said in keys.items()
    ]
    return "\n".join([f"## {title}", "", "| key | values | default | |", "|---|---|---|---|", *rows, ""])


def _default(key: str, said: Mapping[str, Any]) -> str:
    if key == "vnet":
        return "must be there"
    return f"`{json.dumps(said['default'])}`" if "default" in said else ""


def _values(said: Mapping[str, Any]) -> str:
    """The type of a value, in the words of TOML."""
    if "anyOf" in said:
        return " or ".join(dict.fromkeys(map(_values, said["anyOf"])))
    if "enum" in said:
        return ", ".join(f"`{json.dumps(word)}`" for word in said["enum"])
    if said.get("type") == "array":
        return "a list"
    if "minimum" in said:
        return f"{said['minimum']} to {said['maximum']}"
    return {"string": "a text", "boolean": "`true`, `false`", "object": "a table"}[said.get("type", "object")]


def warnings() -> Iterator[tuple[str, str]]:
    """Key and sentence of one example of each warning that there is."""
    made = [hub(**rest) for rest, _, _ in WARNINGS]
    for check in CHECKS:
        told = [(key.partition("[")[0], reason) for one in made for key, reason in check(one)]
        yield from {(key, _kind(reason)): (key, reason) for key, reason in reversed(told)}.values()
    twin = hub("prod-wue", network=vnet_id("hub-neu", subscription=REAL))
    yield from ((fault.key, fault.reason) for fault in lint(catalogue(hub(), twin)))


def _kind(reason: str) -> str:
    """Two sentences that end alike say the same about two things."""
    return reason.rpartition(". ")[2]


def _warnings() -> str:
    rows = [f"| {f'`{key}`' if key else 'the hub'} | {_cell(reason)} |" for key, reason in warnings()]
    return "\n".join(["## Warnings", "", "Each with an example.", "", "| about | says |", "|---|---|", *rows, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    PAGE.write_text(page(), "utf-8")
    sys.stdout.write(f"{PAGE} is written.\n")


if __name__ == "__main__":
    main()
