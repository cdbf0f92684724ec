"""Commands about files: firmware for a charge point, diagnostics and logs from it. Each is a job that is remembered."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from msgspec import Raw

from edge_csms.central.dialect import Dialect, FileAnswer, FirmwareWish, UploadWish
from edge_csms.central.live import ReachedAt
from edge_csms.central.settings import FileSettings
from edge_csms.central.system import CentralSystem
from edge_csms.domain import events
from edge_csms.domain.errors import Invalid, NoAnswer, Offline, Refusal, StorageUnavailable
from edge_csms.domain.file_jobs import FileJob, FileJobKind, FirmwareImage
from edge_csms.ocpp import codec
from edge_csms.ocpp.operation import Request
from edge_csms.services import file_jobs, file_progress, firmware_images, firmware_signatures
from edge_csms.services.file_store import clean_name
from edge_csms.storage.database import Database

log = logging.getLogger(__name__)

TOKEN_BYTES = 24  # short enough for the chargers that cut a long URL
UNREADABLE = "(no URL)"
USUAL_PORTS = {"http": 80, "https": 443, "ftp": 21}
# The time to fetch "now" lies a little in the past: a charger whose clock is behind would wait for it.
CLOCK_SLACK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateOrder:
    """An update as somebody wants it: of an image that the box holds, or from a typed location."""

    asked_by: str
    image_id: int | None = None
    location: str | None = None
    signed: bool | None = None  # None = as the image
    signing_certificate: str | None = None
    signature: str | None = None
    retrieve_at: datetime | None = None
    install_at: datetime | None = None
    retries: int | None = None
    retry_interval_seconds: int | None = None
    protocol: str | None = None  # None = as the charge point came
    force: bool = False
    rollout_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadOrder:
    """A file as somebody wants it: a log of this type, or diagnostics without one."""

    asked_by: str
    log_type: str | None = None
    location: str | None = None
    from_: datetime | None = None
    to: datetime | None = None
    retries: int | None = None
    retry_interval_seconds: int | None = None
    protocol: str | None = None


class FileCommands:
    """Orders files of and for charge points."""

    def __init__(self, central: CentralSystem, database: Database, settings: FileSettings) -> None:
        self._central = central
        self._database = database
        self._settings = settings

    async def update_firmware(self, charge_point_id: str, order: UpdateOrder) -> FileJob:
        """Have a charge point fetch and install firmware; the job that is returned may have failed at once.

        Raises NotFound, Offline, Invalid, CallRefused, NoAnswer, and Conflict while a transaction is open or an update
        is under way, unless it is forced.
        """
        dialect = await self._central.dialect(charge_point_id)
        image, certificate, signature = await self._image(order)
        is_signed = order.signed if order.signed is not None else bool(certificate and signature)
        if is_signed and not (certificate and signature):
            text = "A signed update needs the signing certificate and the signature."
            raise Invalid(text, {"signed": [text]})
        kind = FileJobKind.SIGNED_FIRMWARE if is_signed else FileJobKind.FIRMWARE
        wanted = {
            "image": image,
            "retrieve_at": order.retrieve_at,
            "install_at": order.install_at if is_signed else None,
        }
        job, location = await self._make_job(charge_point_id, kind, order, **wanted, force=order.force)
        wish = FirmwareWish(
            location=location,
            retrieve_at=order.retrieve_at or self._central.now() - CLOCK_SLACK,
            install_at=order.install_at,
            retries=order.retries,
            retry_interval_seconds=order.retry_interval_seconds,
            request_id=job.request_id,
            signing_certificate=certificate,
            signature=signature,
        )
        return await self._send(job, dialect, dialect.update_firmware(wish))

    async def request_upload(self, charge_point_id: str, order: UploadOrder) -> FileJob:
        """Have a charge point deliver a file; raises NotFound, Offline, Invalid, CallRefused, NoAnswer."""
        dialect = await self._central.dialect(charge_point_id)
        kind = FileJobKind.DIAGNOSTICS if order.log_type is None else FileJobKind.LOG
        job, location = await self._make_job(charge_point_id, kind, order, log_type=order.log_type)
        wish = UploadWish(
            location=location,
            log_type=order.log_type,
            request_id=job.request_id,
            retries=order.retries,
            retry_interval_seconds=order.retry_interval_seconds,
            from_=order.from_,
            to=order.to,
        )
        return await self._send(job, dialect, dialect.request_upload(wish))

    async def send(self, charge_point_id: str, action: str, payload: bytes, asked_by: str) -> bytes:
        """Send any CALL as it is written, and follow the file that it may order; raises what `CentralSystem.send` does.

        It has been sent by then, so nothing is refused here: an update takes the place of one that is under way.
        """
        try:
            answer = await self._central.send(charge_point_id, action, payload)
        except NoAnswer as silence:  # it may do it all the same
            if (job := await self._follow(charge_point_id, action, payload, asked_by)) is not None:
                await self._fail(job, silence.detail)
            raise
        operation = self._central.reader.operations.get(action)
        read = None if operation is None else codec.decode_answer(operation.response, Raw(answer)).payload
        told = self._central.reader.file_answer(read)
        if told.refusal is None and (job := await self._follow(charge_point_id, action, payload, asked_by)) is not None:
            await self._note_answer(job, told)
        return answer

    async def _follow(self, charge_point_id: str, action: str, payload: bytes, asked_by: str) -> FileJob | None:
        """Make a job of a CALL that was sent as it was written, None where it orders no file."""
        ordered = self._central.reader.ordered_file(action, payload)
        if ordered is None:
            return None
        wanted = file_jobs.Order(
            kind=ordered.kind,
            asked_by=asked_by,
            token_hash=None,
            location=without_secrets(ordered.location),
            request_id=ordered.request_id,
            log_type=ordered.log_type,
            retrieve_at=ordered.retrieve_at,
            install_at=ordered.install_at,
            force=True,
        )
        try:
            return await self._order(charge_point_id, wanted)
        except StorageUnavailable as error:
            log.error("%s: the file that %s orders is not followed: %s", charge_point_id, action, error.detail)
            return None

    async def cancel(self, job_id: int, username: str) -> FileJob:
        """End a job; its path is closed."""
        return self._told(await self._database.run(file_jobs.cancel, job_id, username, self._central.now()))

    async def _image(self, order: UpdateOrder) -> tuple[FirmwareImage | None, str | None, str | None]:
        """Find what shall be installed, and what proves it: what was typed goes before what lies with the image."""
        if (order.image_id is None) is (order.location is None):
            raise Invalid("either image_id or location must be given", {"image_id": ["Give this or location."]})
        if order.image_id is None:  # a file that the box never sees: its signature can only be verified by the charger
            firmware_signatures.check(order.signing_certificate, order.signature)
            return None, order.signing_certificate, order.signature
        image = await self._database.read(firmware_images.get, order.image_id)
        certificate = order.signing_certificate or image.signing_certificate
        signature = order.signature or image.signature
        firmware_signatures.check(certificate, signature, image.sha256)
        return image, certificate, signature

    async def _make_job(
        self, charge_point_id: str, kind: FileJobKind, order: UpdateOrder | UploadOrder, **more: Any
    ) -> tuple[FileJob, str]:
        token = None if order.location is not None else secrets.token_urlsafe(TOKEN_BYTES)
        locate = self._locator(charge_point_id, order.protocol) if token is not None else None
        wanted = file_jobs.Order(
            kind=kind,
            asked_by=order.asked_by,
            token_hash=None if token is None else file_jobs.hash_token(token),
            location=None if order.location is None else without_secrets(order.location),
            rollout_id=order.rollout_id if isinstance(order, UpdateOrder) else None,
            **more,
        )
        job = await self._order(charge_point_id, wanted)
        return job, order.location or (locate(job, token) if locate is not None and token is not None else "")

    async def _order(self, charge_point_id: str, wanted: file_jobs.Order) -> FileJob:
        job, replaced = await self._database.run(file_jobs.order, charge_point_id, wanted, self._central.now())
        for changed in (*replaced, job):
            self._told(changed)
        return job

    async def _send(self, job: FileJob, dialect: Dialect, request: Request[Any]) -> FileJob:
        """Tell the charge point, and keep what it answers. A job that it does not take has failed."""
        try:
            answer = dialect.file_answer(await self._central.call(job.charge_point_id, request))
        except Refusal as refusal:
            await self._fail(job, refusal.detail)
            raise
        if answer.refusal is not None:
            return await self._fail(job, answer.refusal)
        return await self._note_answer(job, answer)

    async def _note_answer(self, job: FileJob, answer: FileAnswer) -> FileJob:
        name = None if answer.file_name is None else clean_name(answer.file_name)
        changed = await self._database.run(
            file_progress.note_answer, job.job_id, name, answer.gave_up_others, self._central.now()
        )
        for one in changed:
            self._told(one)
        return changed[0] if changed else job

    async def _fail(self, job: FileJob, reason: str) -> FileJob:
        failed = await self._database.run(file_progress.fail, job.job_id, reason, self._central.now())
        return job if failed is None else self._told(failed)

    def _told(self, job: FileJob) -> FileJob:
        self._central.bus.publish(events.FileJobChanged(job.charge_point_id, job.job_id, job.state.value))
        return job

    def _locator(self, charge_point_id: str, protocol: str | None) -> Callable[[FileJob, str], str]:
        """Give what makes the URL of a job's one-time path, at the address where the charge point itself found us."""
        live = self._central.live(charge_point_id)
        reached_at = None if live is None else live.reached_at
        if reached_at is None:
            raise Offline(f"{charge_point_id} is not connected")
        if protocol is not None and protocol not in self._settings.ports:
            text = f"This server does not serve files by {protocol}."
            raise Invalid(text, {"protocol": [text]})
        if protocol is not None:
            reached_at = ReachedAt(protocol, reached_at.host, self._settings.ports[protocol])
        return lambda job, token: file_url(reached_at, job, token)


def file_url(reached_at: ReachedAt, job: FileJob, token: str) -> str:
    """Make the URL at which a charge point fetches its file, or of the folder into which it delivers one."""
    usual = USUAL_PORTS.get(reached_at.scheme) == reached_at.port
    address = reached_at.host if usual else f"{reached_at.host}:{reached_at.port}"
    name = quote(job.file_name or "") if job.kind.is_update else ""
    if reached_at.scheme == "ftp":
        return f"ftp://job{job.job_id}:{token}@{address}/{name}"
    return f"{reached_at.scheme}://{address}/files/{token}/{name}"


def without_secrets(location: str) -> str:
    """Give a typed location without the user and password in it, for keeping and showing."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return UNREADABLE
    if not parts.netloc:  # no URL, but what a CALL may hold that somebody wrote by hand
        return location.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))
