"""Firmware updates: fetch, install, restart, and tell how it goes (OCPP 1.6 §4.5, §5.19; signed: whitepaper L01)."""

import asyncio
import re
from typing import TYPE_CHECKING

import msgspec

from edge_csms.ocpp import times
from edge_csms.ocpp.v16.firmware import FirmwareStatusNotification
from edge_csms.ocpp.v16.security import SignedFirmwareStatusNotification
from edge_csms.simulator import power
from edge_csms.simulator.errors import SimulatorError
from edge_csms.simulator.transfer import Download, TransferFailed

if TYPE_CHECKING:
    from edge_csms.simulator.charge_point import ChargePoint

_VERSION = re.compile(r"\d+(?:\.\d+)+")
_IDLE_CHECK_SECONDS = 10.0


class Update(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for. A signed update has a request id, and its statuses are told by another message."""

    location: str
    retrieve_date: str
    install_date: str | None = None
    retries: int = 0
    retry_interval: int = 0
    request_id: int | None = None
    signature: str = ""
    signing_certificate: str = ""

    @property
    def is_signed(self) -> bool:
        """Whether this came by SignedUpdateFirmware."""
        return self.request_id is not None


class Updates:
    """One update at a time."""

    def __init__(self, charge_point: "ChargePoint") -> None:
        self.status = "Idle"
        self.image: bytes | None = None  # of the last update that was fetched
        self._charge_point = charge_point
        self._current: asyncio.Task[None] | None = None
        self._update: Update | None = None

    def begin(self, update: Update) -> bool:
        """Begin as soon as the CALL is answered; True if that ends another one."""
        cancels = self._current is not None and not self._current.done()
        self._charge_point.afterwards(self._replace(update))
        return cancels

    async def tell(self, status: str | None = None) -> None:
        """Tell a status, or the last one."""
        self.status = status or self.status
        update = self._update
        if update is not None and update.is_signed:
            await self._charge_point.call(
                SignedFirmwareStatusNotification(status=self.status, request_id=update.request_id)  # type: ignore[arg-type]
            )
        else:
            await self._charge_point.call(FirmwareStatusNotification(status=self.status))  # type: ignore[arg-type]
