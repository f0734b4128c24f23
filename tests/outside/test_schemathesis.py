"""schemathesis sends the running app what nobody thought of: no fault of its own, no answer that is not documented."""

import asyncio
from pathlib import Path

import pytest

from localazure.client.ready import Ready
from localazure.conformance.installation import python_packages

PACKAGE = "schemathesis==4.32.5"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
)
"""All but those that take it for granted that what fits the schema is granted: a hub has to exist, too."""
_CONFIG = """
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 409, 413, 422]
"""
"""What is too long may be too large, too."""
_LONGEST = 120  # seconds


@pytest.mark.long
@pytest.mark.asyncio(loop_scope="session")
async def test_nothing_that_can_be_sent_gets_an_answer_that_is_not_documented(ready: Ready, document: Path) -> None:
    schemathesis = python_packages("schemathesis", PACKAGE) / "schemathesis"
    config = document.with_name("schemathesis.toml")
    config.write_text(_CONFIG, "utf-8")
    command = (
        schemathesis,
        "--config-file",
        config,
        "run",
        document,
        "--url",
        ready.app,
        "-H",
        f"x-functions-key: {ready.appKey}",
    )
    bounds = ("--max-examples", "25", "--max-time", "60", "--seed", "13", "--request-timeout", "35", "--no-shrink")
    told = ("--phases", "examples,coverage,fuzzing", "--checks", ",".join(CHECKS), "--warnings", "off", "--no-color")
    process = await asyncio.create_subprocess_exec(
        *map(str, (*command, *bounds, *told)),
        cwd=document.parent,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said = (await asyncio.wait_for(process.communicate(), _LONGEST))[0].decode()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, said
    assert "Fuzzing" in said
