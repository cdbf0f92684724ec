"""The nameplate becomes a BootNotification."""

from edge_csms.ocpp import codec
from edge_csms.simulator.nameplate import Nameplate


def test_only_what_is_known_is_told() -> None:
    message = Nameplate(vendor="Maker", model="Box", meter_type=None, firmware_version="9").boot_notification()
    assert codec.encode(message) == b'{"chargePointModel":"Box","chargePointVendor":"Maker","firmwareVersion":"9"}'
