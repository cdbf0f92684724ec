"""Why a charge point rejects a remote start, in plain words."""

import asyncio
from datetime import UTC, datetime

import pytest

from edge_csms.central.remote_start import remote_start, why_not
from edge_csms.domain.model import Connector
from tests.house import House

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def connector(status: str, connector_id: int = 1) -> Connector:
    return Connector(connector_id, status, None, None, None, NOW)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("Finishing", "must be pulled out first"),
        ("Faulted", "it has a fault"),
        ("Reserved", "it is reserved"),
        ("Unavailable", "it is out of operation"),
        ("Available", "it won't do this now"),
    ],
)
def test_the_status_of_the_connector_may_be_why(status: str, words: str) -> None:
    assert words in why_not([connector(status)], "TAG1", only_cards=False)


@pytest.mark.parametrize("id_tag", ["evcc", "04A2B3C", "04A2B3C4D"])
def test_a_tag_that_no_card_has_may_be_why(id_tag: str) -> None:
    assert "8 or 14 hexadecimal digits" in why_not([connector("Finishing")], id_tag, only_cards=True)


@pytest.mark.parametrize("id_tag", ["04a2b3c4", "04A2B3C4D5E6F7"])
def test_a_tag_as_cards_have_it_is_not_why(id_tag: str) -> None:
    assert "must be pulled out" in why_not([connector("Finishing")], id_tag, only_cards=True)


async def test_only_the_connector_that_was_asked_for_is_looked_at(house: House) -> None:
    line = await house.connect()
    for connector_id, status in ((0, "Faulted"), (1, "Finishing"), (2, "Available")):
        await line.call("StatusNotification", {"connectorId": connector_id, "errorCode": "NoError", "status": status})
    for connector_id, words in ((2, "it won't do this now"), (1, "connector 1 is Finishing")):
        asked = asyncio.create_task(remote_start(house.central, house.database, "CP1", "TAG1", connector_id))
        line.answer(await line.wire.next(), {"status": "Rejected"})
        status, detail = await asked
        assert (status, words in detail) == ("Rejected", True)


async def test_a_yes_means_that_it_will_try(house: House) -> None:
    line = await house.connect()
    await line.call("Heartbeat")
    asked = asyncio.create_task(remote_start(house.central, house.database, "CP1", "TAG1", None))
    line.answer(await line.wire.next(), {"status": "Accepted"})
    assert (await asked)[1] == "The charge point will start as soon as a car is plugged in."
