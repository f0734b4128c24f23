"""Plain stand-ins for the FunctionRpc protobufs that the worker library is handed.

`azure-functions-runtime` never imports protobuf itself: it takes a namespace of message classes from its caller. It
needs keyword construction, attribute access, `WhichOneof` on two of them and a few enumerations, all of it here.
Names and numbers are those of FunctionRpc.proto (Azure/azure-functions-language-worker-protobuf).
"""

import builtins
from types import SimpleNamespace
from typing import Any


class Message(SimpleNamespace):
    """A message with whatever fields it was made of."""


class TypedData:
    """A value that crosses between host and worker: exactly one of string, json, bytes, http, int, double."""

    string: str
    json: str
    bytes: bytes
    http: "RpcHttp"
    int: int
    double: float

    def __init__(self, **kind_and_value: object) -> None:
        self.kind: str | None = next(iter(kind_and_value), None)
        self.__dict__.update(kind_and_value)

    def WhichOneof(self, _group: str) -> str | None:  # noqa: N802 - protobuf's own name, called by the library
        return self.kind

    def as_bytes(self) -> "builtins.bytes":
        """The value as text or bytes go over a wire; empty when there is none."""
        value = getattr(self, self.kind) if self.kind else b""
        return value if isinstance(value, builtins.bytes) else str(value).encode()


class ParameterBinding:
    """One named input or output of an invocation."""

    def __init__(self, name: str, data: TypedData | None) -> None:
        self.name = name
        self.data = data

    def WhichOneof(self, _group: str) -> str | None:  # noqa: N802 - protobuf's own name, called by the library
        return None if self.data is None else "data"


class RpcHttp:
    """An HTTP request on its way in, or a response on its way out. `status_code` is a string, as on the wire."""

    def __init__(self, **fields: Any) -> None:  # noqa: ANN401 - a message has fields of every kind
        self.method: str = fields.get("method", "")
        self.url: str = fields.get("url", "")
        self.headers: dict[str, str] = fields.get("headers", {})
        self.params: dict[str, str] = fields.get("params", {})
        self.query: dict[str, str] = fields.get("query", {})
        self.body: TypedData = fields.get("body") or TypedData()
        self.status_code: str = fields.get("status_code", "")
        self.cookies: list[Message] = fields.get("cookies") or []


class BindingInfo(Message):
    """A binding as the worker describes it; the numbers are its `Direction` and `DataType`."""

    inout, out, undefined = 2, 1, 0


class StatusResult(Message):
    """How a request to the worker ended."""

    Failure, Success, Cancelled = 0, 1, 2


class SameSite:
    """The enumeration inside RpcHttpCookie; its `None` is set below because it is a keyword here."""

    Lax, Strict, ExplicitNone = 1, 2, 3


setattr(SameSite, "None", 0)


class RpcHttpCookie(Message):
    """A cookie of a response."""

    SameSite = SameSite


class RpcRetryOptions(Message):
    """The retry decorator of a function."""

    exponential_backoff, fixed_delay = 0, 1


# Bags that the library fills and nobody looks into by class.
_BAGS = (
    "WorkerInitResponse",
    "FunctionMetadataResponse",
    "FunctionLoadResponse",
    "InvocationResponse",
    "RpcFunctionMetadata",
    "RpcException",
    "WorkerMetadata",
    "NullableString",
    "NullableBool",
    "NullableDouble",
    "NullableTimestamp",
    "Timestamp",
)

NAMESPACE = SimpleNamespace(
    TypedData=TypedData,
    ParameterBinding=ParameterBinding,
    RpcHttp=RpcHttp,
    BindingInfo=BindingInfo,
    StatusResult=StatusResult,
    RpcHttpCookie=RpcHttpCookie,
    RpcRetryOptions=RpcRetryOptions,
    **{name: type(name, (Message,), {}) for name in _BAGS},
)
