"""Diagnostics and logs: make the file, deliver it, tell how it goes (OCPP 1.6 §5.9; logs: whitepaper N01)."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from edge_csms.ocpp.v16.firmware import DiagnosticsStatusNotification
from edge_csms.ocpp.v16.security import LogStatusNotification
from edge_csms.simulator import transfer
from edge_csms.simulator.errors import SimulatorError
from edge_csms.simulator.transfer import TransferFailed

if TYPE_CHECKING:
    from edge_csms.simulator.charge_point import ChargePoint

logger = logging.getLogger(__name__)


class Uploads:
    """The two kinds of upload, each with its own status."""

    def __init__(self, charge_point: "ChargePoint") -> None:
        self.diagnostics_status = "Idle"
        self.log_status = "Idle"
        self._request_id: int | None = None
        self._charge_point = charge_point
        self._log: asyncio.Task[Any] | None = None

    def begin_diagnostics(self, location: str, retries: int, retry_interval: int) -> str:
        """Upload diagnostics once the CALL is answered. Return the name of the file."""
        name = self._file_name("diagnostics")
        self._charge_point.afterwards(
            self._upload(location, name, retries, retry_interval, self.tell_diagnostics, failed="UploadFailed")
        )
        return name

    def begin_log(
        self, kind: str, request_id: int, location: str, retries: int, retry_interval: int
    ) -> tuple[str, bool]:
        """Upload a log once the CALL is answered. Return the name of the file, and whether another is given up."""
        name = self._file_name(kind)
        cancels = self._log is not None and not self._log.done()
        if self._log is not None:
            self._log.cancel()
        self._request_id = request_id
        self._charge_point.afterwards(self._upload_log(location, name, retries, retry_interval))
        return name, cancels

    async def tell_diagnostics(self, status: str | None = None) -> None:
        """Tell the status of the diagnostics, or the last one. One that can't be told now is not told later."""
        self.diagnostics_status = status or self.diagnostics_status
        with contextlib.suppress(SimulatorError):
            await self._charge_point.call(DiagnosticsStatusNotification(status=self.diagnostics_status))  # type: ignore[arg-type]
        if self.diagnostics_status != "Uploading":
            self.diagnostics_status = "Idle"

    async def tell_log(self, status: str | None = None) -> None:
        """Tell the status of the log, or the last one."""
        self.log_status = status or self.log_status
        request_id = self._request_id if self.log_status != "Idle" else None
        with contextlib.suppress(SimulatorError):
            await self._charge_point.call(LogStatusNotification(status=self.log_status, request_id=request_id))  # type: ignore[arg-type]
        if self.log_status != "Uploading":
            self.log_status = "Idle"

    async def _upload_log(self, location: str, name: str, retries: int, retry_interval: int) -> None:
        self._log = asyncio.current_task()
        await self._upload(location, name, retries, retry_interval, self.tell_log, failed="UploadFailure")

    async def _upload(
        self,
        location: str,
        name: str,
        retries: int,
        retry_interval: int,
        tell: Callable[[str], Awaitable[None]],
        *,
        failed: str,
    ) -> None:
        charge_point = self._charge_point
        content = charge_point.behaviour.log_content or _log(charge_point)
        for attempt in range(retries + 1):
            if attempt:
                await charge_point.clock.sleep(retry_interval)
            await tell("Uploading")
            try:
                await transfer.upload(
                    location, name, content, method=charge_point.behaviour.upload_method, tls=charge_point.tls
                )
            except TransferFailed as error:
                logger.info("%s: upload: %s", charge_point.charge_point_id, error)
            else:
                await tell("Uploaded")
                return
        await tell(failed)

    def _file_name(self, kind: str) -> str:
        moment = self._charge_point.clock.now().strftime("%Y%m%dT%H%M%SZ")
        return f"{self._charge_point.charge_point_id}-{kind}-{moment}.log"


def _log(charge_point: "ChargePoint") -> bytes:
    """Make a log of what the charge point knows of itself."""
    settings, _ = charge_point.configuration.read(None)
    lines = [
        f"charge point {charge_point.charge_point_id}, firmware {charge_point.nameplate.firmware_version}",
        *(f"setting {setting.key} = {setting.value}" for setting in settings),
        *(f"connector {number}: {each.status}" for number, each in charge_point.connectors.items()),
        *(f"received {call.action}" for call in charge_point.received),
    ]
    return "".join(f"{line}\n" for line in lines).encode()
