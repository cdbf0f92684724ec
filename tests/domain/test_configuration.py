"""What the settings of charge points shall be, and when two values mean the same."""

from datetime import UTC, datetime

import pytest

from edge_csms.domain.configuration import DriftState, Template, drift_of, same, wanted_of
from edge_csms.domain.model import ChargePoint, ConfigurationEntry, Registration

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def template(vendor: str = "*", model: str = "*", **settings: str) -> Template:
    return Template(1, f"for {vendor} {model}", vendor, model, False, settings, NOW)


def charge_point(vendor: str | None = "Acme", model: str | None = "Box 7") -> ChargePoint:
    return ChargePoint(1, "CP1", Registration.ACCEPTED, vendor=vendor, model=model)


def test_a_template_is_for_makes_and_models():
    assert wanted_of([template("Other", A="1")], charge_point()) == {}
    assert wanted_of([template("acme*", "box*", A="1")], charge_point())["a"].value == "1"


def test_one_that_never_told_what_it_is_fits_no_template():
    assert wanted_of([template(A="1")], charge_point(None, None)) == {}


def test_the_narrowest_template_wins_setting_by_setting():
    wide, narrow = template("A*", HeartbeatInterval="300", A="1"), template("Acme", "Box 7", heartbeatinterval="60")
    for order in ([wide, narrow], [narrow, wide]):
        wanted = wanted_of(order, charge_point())
        assert {name: one.value for name, one in wanted.items()} == {"heartbeatinterval": "60", "a": "1"}


@pytest.mark.parametrize(
    ("entry", "state"),
    [
        (None, DriftState.UNREAD),
        (ConfigurationEntry("A", wanted="1"), DriftState.UNREAD),
        (ConfigurationEntry("A", "1", read_at=NOW), DriftState.SAME),
        (ConfigurationEntry("A", "2", read_at=NOW), DriftState.DIFFERENT),
        (ConfigurationEntry("A", unknown=True, read_at=NOW), DriftState.UNKNOWN),
    ],
)
def test_a_setting_is_compared_with_what_it_shall_be(entry: ConfigurationEntry | None, state: DriftState):
    wanted = wanted_of([template(A="1")], charge_point())["a"]
    assert drift_of(wanted, entry).state is state


@pytest.mark.parametrize(
    ("value", "wanted"), [("1", "1"), (" 1 ", "1"), ("True", "true"), ("a, b", "a,b"), (None, ""), ("", "")]
)
def test_values_that_mean_the_same(value: str | None, wanted: str):
    assert same(value, wanted)


@pytest.mark.parametrize(("value", "wanted"), [("1", "2"), ("A", "a"), ("b,a", "a,b"), (None, "1"), ("1", "")])
def test_values_that_differ(value: str | None, wanted: str):
    assert not same(value, wanted)
