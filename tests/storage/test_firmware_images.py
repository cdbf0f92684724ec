"""Rows of firmware images."""

from datetime import UTC, datetime

from edge_csms.storage import firmware_images
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
COLUMNS = {"name": "fw.bin", "size_bytes": 7, "sha256": "ab", "stored_as": "cd", "uploaded_by": "anna"}


async def test_images_are_listed_the_newest_first(database: Database) -> None:
    for _ in range(3):
        await database.run(firmware_images.add, NOW, COLUMNS)

    def ids(**filters: int) -> list[int]:
        return [image.image_id for image in firmware_images.list_(**{"limit": 10, **filters})]

    assert await database.run(ids) == [3, 2, 1]
    assert await database.run(ids, before=3, limit=1) == [2]
    assert await database.run(firmware_images.list_stored_names) == ["cd"] * 3


async def test_an_image_is_changed_and_forgotten(database: Database) -> None:
    image_id = await database.run(firmware_images.add, NOW, COLUMNS)
    assert await database.run(firmware_images.update, image_id, {"signature": "c2ln"})
    image = await database.run(firmware_images.get, image_id)
    assert image is not None
    assert (image.signature, image.is_signed, image.uploaded_at) == ("c2ln", False, NOW)
    assert await database.run(firmware_images.delete, image_id)
    assert not await database.run(firmware_images.delete, image_id)
    assert await database.run(firmware_images.get, image_id) is None
