"""Two runs at once share what is installed, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import AsyncMock

import pytest

from localazure.client.ready import Ready
from localazure.conformance import installation
from localazure.conformance.clients import ALL, ansible, azure_cli, custodian, sdks
from localazure.conformance.clients.client import Client

_WRITERS = {"az", "Ansible", "Cloud Custodian"}


@pytest.mark.parametrize("client", ALL, ids=lambda client: client.name)
async def test_a_client_writes_into_the_folder_of_its_run_only(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told: list[str] = []

    async def said(
        command: Sequence[str], environment: Mapping[str, str], _: Path | None = None
    ) -> tuple[int, str, str]:
        told.extend([*command, *environment.values()])
        return 1, "", "not today"

    for module in (ansible, azure_cli, custodian, sdks):
        monkeypatch.setattr(module, "said", said)
    monkeypatch.setattr(azure_cli, "calls", lambda: [{"operation": "account", "az": "account show"}])
    monkeypatch.setattr(custodian, "ArmClient", lambda _: nullcontext(AsyncMock()))
    installed = _files(installation.FOLDER)

    outcomes = await client.outcomes(_ready(tmp_path), tmp_path / "run" / "ready.json")

    assert outcomes[0].difference
    assert [word for word in told if str(installation.FOLDER) in word and "/venv/bin/" not in word] == []
    own = str(tmp_path / "run") + "/"
    assert (client.name in _WRITERS) == any(own in word and not word.endswith("ready.json") for word in told)
    assert _files(installation.FOLDER) == installed


def _files(folder: Path) -> set[Path]:
    """What lies beside the environments."""
    return set(folder.glob("*/*"))


def _ready(folder: Path) -> Ready:
    """Of no local Azure: nobody is asked here."""
    secret = {"Values": {"IDENTITY_HEADER": "h"}}
    (folder / "local.settings.json").write_text(json.dumps(secret), "utf-8")
    words = dict.fromkeys(("arm", "authority", "app", "appKey", "storage", "page", "tenant", "subscription"), "x")
    ca = str(folder / "ca.pem")
    return Ready(**words, clientId="i", local="http://l", ca=ca, hubs=[], apps=[], pids={})
