"""azd owns nothing that is not the app's: some versions delete every resource group that their deployment names."""

import re

from tests.infra.bicep import INFRA, ROOT, load

MAIN = load("main.bicep")
DEPLOY = (ROOT / "docs/deploy.md").read_text("utf-8")


def test_everything_that_azd_deploys_is_in_the_apps_group() -> None:
    assert [one.symbol for one in MAIN.of("resource")] == ["group"]
    modules = MAIN.of("module")
    assert modules
    assert {one.symbol: one.value.get("scope") for one in modules} == dict.fromkeys(
        (one.symbol for one in modules), "group"
    )
    assert not [one.symbol for one in modules if not one.kind.startswith("app/")]


def test_no_module_of_the_app_leaves_its_group() -> None:
    """One that deployed or assigned elsewhere would bring another group into azd's deployment by the back door."""
    for path in (INFRA / "app").glob("*.bicep"):
        file = load(f"app/{path.name}")
        assert "targetScope" not in file.text, path.name
        assert not file.of("module"), path.name
        assert not re.search(r"scope: *(resourceGroup|subscription|managementGroup|tenant)\(", file.text), path.name


def test_no_output_names_another_group() -> None:
    """They come from the modules above, from the group, or from a parameter that is no id."""
    for output in MAIN.of("output"):
        assert re.fullmatch(r"(\w+\.outputs\.\w+|group\.name|delivery)", str(output.value)), output.where


def test_no_parameter_of_azds_names_a_hub() -> None:
    assert not [one.symbol for one in MAIN.of("param") if "hub" in one.symbol.lower()]


def test_the_hubs_of_the_catalogue_get_a_deployment_each() -> None:
    """The loop as it is documented: over what the preflight prints, each in its own subscription."""
    loop = re.search(r"for HUB in \$\(python3 infra/preflight\.py --hubs\); do\n(.*?)\ndone", DEPLOY, re.DOTALL)
    assert loop
    assert "--template-file infra/onboard/hub.bicep" in loop[1]
    assert '--subscription "$(echo "$HUB" | cut -d/ -f3)"' in loop[1]
    assert DEPLOY.index("azd up\n```") < loop.start() < DEPLOY.index("## 4. Onboard")


def test_an_environment_may_be_named_as_azd_allows() -> None:
    (name,) = [one for one in MAIN.of("param") if one.symbol == "environmentName"]
    assert name.decorators["maxLength"] == [64]  # azd: EnvironmentNameMaxLength
    (group,) = MAIN.of("resource")
    assert len(group.value["name"].replace("${environmentName}", "")) + 64 <= 90  # Azure's limit for a group's name


def test_deployments_bear_their_region() -> None:
    """A subscription's deployment of one name cannot be made again in another region."""
    lines = re.findall(r"az deployment (?:sub|mg) create (.*)", DEPLOY)
    assert len(lines) >= 5
    for line in lines:
        assert re.search(r'--name "[\w-]+-\$AZURE_LOCATION" --location "\$AZURE_LOCATION"', line), line
    for file in ("subscription", "hub"):
        for module in load(f"onboard/{file}.bicep").of("module"):
            assert "uniqueString(" in module.value["name"] or "resourceGroup" in str(module.value.get("scope")), (
                module.where
            )
