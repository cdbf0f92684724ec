"""What an operation is: a request, its response, who may send it; and the set of them that a version has."""

from collections.abc import Iterable, Iterator
from enum import Flag, auto
from typing import Any, Generic, TypeVar, dataclass_transform

import msgspec


class _WireMeta(msgspec.StructMeta):
    """Makes every field keyword-only, because the specification's order mixes optional and required ones."""

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **config: Any) -> Any:
        return super().__new__(mcls, name, bases, namespace, **{"kw_only": True, **config})


@dataclass_transform(kw_only_default=True, field_specifiers=(msgspec.field,))
class WireStruct(
    msgspec.Struct, metaclass=_WireMeta, rename="camel", omit_defaults=True, forbid_unknown_fields=True, gc=False
):
    """An object of a payload. Its fields stand in the order of the specification's table; None means absent."""


class Response(WireStruct):
    """The payload of a CALLRESULT."""


R = TypeVar("R", bound=Response)


class Request(WireStruct, Generic[R]):
    """The payload of a CALL that is answered with R. The class is named exactly as its Action."""


class Sender(Flag):
    """Who may send the CALL of an operation."""

    CHARGE_POINT = auto()
    CENTRAL_SYSTEM = auto()
    EITHER = CHARGE_POINT | CENTRAL_SYSTEM


class Operation:
    """One operation of the protocol. Without its essential fields (attribute names) a CALL has no meaning."""

    __slots__ = ("action", "essential", "request", "response", "sender")

    def __init__(
        self,
        request: type[Request[Any]],
        response: type[Response],
        sender: Sender,
        *,
        essential: tuple[str, ...] = (),
    ) -> None:
        self.action = request.__name__
        self.request = request
        self.response = response
        self.sender = sender
        self.essential = essential

    def __repr__(self) -> str:
        return f"Operation({self.action})"


class OperationSet:
    """The operations of one OCPP version."""

    def __init__(self, subprotocol: str, operations: Iterable[Operation]) -> None:
        self.subprotocol = subprotocol
        self._by_action = {operation.action: operation for operation in operations}

    def get(self, action: str) -> Operation | None:
        """Return the operation of this Action (case-sensitive), or None."""
        return self._by_action.get(action)

    def of(self, request: Request[Any] | type[Request[Any]]) -> Operation:
        """Return the operation that a request, or its class, belongs to."""
        request_type = request if isinstance(request, type) else type(request)
        return self._by_action[request_type.__name__]

    def sent_by(self, sender: Sender) -> list[Operation]:
        """Return the operations that this side may send."""
        return [operation for operation in self if sender in operation.sender]

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._by_action.values())

    def __len__(self) -> int:
        return len(self._by_action)
