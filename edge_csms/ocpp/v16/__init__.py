"""OCPP 1.6: its payloads, one module per feature profile, and the table of its operations."""

from edge_csms.ocpp.operation import OperationSet
from edge_csms.ocpp.v16 import core, remote_trigger

OPERATIONS = OperationSet("ocpp1.6", [*core.OPERATIONS, *remote_trigger.OPERATIONS])
