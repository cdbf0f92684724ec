"""A transaction as its charge point knows it."""

from datetime import datetime

import msgspec

from edge_csms.ocpp.v16.types import IdTagInfo, MeterValue

UNKNOWN_TRANSACTION_ID = -1
"""Stands for the id of a transaction whose StartTransaction was never answered (OCPP 1.6 errata 3.18)."""


class Transaction(msgspec.Struct, eq=False, kw_only=True):
    """One charge. It has no transaction_id until its StartTransaction is answered."""

    connector_id: int
    id_tag: str
    meter_start_wh: int
    started_at: datetime
    reservation_id: int | None = None
    transaction_id: int | None = None
    id_tag_info: IdTagInfo | None = None
    samples: list[MeterValue] = []
    """What goes into the transactionData of its StopTransaction."""

    @property
    def wire_id(self) -> int:
        """The transaction id for a message."""
        return UNKNOWN_TRANSACTION_ID if self.transaction_id is None else self.transaction_id
