"""Every name of the app and of its fakes that the dump uses, in one place: when rooms move, only this file follows."""

from peering.adapters.entities import from_entity, to_entity
from peering.adapters.records import UNREADABLE, TableRecords
from peering.core.arm_documents import half_to_arm, vnet_from_arm
from peering.core.catalogue import read_catalogue
from peering.core.events import Ignored
from peering.core.failures import AzureFailure
from peering.core.messages import decode_message
from peering.core.model import Half, Vnet
from peering.core.policy import UNKNOWN, Catalogue
from peering.core.records import Record, State
from peering.core.requests import Door, InvalidRequest, Request
from peering.core.resource_ids import VnetId
from peering.version import VERSION
from peering.web.api import accept
from tests.builders import OTHER_SUBSCRIPTION, gateway_of, half, request, vnet, vnet_id
from tests.fakes.scheduling import ProcessDied
from tests.fakes.storage import FakeQueue, FakeRecords, FakeTicket
from tests.service.town import OURS, Town

__all__ = [
    "OTHER_SUBSCRIPTION",
    "OURS",
    "UNKNOWN",
    "UNREADABLE",
    "VERSION",
    "AzureFailure",
    "Catalogue",
    "Door",
    "FakeQueue",
    "FakeRecords",
    "FakeTicket",
    "Half",
    "Ignored",
    "InvalidRequest",
    "ProcessDied",
    "Record",
    "Request",
    "State",
    "TableRecords",
    "Town",
    "Vnet",
    "VnetId",
    "accept",
    "decode_message",
    "from_entity",
    "gateway_of",
    "half",
    "half_to_arm",
    "read_catalogue",
    "request",
    "to_entity",
    "vnet",
    "vnet_from_arm",
    "vnet_id",
]
