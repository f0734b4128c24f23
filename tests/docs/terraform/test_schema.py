"""Every resource, argument, block and attribute in the Terraform of our pages is one that the providers have."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from localazure.conformance.installation import python_packages
from tests.docs.terraform import pages
from tests.docs.terraform.checked import faults

# Bindings that are made of the providers' schemas; the providers themselves are in no package registry.
AZAPI = ("cdktn-provider-azapi==1.0.0", "azapi/2.13.0/")
AZURERM = {"4.81.0": "cdktn-provider-azurerm==17.0.0", "5.10.0": "cdktn-provider-azurerm==18.9.0"}
PARSER = ("python-hcl2==8.1.4", "lark==1.3.1", "regex==2026.11.19")
_READ = "import hcl2, json, sys; json.dump(hcl2.loads(sys.stdin.read()), sys.stdout)"

pytestmark = pytest.mark.long


@pytest.fixture(scope="module", params=AZURERM)
def installed(request: pytest.FixtureRequest) -> Path:
    """The environment for one version of azurerm, and the versions of both as the bindings name them."""
    version: str = request.param
    name = f"terraform-{version.partition('.')[0]}"
    folder = python_packages(name, AZURERM[version], AZAPI[0], *PARSER, read_only=True)
    for package, said in (("azurerm", f"azurerm/{version}/"), ("azapi", AZAPI[1])):
        (site,) = (folder.parent / "lib").glob("python*/site-packages")
        assert said in (site / f"cdktn_provider_{package}" / "__init__.py").read_text("utf-8")
    return folder


@pytest.fixture(scope="module")
def packages(installed: Path) -> dict[str, Path]:
    (site,) = (installed.parent / "lib").glob("python*/site-packages")
    return {name: site / f"cdktn_provider_{name}" for name in ("azurerm", "azapi")}


def parsed(text: str, installed: Path) -> dict[str, Any]:
    command = [str(installed / "python"), "-c", _READ]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("place", pages.blocks())
def test_the_providers_know_what_is_written(place: str, installed: Path, packages: dict[str, Path]) -> None:
    text = parsed(pages.blocks()[place], installed)
    assert text["resource"]
    assert faults(text, packages) == []


def test_the_page_says_which_versions() -> None:
    text = pages.PAGE.read_text("utf-8")
    assert f"azurerm {' and '.join(AZURERM)}, and of azapi {AZAPI[1].split('/')[1]}" in text


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            '"azurerm_role_assignment" "queue"',
            '"azurerm_role_assignments" "queue"',
            "the provider has no such resource",
        ),
        ("  topic_type ", "  topic_kind ", ".topic_kind: is unknown"),
        ("  topic_type ", "  topic_kind ", ".topic_type: is missing"),
        ("    string_contains {", "    string_containing {", ".advanced_filter.string_containing: is unknown"),
        ("max_delivery_attempts = 30", "attempts = 30", ".retry_policy.max_delivery_attempts: is missing"),
        ("    event_time_to_live    = 1440", "    event_time_to_live = [1440]", ".event_time_to_live: is a list"),
        ("arrays_enabled = true", "arrays_enabled = [true]", ".advanced_filtering_on_arrays_enabled: is a list"),
        ('["Microsoft.EventGrid"]', '"Microsoft.EventGrid"', ".resource_providers_to_register: is a str"),
        ("  features {}\n", "  feature {}\n", "provider azurerm.feature: is unknown"),
        ("identity[0].principal_id", "identity[0].principal", "identity.principal, which it has not"),
        ("spoke.role_definition_resource_id", "spoke.resource_id", "'s resource_id, which it has not"),
    ],
)
def test_what_they_do_not_know_is_found(
    old: str, new: str, fault: str, installed: Path, packages: dict[str, Path]
) -> None:
    text = next(block for block in pages.blocks().values() if "azurerm_eventgrid_system_topic" in block)
    assert old in text
    assert fault in " ".join(faults(parsed(text.replace(old, new, 1), installed), packages))


def test_what_is_ignored_must_be_an_argument(installed: Path, packages: dict[str, Path]) -> None:
    text = next(block for block in pages.blocks().values() if "azurerm_virtual_network" in block)
    wrong = text.replace('tags["hub-status"]', 'peerings["x"]')
    assert "ignores peerings" in " ".join(faults(parsed(wrong, installed), packages))


def test_a_network_has_no_argument_for_peerings(packages: dict[str, Path]) -> None:
    """What the page builds on: what Autopeer makes is no drift of the network's."""
    from tests.docs.terraform.provider import schema

    known = schema(packages["azurerm"], "virtual_network")
    names = {*known.arguments(f"{known.top}Config"), *known.attributes(known.top)}
    assert [name for name in names if "peering" in name] == []
