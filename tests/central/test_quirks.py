"""Which charge points differ from the rule, by whose word, and why."""

import msgspec
import pytest

from edge_csms.central.quirks import ADVICE, Quirk, Quirks, check_row, check_switch
from edge_csms.domain.errors import Invalid
from edge_csms.domain.model import ChargePoint, Registration, SwitchValue

BUILT_IN = Quirk(vendor="Acme*", switch="close_abruptly", reason="Acme sulks")
OF_FILE = Quirk(vendor="acme*", firmware="2.*", switch="close_abruptly", value=False, reason="2.0 has mended it")


def charge_point(
    vendor: str | None = "Acme", model: str | None = "Box", firmware: str | None = "1.0", **switches: SwitchValue
) -> ChargePoint:
    return ChargePoint(
        1,
        "CP1",
        Registration.ACCEPTED,
        vendor=vendor,
        model=model,
        firmware_version=firmware,
        switches=switches,
    )


def test_a_charge_point_that_no_row_fits_is_treated_by_the_rule():
    active = Quirks((BUILT_IN,)).of(charge_point(vendor="Other"))
    assert active.shown == ()
    assert not active.switches.close_abruptly


def test_a_row_for_its_make_is_active_and_says_why():
    active = Quirks((BUILT_IN,)).of(charge_point(vendor=" ACME Ltd "))
    assert active.switches.close_abruptly
    (shown,) = active.shown
    assert (shown.switch, shown.value, shown.by) == ("close_abruptly", True, "make")
    assert shown.reason == "active because Acme sulks"


def test_what_was_never_told_fits_no_pattern_but_that_of_everything():
    assert not Quirks((BUILT_IN,)).of(charge_point(vendor=None)).switches.close_abruptly
    anybody = Quirk(switch="no_set_up", reason="nobody knows")
    assert Quirks((anybody,)).of(charge_point(vendor=None)).switches.no_set_up


def test_the_file_of_the_site_wins_over_the_program():
    both = Quirks((BUILT_IN,), (OF_FILE,))
    assert both.of(charge_point()).switches.close_abruptly
    active = both.of(charge_point(firmware="2.1"))
    assert not active.switches.close_abruptly
    assert [(one.by, one.value) for one in active.shown] == [("file", False)]


def test_a_technician_wins_over_both():
    active = Quirks((BUILT_IN,), (OF_FILE,)).of(charge_point(close_abruptly=False, local_time=True))
    assert not active.switches.close_abruptly
    assert active.switches.local_time
    assert {one.by for one in active.shown} == {"technician"}


def test_what_a_technician_set_under_another_version_does_no_harm():
    assert Quirks().of(charge_point(gone_switch=True, hold_after_boot_seconds="soon")).shown == ()


def test_advice_switches_nothing_and_stands_beside_the_switches():
    advice = (
        Quirk(vendor="Acme", switch=ADVICE, value="Kick it.", reason="it hangs"),
        Quirk(vendor="Acme", switch=ADVICE, value="Kick it again.", reason="it hangs"),
    )
    active = Quirks((BUILT_IN, *advice)).of(charge_point())
    assert [one.value for one in active.shown] == [True, "Kick it.", "Kick it again."]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("no_such", True, "there is no switch no_such"),
        ("advice", "text", "there is no switch advice"),
        ("close_abruptly", "yes", "close_abruptly: Expected `bool`"),
        ("hold_after_boot_seconds", -1.0, "hold_after_boot_seconds: Expected `float` >= 0.0"),
        ("limit_unit", "kW", "limit_unit: Invalid enum value 'kW'"),
    ],
)
def test_a_switch_that_makes_no_sense_is_refused(name: str, value: SwitchValue, words: str):
    with pytest.raises(Invalid) as refused:
        check_switch(name, value)
    assert words in refused.value.detail


def test_an_advice_without_words_is_refused():
    with pytest.raises(Invalid):
        check_row(Quirk(switch=ADVICE, reason="it hangs"))


def test_a_row_of_unknown_members_is_no_row():
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"switch": "no_set_up", "reason": "x", "vendro": "Acme"}, Quirk)
