"""Rows that no other test has: the tables are shared by all of them."""

import uuid
from typing import Any

from peering.core.network.resource_ids import VnetId
from peering.core.record.record import Record
from tests.builders import altered, record, vnet_id


def spoke(name: str = "spoke") -> VnetId:
    return vnet_id(name, f"rg-{uuid.uuid4().hex[:12]}")


def row(hub: str, **rest: Any) -> Record:  # noqa: ANN401 - the fields of Record
    return altered(record(hub=hub, spoke=spoke(), etag=None), **rest)
