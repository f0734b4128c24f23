"""How the host starts, ends, and says why it cannot start."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.host.host_process import SAMPLE_APP, command, environment, running_host


def test_sigterm_lets_running_functions_finish(storage: str, tmp_path: Path) -> None:
    with running_host(storage, tmp_path) as host, ThreadPoolExecutor(1) as caller:
        answer = caller.submit(host.http.get, "/api/slow", params={"seconds": "0.5"})
        host.await_log("slow begins")
        host.process.terminate()
        assert answer.result(10).text == "done"
        assert host.process.wait(10) == 0


def start(settings: Path, app_dir: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a host that is expected to refuse."""
    return subprocess.run(
        command(settings, app_dir),
        env={**environment(), **env},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def app(folder: Path, code: str, host_json: str = "{}") -> Path:
    (folder / "host.json").write_text(host_json)
    (folder / "function_app.py").write_text(code)
    return folder


HEADER = "import azure.functions as func\napp = func.FunctionApp()\n"


@pytest.mark.parametrize(
    ("code", "host_json", "says"),
    [
        ("import no_such_module", "{}", "No module named 'no_such_module'"),
        (HEADER, "{}", "no functions found"),
        (HEADER, '{"extensions": {"queues": {"batchSize": 33}}}', "batchSize must be from 1 to 32"),
        (
            HEADER + "@app.blob_trigger('blob', 'path', 'AzureWebJobsStorage')\ndef f(blob: str) -> None: ...\n",
            "{}",
            "type 'blobTrigger', which the local host does not serve",
        ),
        (
            HEADER + "@app.queue_trigger('m', 'q', 'Elsewhere')\ndef f(m: str) -> None: ...\n",
            "{}",
            "the app setting Elsewhere holds no connection string",
        ),
        (
            HEADER + "@app.route('{id:date}')\ndef f(req: func.HttpRequest) -> str: ...\n",
            "{}",
            "there is no constraint 'date'",
        ),
    ],
)
def test_app_that_cannot_be_served(settings_file: Path, tmp_path: Path, code: str, host_json: str, says: str) -> None:
    done = start(settings_file, app(tmp_path, code, host_json))
    assert (done.returncode, done.stdout) == (1, "")
    assert "The host cannot start: " in done.stderr
    assert says in done.stderr


def test_missing_host_json(settings_file: Path, tmp_path: Path) -> None:
    assert "host.json is missing" in start(settings_file, tmp_path).stderr


def test_missing_key_is_named(settings_file: Path) -> None:
    done = start(settings_file, SAMPLE_APP, HOST_MASTER_KEY="")
    assert "Set HOST_MASTER_KEY in the environment" in done.stderr


def test_missing_settings_file_is_named(tmp_path: Path) -> None:
    assert str(tmp_path / os.devnull.strip("/")) in start(tmp_path / os.devnull.strip("/"), SAMPLE_APP).stderr
