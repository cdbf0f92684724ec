"""What happens with firmware images."""

import hashlib

import pytest

from edge_csms.domain.errors import Conflict, Invalid, NotFound
from edge_csms.domain.file_jobs import FirmwareImage
from edge_csms.services import file_jobs, firmware_images, firmware_rollouts
from edge_csms.services.file_store import StoredFile
from edge_csms.storage.database import Database
from tests.file_jobs import IMAGE, signed
from tests.services.test_file_jobs import NOW, STORED, make

IMAGE_STORED = StoredFile("0" * 32, len(IMAGE), hashlib.sha256(IMAGE).hexdigest())


def add(stored: StoredFile = STORED) -> FirmwareImage:
    return firmware_images.add("fw.bin", stored, {"version": "1.1"}, "anna", NOW)


async def test_an_image_is_kept_with_what_was_said_of_it(database: Database) -> None:
    image = await database.run(add)
    assert (image.name, image.version, image.sha256) == ("fw.bin", "1.1", STORED.sha256)
    assert (image.uploaded_by, image.uploaded_at, image.is_signed) == ("anna", NOW, False)
    assert await database.run(firmware_images.list_, 10) == [image]


async def test_an_image_gets_its_signature_later(database: Database) -> None:
    proof = signed()
    await database.run(add, IMAGE_STORED)
    for name, value in proof.items():  # one by one: only both together can be compared
        image = await database.run(firmware_images.update, 1, {name: value})
    assert image.is_signed
    with pytest.raises(NotFound):
        await database.run(firmware_images.update, 9, proof)


async def test_a_signature_that_is_not_of_the_image_is_refused_with_it_or_later(database: Database) -> None:
    with pytest.raises(Invalid, match="not the signature of this image"):
        await database.run(firmware_images.add, "fw.bin", IMAGE_STORED, signed(b"another image"), "anna", NOW)
    assert await database.run(firmware_images.list_, 10) == []
    image = await database.run(firmware_images.add, "fw.bin", IMAGE_STORED, signed(), "anna", NOW)
    with pytest.raises(Invalid, match="not the signature of this image"):
        await database.run(firmware_images.update, 1, {"signature": signed()["signature"]})  # of another key
    assert await database.run(firmware_images.get, 1) == image
    assert not (await database.run(firmware_images.update, 1, {"signature": None})).is_signed


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
