"""Firmware images over REST: uploaded, checked, described, deleted."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from edge_csms.domain.errors import Invalid, Refusal
from edge_csms.domain.file_jobs import FirmwareImage
from edge_csms.domain.roles import Role
from edge_csms.services import firmware_images, firmware_signatures
from edge_csms.services.file_store import StoredFile, clean_name
from edge_csms.web.paging import Page, PageQuery, cursor_number, page
from edge_csms.web.reading import REQUIRED, read_fields
from edge_csms.web.receiving import ReceivingHandler, Reception
from edge_csms.web.request import Request
from edge_csms.web.route import Route

Name = Annotated[str, Meta(min_length=1, max_length=100, description="Of the file, as the charger will see it.")]
Version = Annotated[str, Meta(max_length=50, description="The firmware version in it.")]
Sha256 = Annotated[str, Meta(pattern="^[0-9A-Fa-f]{64}$", description="If given, the file must have it.")]
Certificate = Annotated[str, Meta(description="PEM of the manufacturer's signing certificate.")]
Signature = Annotated[
    str, Meta(description="Base64 of the signature over the file's SHA-256 (RSA or ECDSA); the box verifies it.")
]
Note = Annotated[str, Meta(max_length=500)]


class ImageForm(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What may be said about an image with its upload: in the query, or as fields of the form before the file."""

    name: Name | None = None
    version: Version | None = None
    sha256: Sha256 | None = None
    signing_certificate: Certificate | None = None
    signature: Signature | None = None
    note: Note | None = None


class ImageChanges(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What shall be different; what is left out stays."""

    name: Name | UnsetType = UNSET
    version: Version | UnsetType | None = UNSET
    signing_certificate: Certificate | UnsetType | None = UNSET
    signature: Signature | UnsetType | None = UNSET
    note: Note | UnsetType = UNSET


class ImageItem(msgspec.Struct, kw_only=True):
    """A firmware image; `signed` says whether a signed update can be made of it."""

    image_id: int
    name: str
    version: str | None
    size_bytes: int
    sha256: str
    signed: bool
    signing_certificate: str | None
    signature: str | None
    note: str
    uploaded_by: str
    uploaded_at: datetime


def _item(image: FirmwareImage) -> ImageItem:
    names = [name for name in ImageItem.__struct_fields__ if name != "signed"]
    return ImageItem(signed=image.is_signed, **{name: getattr(image, name) for name in names})


async def list_firmware_images(request: Request, query: PageQuery) -> Page[ImageItem]:
    """List the images, the newest first."""
    found = await request.database.read(firmware_images.list_, query.limit + 1, cursor_number(query.cursor))
    return page([_item(image) for image in found], query.limit, lambda item: item.image_id)


async def add_firmware_image(request: Request, query: ImageForm, body: Reception) -> ImageItem:
    """Take an image in: as the body itself, or as the file of a form."""
    incoming, file_name = body.check()
    fields = read_fields(ImageForm, body.fields, strict=False)
    given = {name: getattr(fields, name) or getattr(query, name) for name in ImageForm.__struct_fields__}
    name = given.pop("name") or clean_name(file_name or "", "")
    if not name:
        raise Invalid(f"name: {REQUIRED}", {"name": [REQUIRED]})
    firmware_signatures.check(
        given["signing_certificate"], given["signature"]
    )  # whether it fits is seen once it is here
    wanted_sha256 = given.pop("sha256")
    stored = await incoming.finish()
    request.audit.subject, request.audit.details = name, f"{stored.size_bytes} bytes, SHA-256 {stored.sha256}"
    try:
        _check_sha256(wanted_sha256, stored)
        columns = {key: value for key, value in given.items() if value is not None}
        image = await request.database.run(
            firmware_images.add, clean_name(name), stored, columns, request.actor.username, request.now
        )
    except Refusal:
        await request.parts.transfers.delete([stored.stored_as])
        raise
    return _item(image)


def _check_sha256(wanted: str | None, stored: StoredFile) -> None:
    if wanted is not None and wanted.lower() != stored.sha256:
        text = f"The file that came has the SHA-256 {stored.sha256}: it was changed or damaged on its way."
        raise Invalid(text, {"sha256": [text]})


async def get_firmware_image(request: Request, image_id: int) -> ImageItem:
    """Show an image."""
    return _item(await request.database.read(firmware_images.get, image_id))


async def change_firmware_image(request: Request, image_id: int, body: ImageChanges) -> ImageItem:
    """Describe an image anew, or give it its signature."""
    changes = {name: value for name in body.__struct_fields__ if (value := getattr(body, name)) is not UNSET}
    if "name" in changes:
        changes["name"] = clean_name(changes["name"])
    request.audit.details = ", ".join(changes)
    return _item(await request.database.run(firmware_images.update, image_id, changes))


async def delete_firmware_image(request: Request, image_id: int) -> None:
    """Delete an image that no update needs."""
    deleted = await request.database.run(firmware_images.delete, image_id)
    request.audit.details = deleted.name
    await request.parts.transfers.delete([deleted.stored_as])


IMAGES = "/api/v1/firmware-images"
IMAGE = IMAGES + "/{image_id:int}"

ROUTES = [
    Route(
        method="GET",
        path=IMAGES,
        function=list_firmware_images,
        role=Role.VIEWER,
        query=PageQuery,
        returns=Page[ImageItem],
        summary="List firmware images",
    ),
    Route(
        method="POST",
        path=IMAGES,
        function=add_firmware_image,
        role=Role.TECHNICIAN,
        query=ImageForm,
        body=ImageForm,
        receiver=ReceivingHandler,
        returns=ImageItem,
        status=201,
        errors=(507,),
        audit="firmware_image.add",
        summary="Upload a firmware image",
    ),
    Route(
        method="GET",
        path=IMAGE,
        function=get_firmware_image,
        role=Role.VIEWER,
        returns=ImageItem,
        summary="Show a firmware image",
    ),
    Route(
        method="PATCH",
        path=IMAGE,
        function=change_firmware_image,
        role=Role.TECHNICIAN,
        body=ImageChanges,
        returns=ImageItem,
        audit="firmware_image.edit",
        summary="Describe or sign a firmware image",
    ),
    Route(
        method="DELETE",
        path=IMAGE,
        function=delete_firmware_image,
        role=Role.TECHNICIAN,
        status=204,
        errors=(409,),
        audit="firmware_image.delete",
        summary="Delete a firmware image",
    ),
]
