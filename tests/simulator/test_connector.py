"""The status of a connector follows from the facts."""

from datetime import UTC, datetime

import pytest

from edge_csms.simulator.connector import Car, Connector
from edge_csms.simulator.transaction import Transaction


def begin(connector: Connector) -> None:
    connector.transaction = Transaction(
        connector_id=1, id_tag="TAG1", meter_start_wh=0, started_at=datetime(2031, 1, 1, tzinfo=UTC)
    )


def test_a_session_walks_through_the_statuses() -> None:
    connector = Connector(1)
    seen = [connector.status]
    connector.car = Car()
    seen.append(connector.status)
    begin(connector)
    seen.append(connector.status)
    connector.meter.offered_amps = 16.0
    seen.append(connector.status)
    connector.car.is_paused = True
    seen.append(connector.status)
    connector.transaction, connector.is_finishing = None, True
    seen.append(connector.status)
    connector.car = None
    seen.append(connector.status)
    assert seen == ["Available", "Preparing", "SuspendedEVSE", "Charging", "SuspendedEV", "Finishing", "Available"]


def test_a_fault_stands_over_everything() -> None:
    connector = Connector(1)
    connector.car = Car()
    begin(connector)
    connector.error_code = "OverVoltage"
    assert connector.status == "Faulted"
    assert not connector.is_free


def test_reserved_gives_way_to_a_car() -> None:
    connector = Connector(1)
    connector.is_reserved = True
    assert connector.status == "Reserved"
    connector.car = Car()
    assert connector.status == "Preparing"


def test_going_out_of_use_waits_for_the_transaction() -> None:
    connector = Connector(1)
    begin(connector)
    connector.set_operative(False)
    assert (connector.is_operative, connector.operative_after_transaction) == (True, False)
    connector.set_operative(True)
    assert connector.operative_after_transaction is None


def test_energy_flows_with_time_into_the_car() -> None:
    connector = Connector(1)
    connector.car = Car(max_amps=10.0, phases=1, wanted_wh=1000.0)
    begin(connector)
    connector.advance(0.0)
    connector.offer(32.0, 3)
    connector.advance(600.0)
    assert 370 < connector.meter.register_wh < 390  # 10 A on one phase for ten minutes
    assert connector.car.wanted_wh is not None
    assert connector.car.wanted_wh + connector.meter.register_wh == 1000.0


def test_a_car_takes_no_more_than_it_wants() -> None:
    connector = Connector(1)
    connector.car = Car(wanted_wh=1000.0)
    begin(connector)
    connector.advance(0.0)
    connector.offer(32.0, 3)
    connector.advance(7200.0)
    assert connector.meter.register_wh == pytest.approx(1000.0)
    connector.advance(9999.0)
    assert connector.meter.register_wh == pytest.approx(1000.0)


def test_the_message_tells_status_and_error() -> None:
    connector = Connector(2)
    message = connector.status_notification("2031-01-01T00:00:00Z")
    assert (message.connector_id, message.status, message.error_code) == (2, "Available", "NoError")


def test_what_rounding_leaves_is_no_hunger():
    assert Car(wanted_wh=9.1e-13).is_content
    assert not Car(wanted_wh=0.5).is_content
