"""The app settings, read once. Every one of them is explained here, and every fault in them reported together.

A fault tells no part of the value: it goes to the log and to callers, and may be a key in the wrong place.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self

from peering.core.catalogue.fault import Fault

_INSTALLATION = re.compile(r"[a-z0-9]{0,12}")
QUEUE = "peering-requests"
POISON_QUEUE = f"{QUEUE}-poison"
LEASE_CONTAINER = "peering-leases"
STORAGE = "AzureWebJobsStorage"
EVERY_HALF_HOUR = "0 */30 * * * *"
_FIELDS = 6  # of an NCRONTAB expression


@dataclass(slots=True, eq=False)  # not frozen: contextlib sets the traceback of what passes through it
class SettingsError(ValueError):
    """The app settings cannot be used."""

    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        return "the app settings have faults:\n" + "\n".join(f"  {fault.key}: {fault.reason}" for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Storage:
    """Where blobs, queues and tables are: a connection string, or three addresses and the app's identity."""

    connection_string: str | None
    blob: str
    queue: str
    table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What differs between one installation and another."""

    storage: Storage
    catalogue: Path
    """`AUTOPEER_CATALOGUE`: the file with the hubs; `hubs.toml` beside host.json if not set."""
    arm_endpoint: str
    """`AUTOPEER_ARM_ENDPOINT`: base URL of Resource Manager; the public cloud's if not set."""
    arm_audience: str
    """`AUTOPEER_ARM_AUDIENCE`: what tokens are asked for; the endpoint if not set."""
    ca_file: str | None
    """`AUTOPEER_CA_FILE`: PEM file of a CA to trust instead of the public ones; only for the local Azure."""
    principal_id: str | None
    """`AUTOPEER_PRINCIPAL_ID`: object id of the app's own identity; events it caused are dropped as echoes."""
    topic_endpoint: str | None
    """`AUTOPEER_TOPIC_ENDPOINT`: Event Grid topic for outcomes; without it none are published."""
    application_insights: str | None
    """`APPLICATIONINSIGHTS_CONNECTION_STRING`: where traces and metrics go; without it none are made."""
    trusts_principal_header: bool
    """`WEBSITE_AUTH_ENABLED`, set by App Service: only then are the claims in a caller's headers its own word."""
    keys_may_operate: bool
    """`AUTOPEER_KEYS_MAY_OPERATE`: whether a function key alone may approve, release, pause, restore and operate."""
    lease: timedelta
    """`AUTOPEER_LEASE_SECONDS`: how long a hub stays locked after its writer died, 15 to 60 (as Blob leases allow)."""
    batch: int
    """`AUTOPEER_BATCH`: the most spokes of a hub that are read and judged together, 1 to 200."""

    sweep_schedule: str
    """`AUTOPEER_SWEEP_SCHEDULE`: when the sweep begins, as an NCRONTAB expression in UTC; the host reads it too."""
    history: timedelta
    """`AUTOPEER_HISTORY_DAYS`: how long the history is kept, 30 to 36500 days."""

    installation: str
    """`AUTOPEER_INSTALLATION`: what tells this installation from others on the same hub; empty for the only one."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], root: Path) -> Self:
        """Read the settings; raise SettingsError naming every fault. `root` is the folder of host.json."""
        faults: list[Fault] = []
        endpoint, audience, ca_file = _resource_manager(environment, faults)
        settings = cls(
            storage=_storage(environment, faults),
            catalogue=root / (environment.get("AUTOPEER_CATALOGUE") or "hubs.toml"),
            arm_endpoint=endpoint,
            arm_audience=audience,
            ca_file=ca_file,
            principal_id=environment.get("AUTOPEER_PRINCIPAL_ID") or None,
            topic_endpoint=_url(environment, "AUTOPEER_TOPIC_ENDPOINT", faults),
            application_insights=environment.get("APPLICATIONINSIGHTS_CONNECTION_STRING") or None,
            trusts_principal_header=environment.get("WEBSITE_AUTH_ENABLED", "").lower() == "true",
            keys_may_operate=_flag(environment, "AUTOPEER_KEYS_MAY_OPERATE", faults),
            lease=timedelta(seconds=_number(environment, "AUTOPEER_LEASE_SECONDS", faults, (15, 60), default=60)),
            batch=_number(environment, "AUTOPEER_BATCH", faults, (1, 200), default=50),
            sweep_schedule=_schedule(environment, faults),
            history=timedelta(days=_number(environment, "AUTOPEER_HISTORY_DAYS", faults, (30, 36_500), default=400)),
            installation=_installation(environment, faults),
        )
        if faults:
            raise SettingsError(tuple(faults))
        return settings


@dataclass(frozen=True, slots=True)
class Reach:
    """What somebody needs who only reads networks: where Resource Manager is, and whose halves bear our mark."""

    arm_endpoint: str
    arm_audience: str
    ca_file: str | None
    installation: str


def reach_alone(environment: Mapping[str, str]) -> Reach:
    """The settings about Azure without those about our storage; raises SettingsError naming every fault of them."""
    faults: list[Fault] = []
    reach = Reach(*_resource_manager(environment, faults), _installation(environment, faults))
    if faults:
        raise SettingsError(tuple(faults))
    return reach


def storage_alone(environment: Mapping[str, str]) -> Storage:
    """Where our storage is, whatever else is wrong with the settings; raises SettingsError when it cannot be told."""
    faults: list[Fault] = []
    storage = _storage(environment, faults)
    if faults:
        raise SettingsError(tuple(faults))
    return storage


def _resource_manager(environment: Mapping[str, str], faults: list[Fault]) -> tuple[str, str, str | None]:
    """Endpoint, audience of tokens, and the CA to trust instead of the public ones."""
    endpoint = _url(environment, "AUTOPEER_ARM_ENDPOINT", faults) or "https://management.azure.com"
    audience = (environment.get("AUTOPEER_ARM_AUDIENCE") or endpoint).rstrip("/")
    return endpoint, audience, environment.get("AUTOPEER_CA_FILE") or None


def _storage(environment: Mapping[str, str], faults: list[Fault]) -> Storage:
    if connection_string := environment.get(STORAGE):
        return Storage(connection_string, "", "", "")
    account = environment.get(f"{STORAGE}__accountName")
    addresses = {
        service: environment.get(f"{STORAGE}__{service}ServiceUri")
        or (f"https://{account}.{service}.core.windows.net" if account else "")
        for service in ("blob", "queue", "table")
    }
    if not all(addresses.values()):
        faults.append(
            Fault(
                STORAGE,
                "is missing: set it to a connection string, or set AzureWebJobsStorage__accountName (with the "
                "app's identity), or its __blobServiceUri, __queueServiceUri and __tableServiceUri.",
            )
        )
    return Storage(None, **addresses)


def _url(environment: Mapping[str, str], key: str, faults: list[Fault]) -> str | None:
    value = environment.get(key)
    if value and not value.startswith("https://"):
        faults.append(Fault(key, "is no address that begins with https://."))
    return value.rstrip("/") if value else None


def _installation(environment: Mapping[str, str], faults: list[Fault]) -> str:
    value = environment.get("AUTOPEER_INSTALLATION") or ""
    if not _INSTALLATION.fullmatch(value):
        faults.append(Fault("AUTOPEER_INSTALLATION", "should have 1 to 12 small letters and digits, or be left out."))
    return value


def _schedule(environment: Mapping[str, str], faults: list[Fault]) -> str:
    value = environment.get("AUTOPEER_SWEEP_SCHEDULE") or EVERY_HALF_HOUR
    if len(value.split()) != _FIELDS:
        reason = "should have six fields: second, minute, hour, day, month, day of the week."
        faults.append(Fault("AUTOPEER_SWEEP_SCHEDULE", reason))
    return value


def _flag(environment: Mapping[str, str], key: str, faults: list[Fault]) -> bool:
    value = (environment.get(key) or "false").strip().lower()
    if value not in ("true", "false"):
        faults.append(Fault(key, "should be true or false."))
    return value == "true"


def _number(
    environment: Mapping[str, str], key: str, faults: list[Fault], bounds: tuple[int, int], *, default: int
) -> int:
    value = environment.get(key) or str(default)
    if not value.isdecimal() or len(value) > 9 or not bounds[0] <= int(value) <= bounds[1]:
        faults.append(Fault(key, f"is no whole number from {bounds[0]} to {bounds[1]}."))
        return default
    return int(value)
