"""The app's settings and the keys of its host."""

import json
from pathlib import Path

from localazure.emulator.identity import object_id_of
from localazure.up.app_settings import APP_CLIENT_ID, Endpoints, Secrets, app_settings, write_settings


def test_secrets_are_new_each_time_and_the_host_gets_its_own() -> None:
    one, other = Secrets(), Secrets()
    assert len({one.master_key, one.function_key, one.event_grid_key, other.master_key}) == 4
    assert set(one.for_host()) == {"HOST_MASTER_KEY", "HOST_FUNCTION_KEY", "HOST_EVENTGRID_KEY"}


def test_app_settings_point_at_the_local_parts(tmp_path: Path) -> None:
    endpoints = Endpoints(
        arm="https://arm", local="http://local", ca="/ca.pem", identity_header="header", storage="UseThis=1"
    )
    settings = app_settings(endpoints, tmp_path / "hubs.toml")
    assert settings["IDENTITY_ENDPOINT"] == "http://local/msi/token"
    assert settings["AUTOPEER_TOPIC_ENDPOINT"] == "https://arm/topics/outcomes/api/events"
    assert settings["AUTOPEER_PRINCIPAL_ID"] == object_id_of(APP_CLIENT_ID)
    assert settings["AzureWebJobsStorage"] == "UseThis=1"


def test_settings_file_is_private_and_keeps_what_it_holds(tmp_path: Path) -> None:
    file = tmp_path / "local.settings.json"
    write_settings(file, {"A": "1"})
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text(json.dumps({"Host": {"CORS": "*"}, "Values": {"A": "old", "MINE": "kept"}}))
    write_settings(file, {"A": "new"})
    written = json.loads(file.read_text())
    assert written == {"IsEncrypted": False, "Host": {"CORS": "*"}, "Values": {"A": "new", "MINE": "kept"}}
