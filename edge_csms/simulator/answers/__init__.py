"""What a charge point answers truthfully, one module per feature profile."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from edge_csms.ocpp.operation import Response

if TYPE_CHECKING:
    from edge_csms.simulator.charge_point import ChargePoint

Answer: TypeAlias = Callable[["ChargePoint", Any], Awaitable[Response]]
Answers: TypeAlias = Mapping[str, Answer]
"""By Action, the function that answers it."""
