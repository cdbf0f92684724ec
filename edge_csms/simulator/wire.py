"""Reading the answers of the central system strictly, as a picky charge point does."""

from typing import TypeVar

import msgspec

from edge_csms.ocpp import codec
from edge_csms.ocpp.errors import WireError
from edge_csms.ocpp.operation import Request, Response
from edge_csms.ocpp.v16 import OPERATIONS
from edge_csms.simulator.errors import BadAnswer

R = TypeVar("R", bound=Response)


def decode_answer(request: Request[R], payload: msgspec.Raw) -> R:
    """Read the answer to a request of ours. Raises BadAnswer where it is not as the specification says."""
    operation = OPERATIONS.of(request)
    try:
        response = codec.decode(operation.response, payload, strict=True).payload
    except WireError as error:
        raise BadAnswer(f"answer to {operation.action}: {error.code} {error}: {bytes(payload)!r}") from None
    return response  # type: ignore[return-value]  # the table pairs requests with responses
