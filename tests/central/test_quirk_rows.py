"""The rows that come with the program: each means something, and fits the charge points that it was made for."""

import pytest

from edge_csms.central.quirk_rows import ROWS
from edge_csms.central.quirks import ADVICE, Quirk, Quirks, Switches, check_row
from edge_csms.domain.model import ChargePoint, Registration


def switches_of(vendor: str | None, model: str | None, firmware: str | None) -> Switches:
    told = ChargePoint(1, "CP1", Registration.ACCEPTED, vendor=vendor, model=model, firmware_version=firmware)
    return Quirks(ROWS).of(told).switches


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.switch} {row.vendor}")
def test_every_row_is_valid_and_says_where_the_need_was_seen(row: Quirk):
    check_row(row)
    assert row.source
    assert row.reason[0].islower()
    assert (row.vendor, row.model) != ("*", "*")


def test_every_switch_but_those_that_depend_on_the_site_has_a_row():
    assert set(Switches.__struct_fields__) - {row.switch for row in ROWS if row.switch != ADVICE} == {
        "anonymous_slot",
        "local_time",
        "no_status_inference",
    }


@pytest.mark.parametrize(
    ("model", "firmware", "quiet"),
    [
        ("CDT_TACW22::NET_WIFI", "TAC3Z9119006710273::V1.8.21", True),
        ("CDT_TACW11::NET_WIFI", "TAC3Z9119006710273::V1.6.5", True),
        ("CDT_TACW11::NET_WIFI", "TAC3Z9119006710273::V1.8.2", True),
        ("CDT_TACW11::NET_WIFI", "TAC3Z9119006710273::V1.8.32", False),
        ("CDT_TACW11::NET_WIFI", "TAC3Z9119006710273::V1.9.0", False),
        ("Terra 54 CJG", "1.7.2", False),
    ],
)
def test_an_old_abb_terra_ac_is_left_alone(model: str, firmware: str, quiet: bool):
    assert switches_of("ABB", model, firmware).no_set_up is quiet


def test_a_wallbox_of_firmware_6_6_gets_its_time_after_the_boot():
    assert switches_of("Wall Box Chargers", "CMX2-0-2-4", "6.6.12").hold_after_boot_seconds == 5
    assert switches_of("Wall Box Chargers", "CMX2-0-2-4", "6.7.25").hold_after_boot_seconds is None


def test_a_huawei_that_names_no_make_gets_limits_of_power():
    assert switches_of("", "ACChargePoint", None).limit_unit == "W"
    assert switches_of(None, "ACChargePoint", None).limit_unit == "W"
    assert switches_of("Huawei", "FusionCharge", None).limit_unit == "W"
    assert switches_of("Acme", "ACChargePoint", None).limit_unit is None
