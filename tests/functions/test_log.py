"""What reaches the host of the app's log: its own lines, and of Azure's SDKs only what is wrong."""

import json
import re

from tests.functions.app_process import App
from tests.host.host_process import ROOT

_SDKS = re.compile(r"\S+Z (?P<level>[A-Z]+) +(\[[^\]]*\] )?(azure|msal)\.[\w.]+: ")


def test_the_sdks_requests_are_not_in_the_log_and_the_apps_lines_are(quiet_app: App) -> None:
    """The first call asks storage and is logged by the SDK before it is answered; the second leaves a line of ours."""
    assert quiet_app.call("GET", "/api/peerings").status_code == 200
    assert quiet_app.call("POST", "/api/peerings", content=b"to be refused").status_code == 400
    quiet_app.await_log(r"INFO .* autopeer: refused a request: 400")
    chatter = [line for line in quiet_app.host.log if (found := _SDKS.match(line)) and found["level"] == "INFO"]
    assert chatter == []


def test_a_line_of_the_sdks_would_be_found() -> None:
    assert _SDKS.match("10:00:00.000Z INFO    [get_x 12345678] azure.core.pipeline.policies.x: Request URL")
    assert _SDKS.match("10:00:00.000Z INFO    msal.application: x")


def test_no_line_and_no_invocation_is_left_to_sampling() -> None:
    """Or the correlation id of a record would lead to some of its lines only."""
    logging = json.loads((ROOT / "host.json").read_text("utf-8"))["logging"]
    assert logging["logLevel"]["default"] == "Information"
    kept = logging["applicationInsights"]["samplingSettings"]["excludedTypes"].split(";")
    assert {"Trace", "Exception", "Request"} <= set(kept)
