"""Firmware updates: fetch, install, restart, and tell how it goes (OCPP 1.6 §4.5, §5.19; signed: whitepaper L01)."""

import asyncio
import contextlib
import logging
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from edge_csms.ocpp import times
from edge_csms.ocpp.v16.firmware import FirmwareStatusNotification
from edge_csms.ocpp.v16.security import SignedFirmwareStatusNotification
from edge_csms.simulator import power
from edge_csms.simulator.errors import SimulatorError
from edge_csms.simulator.transfer import Download, TransferFailed

if TYPE_CHECKING:
    from edge_csms.simulator.charge_point import ChargePoint

logger = logging.getLogger(__name__)

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
        self._update: Update | None = None
        self._running: asyncio.Task[Any] | None = None

    def begin(self, update: Update) -> bool:
        """Begin as soon as the CALL is answered; True if another update is given up for it."""
        cancels = self._running is not None and not self._running.done()
        if self._running is not None:
            self._running.cancel()
        self._charge_point.afterwards(self._run(update))
        return cancels

    async def tell(self, status: str | None = None) -> None:
        """Tell a status, or the last one. One that can't be told now is not told later."""
        self.status = status or self.status
        request_id = self._update.request_id if self._update else None
        with contextlib.suppress(SimulatorError):
            if request_id is None:
                await self._charge_point.call(FirmwareStatusNotification(status=self.status))  # type: ignore[arg-type]
            else:
                await self._charge_point.call(
                    SignedFirmwareStatusNotification(status=self.status, request_id=request_id)  # type: ignore[arg-type]
                )

    async def _run(self, update: Update) -> None:
        self._update, self._running = update, asyncio.current_task()
        await self._wait_until(update.retrieve_date, "DownloadScheduled")
        if not await self._download(update) or not await self._is_good(update):
            return
        await self._wait_until(update.install_date, "InstallScheduled")
        while any(connector.transaction for connector in self._charge_point.connectors.values()):
            await self._charge_point.clock.sleep(_IDLE_CHECK_SECONDS)
        await self._install(update)
        self.status = "Idle"

    async def _wait_until(self, moment_text: str | None, status: str) -> None:
        moment = times.parse(moment_text)
        seconds = (moment - self._charge_point.clock.now()).total_seconds() if moment else 0.0
        if seconds <= 0:
            return
        if self._update is not None and self._update.is_signed:
            await self.tell(status)
        await asyncio.sleep(seconds)

    async def _download(self, update: Update) -> bool:
        behaviour = self._charge_point.behaviour
        download = Download(update.location, self._charge_point.tls, behaviour.download_breaks_after_bytes)
        while True:
            await self.tell("Downloading")
            try:
                self.image = await download.run()
            except TransferFailed as error:
                logger.info("%s: firmware: %s", self._charge_point.charge_point_id, error)
                if download.attempts > update.retries:
                    await self.tell("DownloadFailed")
                    return False
                await self._charge_point.clock.sleep(update.retry_interval)
            else:
                await self.tell("Downloaded")
                return True

    async def _is_good(self, update: Update) -> bool:
        good = self._charge_point.behaviour.accepts_image(self.image or b"")
        if update.is_signed:
            await self.tell("SignatureVerified" if good else "InvalidSignature")
            if not good:
                await self._charge_point.security_event("InvalidFirmwareSignature")
        elif not good:
            await self.tell("Installing")
            await self.tell("InstallationFailed")
        return good

    async def _install(self, update: Update) -> None:
        await self.tell("Installing")
        if update.is_signed:
            await self.tell("InstallRebooting")
        nameplate = self._charge_point.nameplate
        nameplate.firmware_version = next_version(update.location, nameplate.firmware_version)
        await power.reboot(self._charge_point)
        await self.tell("Installed")


def next_version(location: str, version: str) -> str:
    """Return the version that a file's name tells, else the one after the present one."""
    if named := _VERSION.findall(urlsplit(location).path):
        return str(named[-1])
    head, _, last = version.rpartition(".")
    return f"{head}.{int(last) + 1}" if last.isdigit() else f"{version}.1"
