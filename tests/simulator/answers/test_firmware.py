"""Firmware updates and diagnostics over the wire."""

from edge_csms.simulator.charge_point import ChargePoint
from tests.simulator.central import Central
from tests.simulator.files import IMAGE, FileServer

NOW = "2020-01-01T00:00:00Z"  # long ago: fetch it now


def statuses(central: Central, action: str = "FirmwareStatusNotification") -> list[str]:
    return [each["status"] for each in central.of(action)]


async def test_an_update_is_fetched_installed_and_booted(
    charge_point: ChargePoint, central: Central, files: FileServer
) -> None:
    await charge_point.boot()
    answer = await central.call("UpdateFirmware", {"location": f"{files.url}/box-2.0.7.bin", "retrieveDate": NOW})
    assert answer == {}
    await central.until(lambda: "Installed" in statuses(central))
    assert statuses(central) == ["Downloading", "Downloaded", "Installing", "Installed"]
    assert charge_point.updates.image == IMAGE
    assert [boot["firmwareVersion"] for boot in central.of("BootNotification")] == ["1.4.2", "2.0.7"]


async def test_a_broken_download_goes_on_where_it_broke_off(
    charge_point: ChargePoint, central: Central, files: FileServer
) -> None:
    charge_point.behaviour.download_breaks_after_bytes = 1000
    await central.call(
        "UpdateFirmware", {"location": f"{files.url}/image", "retrieveDate": NOW, "retries": 1, "retryInterval": 0}
    )
    await central.until(lambda: "Downloaded" in statuses(central))
    assert files.ranges == [None, "bytes=1000-"]
    assert charge_point.updates.image == IMAGE


async def test_a_file_that_is_not_there_fails_after_its_retries(
    charge_point: ChargePoint, central: Central, files: FileServer
) -> None:
    files.image = None
    await central.call(
        "UpdateFirmware", {"location": f"{files.url}/image", "retrieveDate": NOW, "retries": 2, "retryInterval": 0}
    )
    await central.until(lambda: "DownloadFailed" in statuses(central))
    assert statuses(central) == ["Downloading", "Downloading", "Downloading", "DownloadFailed"]
    assert charge_point.nameplate.firmware_version == "1.4.2"


async def test_an_image_that_is_no_good_is_not_installed(
    charge_point: ChargePoint, central: Central, files: FileServer
) -> None:
    charge_point.behaviour.accepts_image = lambda image: image.startswith(b"something else")
    await central.call("UpdateFirmware", {"location": f"{files.url}/image", "retrieveDate": NOW})
    await central.until(lambda: "InstallationFailed" in statuses(central))
    assert len(central.sockets) == 1


async def test_an_update_waits_for_the_end_of_a_transaction(
    charge_point: ChargePoint, central: Central, files: FileServer
) -> None:
    charge_point.clock.speed = 1000.0
    await charge_point.start(1, "TAG1")
    await central.call("UpdateFirmware", {"location": f"{files.url}/image", "retrieveDate": NOW})
    await central.until(lambda: "Downloaded" in statuses(central))
    await charge_point.heartbeat()
    assert statuses(central)[-1] == "Downloaded"
    await charge_point.stop(1)
    await central.until(lambda: "Installed" in statuses(central))


async def test_diagnostics_are_uploaded(charge_point: ChargePoint, central: Central, files: FileServer) -> None:
    answer = await central.call("GetDiagnostics", {"location": f"{files.url}/drop/"})
    await central.until(lambda: "Uploaded" in statuses(central, "DiagnosticsStatusNotification"))
    assert statuses(central, "DiagnosticsStatusNotification") == ["Uploading", "Uploaded"]
    method, name, content = files.uploads[0]
    assert (method, name) == ("PUT", f"drop/{answer['fileName']}")
    assert b"received GetDiagnostics" in content


async def test_an_upload_that_is_refused_fails(charge_point: ChargePoint, central: Central, files: FileServer) -> None:
    files.refuses_uploads = True
    await central.call("GetDiagnostics", {"location": f"{files.url}/drop", "retries": 1, "retryInterval": 0})
    await central.until(lambda: "UploadFailed" in statuses(central, "DiagnosticsStatusNotification"))
    assert statuses(central, "DiagnosticsStatusNotification") == ["Uploading", "Uploading", "UploadFailed"]


async def test_a_triggered_status_is_idle_when_nothing_goes_on(charge_point: ChargePoint, central: Central) -> None:
    await central.call("TriggerMessage", {"requestedMessage": "FirmwareStatusNotification"})
    await central.call("TriggerMessage", {"requestedMessage": "DiagnosticsStatusNotification"})
    await central.until(lambda: statuses(central, "DiagnosticsStatusNotification"))
    assert statuses(central) == statuses(central, "DiagnosticsStatusNotification") == ["Idle"]
