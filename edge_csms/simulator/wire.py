"""The operations that this charge point knows, and reading what the central system says: strictly, as a picky one."""

from typing import TypeVar

import msgspec

from edge_csms.ocpp import codec
from edge_csms.ocpp.errors import WireError
from edge_csms.ocpp.operation import OperationSet, Request, Response
from edge_csms.ocpp.v16 import core, remote_trigger
from edge_csms.simulator.errors import BadAnswer

R = TypeVar("R", bound=Response)

OPERATIONS = OperationSet("ocpp1.6", (*core.OPERATIONS, *remote_trigger.OPERATIONS))


def decode_answer(request: Request[R], payload: msgspec.Raw) -> R:
    """Read the answer to a request of ours. Raises BadAnswer where it is not as the specification says."""
    operation = OPERATIONS.of(request)
    try:
        response = codec.decode(operation.response, payload, strict=True).payload
    except WireError as error:
        raise BadAnswer(f"answer to {operation.action}: {error.code} {error}: {bytes(payload)!r}") from None
    return response  # type: ignore[return-value]  # the table pairs requests with responses
