"""Details of firmware updates; their course is tested over the wire."""

import pytest

from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.simulator.updates import Update, next_version
from tests.simulator.central import Central
from tests.simulator.files import FileServer


@pytest.mark.parametrize(
    ("location", "version"),
    [
        ("http://box/files/wallbox-2.10.3.bin", "2.10.3"),
        ("http://192.168.0.1/files/token", "1.4.3"),
        ("ftp://box/v3.1", "3.1"),
    ],
)
def test_the_new_version_is_named_by_the_file_or_is_the_next_one(location: str, version: str) -> None:
    assert next_version(location, "1.4.2") == version


async def test_a_signed_update_that_comes_later_is_scheduled(
    charge_point: ChargePoint, central: Central, files: FileServer
) -> None:
    update = Update(location=files.url, retrieve_date="2999-01-01T00:00:00Z", request_id=9)
    assert not charge_point.updates.begin(update)
    await central.call("ClearCache")  # it begins behind the next answer
    await central.until(lambda: central.of("SignedFirmwareStatusNotification"))
    assert central.of("SignedFirmwareStatusNotification") == [{"status": "DownloadScheduled", "requestId": 9}]


async def test_a_status_that_can_not_be_told_is_lost(charge_point: ChargePoint, central: Central) -> None:
    charge_point.drop_network()
    await charge_point.updates.tell("Downloading")
    await charge_point.restore_network()
    await charge_point.updates.tell()
    assert central.of("FirmwareStatusNotification") == [{"status": "Downloading"}]
