"""Details of uploads; their course is tested over the wire."""

from edge_csms.simulator.charge_point import ChargePoint
from tests.simulator.central import Central
from tests.simulator.files import FileServer


async def test_a_test_can_say_what_is_uploaded_and_how(
    charge_point: ChargePoint, central: Central, files: FileServer
) -> None:
    charge_point.behaviour.log_content = b"made up"
    charge_point.behaviour.upload_method = "form"
    await central.call("GetDiagnostics", {"location": f"{files.url}/drop"})
    await central.until(lambda: len(central.of("DiagnosticsStatusNotification")) == 2)
    assert files.uploads == [("POST", "drop", b"made up")]


async def test_the_log_holds_no_secret(charge_point: ChargePoint, central: Central, files: FileServer) -> None:
    charge_point.configuration.set("AuthorizationKey", "c0ffee" * 6)
    await central.call("GetDiagnostics", {"location": f"{files.url}/drop"})
    await central.until(lambda: len(central.of("DiagnosticsStatusNotification")) == 2)
    assert b"AuthorizationKey" in files.uploads[0][2]
    assert b"c0ffee" not in files.uploads[0][2]
