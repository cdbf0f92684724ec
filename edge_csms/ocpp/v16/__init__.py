"""OCPP 1.6: its payloads, one module per feature profile, and the table of its operations."""

from edge_csms.ocpp.operation import OperationSet
from edge_csms.ocpp.v16 import (
    core,
    firmware,
    local_auth_list,
    remote_trigger,
    reservation,
    security,
    smart_charging,
)

OPERATIONS = OperationSet(
    "ocpp1.6",
    [
        *core.OPERATIONS,
        *firmware.OPERATIONS,
        *local_auth_list.OPERATIONS,
        *remote_trigger.OPERATIONS,
        *reservation.OPERATIONS,
        *security.OPERATIONS,
        *smart_charging.OPERATIONS,
    ],
)
