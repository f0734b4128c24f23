"""What five spokes leave in the log, as the worker hands it to the host."""

import re
from pathlib import Path

import pytest

from localazure.client.stage import stage
from tests.e2e.town import visit, vnet_id

_LINE = re.compile(r"\S+Z (?P<level>[A-Z]+) +(?:\[(?P<invocation>[^\]]*)\] )?(?P<logger>[\w.]+): (?P<text>.*)")


@pytest.mark.long
async def test_of_five_spokes_the_log_has_the_apps_lines_and_no_requests_of_the_sdks() -> None:
    spokes = [vnet_id(f"logged-{number}") for number in range(5)]
    async with stage("--latency", "none") as ready, visit(ready) as town:
        for number, spoke in enumerate(spokes):
            await town.arm.put_vnet(spoke, "westeurope", [f"10.64.{number}.0/24"], {"hub": "prod-weu"})
        records = [await town.record(spoke, "Connected") for spoke in spokes]
        log = (Path(ready.ca).parent / "host.log").read_text("utf-8")
    lines = [found for line in log.splitlines() if (found := _LINE.fullmatch(line))]
    sdks = [line[0] for line in lines if re.match(r"(azure|msal)(\.|$)", line["logger"])]
    assert [line for line in sdks if not re.search(r"Z (WARNING|ERROR|CRITICAL) ", line)] == []
    ours = [line["text"] for line in lines if line["logger"].startswith(("peering.", "autopeer"))]
    for record in records:
        told = [text for text in ours if text.endswith(f"correlation={record['correlationId']}")]
        assert any(record["spoke"] in text for text in told), record
