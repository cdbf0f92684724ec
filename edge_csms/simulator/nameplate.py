"""What a charge point says of itself when it boots."""

import msgspec

from edge_csms.ocpp.v16.core import BootNotification


class Nameplate(msgspec.Struct, kw_only=True):
    """Maker, model and build of a charge point. The firmware version changes with an update."""

    vendor: str = "Edge Works"
    model: str = "Wallbox 22"
    serial_number: str | None = None
    firmware_version: str = "1.4.2"
    meter_type: str | None = "Three Phase MID"
    max_amps: float = 32.0
    phases: int = 3

    def boot_notification(self) -> BootNotification:
        """Return the message that tells all this."""
        return BootNotification(
            charge_point_model=self.model,
            charge_point_serial_number=self.serial_number,
            charge_point_vendor=self.vendor,
            firmware_version=self.firmware_version,
            meter_type=self.meter_type,
        )
