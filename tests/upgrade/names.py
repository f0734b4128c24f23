"""Every name of the app and of its fakes that the dump uses, in one place: when rooms move, only this file follows."""

from peering.adapters.entities import from_entity, to_entity
from peering.adapters.records import UNREADABLE, TableRecords
from peering.core.catalogue.policy import UNKNOWN, Catalogue
from peering.core.catalogue.reader import read_catalogue
from peering.core.intake.alarms import Alarm
from peering.core.intake.events import Ignored
from peering.core.intake.fields import InvalidRequest
from peering.core.intake.messages import decode_message
from peering.core.intake.requests import Door, GatewayRequest, Request
from peering.core.intake.sweep_orders import SweepOrder
from peering.core.network.arm_documents import half_to_arm, vnet_from_arm
from peering.core.network.failures import AzureFailure, StorageFailure
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Half, Vnet
from peering.core.record.record import Record, State
from peering.service.requeue import look_again
from peering.version import VERSION
from peering.web.bodies import read_request
from peering.web.requests import registered
from tests.builders import OTHER_SUBSCRIPTION, gateway_of, half, request, vnet, vnet_id
from tests.fakes.scheduling import ProcessDied
from tests.fakes.storage import FakeMessage, FakeQueue, FakeRecords
from tests.service.town import OURS, Town

__all__ = [
    "OTHER_SUBSCRIPTION",
    "OURS",
    "UNKNOWN",
    "UNREADABLE",
    "VERSION",
    "Alarm",
    "AzureFailure",
    "Catalogue",
    "Door",
    "FakeMessage",
    "FakeQueue",
    "FakeRecords",
    "GatewayRequest",
    "Half",
    "Ignored",
    "InvalidRequest",
    "ProcessDied",
    "Record",
    "Request",
    "State",
    "StorageFailure",
    "SweepOrder",
    "TableRecords",
    "Town",
    "Vnet",
    "VnetId",
    "decode_message",
    "from_entity",
    "gateway_of",
    "half",
    "half_to_arm",
    "look_again",
    "read_catalogue",
    "read_request",
    "registered",
    "request",
    "to_entity",
    "vnet",
    "vnet_from_arm",
    "vnet_id",
]
