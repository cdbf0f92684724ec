"""Everybody who listens hears every event, whatever the other listeners do."""

import logging

import pytest

from edge_csms.central.event_bus import EventBus
from edge_csms.domain.events import ChargePointConnected, Event

CONNECTED = ChargePointConnected("CP1")


def test_listeners_hear_events_until_they_end_it() -> None:
    bus, heard = EventBus(), []
    end = bus.subscribe(heard.append)
    bus.publish(CONNECTED)
    end()
    bus.publish(CONNECTED)
    assert heard == [CONNECTED]


def test_one_that_fails_keeps_no_other_from_hearing(caplog: pytest.LogCaptureFixture) -> None:
    bus, heard = EventBus(), []

    def fail(event: Event) -> None:
        raise RuntimeError("mine")

    bus.subscribe(fail)
    bus.subscribe(heard.append)
    with caplog.at_level(logging.ERROR):
        bus.publish(CONNECTED)
    assert heard == [CONNECTED]
    assert "a listener failed on ChargePointConnected" in caplog.text


def test_a_listener_may_end_its_own_listening_while_it_hears() -> None:
    bus, heard = EventBus(), []

    def once(event: Event) -> None:
        heard.append(event)
        end()

    end = bus.subscribe(once)
    bus.subscribe(heard.append)
    bus.publish(CONNECTED)
    assert heard == [CONNECTED, CONNECTED]
