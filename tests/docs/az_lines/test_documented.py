"""The lines are taken from where they stand, whole, and none is passed over."""

from pathlib import Path

import pytest

from tests.docs.az_lines import documented, played
from tests.docs.az_lines.line import Line

PAGE = """
Say `az functionapp show`, and then:

```sh
eval "$(azd env get-values)"
KEY=$(az tag list --resource-id "$VNET" \\
  --query tags) && az group show --name "rg-$(echo "$NAME" | cut -d/ -f3)" | jq .
# az is not called here
```

```console
$ az policy show \\
    --name <its name>
az says this
> /nowhere/file
$ azd up
```
"""


def test_a_page_is_played_by_bash() -> None:
    assert list(documented.in_page("page", PAGE)) == [
        Line("page:7", ("tag", "list", "--resource-id", played.RESOURCE, "--query", "tags"), complete=True),
        Line("page:7", ("group", "show", "--name", "rg-answer"), complete=True),
        Line("page:12", ("policy", "show", "--name", "value"), complete=True),
        Line("page:2", ("functionapp", "show"), complete=False),
    ]


def test_a_comment_in_infra_is_a_line_to_be_typed() -> None:
    text = "// Says what.\n// az deployment sub create --location <any> --template-file a.bicep …\n"
    words = ("deployment", "sub", "create", "--location", "value", "--template-file", "a.bicep")
    assert list(documented.in_comments("infra", text)) == [Line("infra:2", words, complete=True)]


def test_a_program_mentions_commands() -> None:
    text = 'raise X(f"{a} an az line. Run az role assignment list -g {b}, then az login.")'
    found = [line.words for line in documented.in_program("program", text)]
    assert found == [("role", "assignment", "list", "-g"), ("login",)]


@pytest.mark.parametrize("page", documented.PAGES, ids=lambda page: page.name)
def test_no_call_in_a_block_is_passed_over(page: Path) -> None:
    """By the look of a block as many calls as bash makes of it."""
    blocks = documented.SHELL.findall(page.read_text("utf-8"))
    for block in blocks:
        assert len(played.calls(documented.typed(block))) == documented.calls_in(block), block
