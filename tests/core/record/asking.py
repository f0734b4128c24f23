"""A row that has just been asked for, and what may be found of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from peering.core.decision.findings import Code, Finding
from peering.core.intake.requests import NamedBy
from peering.core.network.failures import AzureFailure
from peering.core.record.record import Record
from peering.core.record.transitions import intend
from tests.builders import NOON, request, spoke

LATER = NOON + timedelta(minutes=5)
DENIED = AzureFailure(403, "AuthorizationFailed", "The client does not have authorization.")
FINDING = Finding(Code.OVERLAPS_HUB, "10.0.0.0/24 overlaps it.")


def fresh(old: Record | None, **how: Any) -> Record:  # noqa: ANN401 - the fields of Request
    asked = replace(request(when=LATER, correlation="c-2", who="other"), **how)
    return intend(old, asked, spoke("10.9.0.0/24"), "prod-weu", "Prod-WEU", NamedBy.TAG)
