"""What happens with firmware images."""

import pytest

from edge_csms.domain.errors import Conflict, Invalid, NotFound
from edge_csms.domain.file_jobs import FirmwareImage
from edge_csms.services import file_jobs, firmware_images, firmware_rollouts
from edge_csms.storage.database import Database
from tests.file_jobs import signing_certificate
from tests.services.test_file_jobs import NOW, STORED, make


def add() -> FirmwareImage:
    return firmware_images.add("fw.bin", STORED, {"version": "1.1"}, "anna", NOW)


async def test_an_image_is_kept_with_what_was_said_of_it(database: Database) -> None:
    image = await database.run(add)
    assert (image.name, image.version, image.sha256) == ("fw.bin", "1.1", STORED.sha256)
    assert (image.uploaded_by, image.uploaded_at, image.is_signed) == ("anna", NOW, False)
    assert await database.run(firmware_images.list_, 10) == [image]


async def test_an_image_gets_its_signature_later(database: Database) -> None:
    changes = {"signing_certificate": "PEM", "signature": "c2ln"}
    await database.run(add)
    assert (await database.run(firmware_images.update, 1, changes)).is_signed
    with pytest.raises(NotFound):
        await database.run(firmware_images.update, 9, changes)


async def test_an_image_that_somebody_needs_stays(database: Database) -> None:
    def need() -> None:
        make(image=add())

    await database.run(need)
    with pytest.raises(Conflict):
        await database.run(firmware_images.delete, 1)
    await database.run(file_jobs.cancel, 1, "anna", NOW)
    order = firmware_rollouts.Order(image_id=1, charge_point_ids=["CP1"], asked_by="anna")
    await database.run(firmware_rollouts.order, order, NOW)
    with pytest.raises(Conflict):
        await database.run(firmware_images.delete, 1)
    await database.run(firmware_rollouts.cancel, 1, "anna", NOW)
    assert (await database.run(firmware_images.delete, 1)).stored_as == STORED.stored_as
    with pytest.raises(NotFound):
        await database.run(firmware_images.delete, 1)


def test_a_certificate_and_a_signature_that_a_charger_could_take_pass() -> None:
    firmware_images.check_signature(signing_certificate(), "c2lnbmF0dXJl")
    firmware_images.check_signature(None, None)


@pytest.mark.parametrize(
    ("certificate", "signature", "field"),
    [
        ("no PEM", None, "signing_certificate"),
        (None, "no base64!", "signature"),
        (None, "", "signature"),
        (None, "AAAA" * 201, "signature"),
    ],
)
def test_anything_else_is_refused(certificate: str | None, signature: str | None, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        firmware_images.check_signature(certificate, signature)
    assert list(refused.value.fields) == [field]
