"""Storage's SharedKey authorization, as much of it as writing one queue message needs.

https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

API_VERSION = "2021-12-02"

_EMULATOR = (
    "AccountName=devstoreaccount1;"
    "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
    "QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1"
)
"""What `UseDevelopmentStorage=true` stands for. Account and key are public constants of the emulator."""


@dataclass(frozen=True, slots=True)
class StorageAccount:
    """An account's name, key and queue endpoint."""

    name: str
    key: bytes = field(repr=False)
    queue_endpoint: str

    @classmethod
    def parse(cls, connection_string: str) -> "StorageAccount":
        """Read a connection string.

        Raises:
            ValueError: A part is missing or the key is not base64.
        """
        if connection_string.strip().lower().rstrip(";") == "usedevelopmentstorage=true":
            connection_string = _EMULATOR
        pairs = (part.partition("=") for part in connection_string.split(";") if part.strip())
        parts = {name.strip().lower(): value.strip() for name, _, value in pairs}
        missing = [name for name in ("AccountName", "AccountKey") if not parts.get(name.lower())]
        if missing:
            raise ValueError(f"endpoint.connectionString has no {' and no '.join(missing)}")
        name = parts["accountname"]
        public = f"https://{name}.queue.{parts.get('endpointsuffix', 'core.windows.net')}"
        endpoint = parts.get("queueendpoint", public).rstrip("/")
        return cls(name, base64.b64decode(parts["accountkey"], validate=True), endpoint)

    def authorized(self, method: str, url: str, body: bytes, content_type: str) -> dict[str, str]:
        """The headers that make `method url` with this body an authorized request. `url` has no query."""
        now = format_datetime(datetime.now(UTC), usegmt=True)
        canonical_headers = f"x-ms-date:{now}\nx-ms-version:{API_VERSION}\n"
        resource = f"/{self.name}{urlsplit(url).path}"
        empty = ""  # Content-Encoding, Content-Language, Content-MD5, Date and the conditions are not sent
        lines = [method, empty, empty, str(len(body)), empty, content_type, *[empty] * 6]
        to_sign = "\n".join(lines) + "\n" + canonical_headers + resource
        digest = hmac.new(self.key, to_sign.encode(), hashlib.sha256).digest()
        return {
            "x-ms-date": now,
            "x-ms-version": API_VERSION,
            "Content-Type": content_type,
            "Authorization": f"SharedKey {self.name}:{base64.b64encode(digest).decode()}",
        }
