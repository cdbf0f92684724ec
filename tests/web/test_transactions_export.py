"""Transactions as one JSON array, whatever their number."""

import pytest

from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.web import transactions
from tests.running import RunningSite

PATH = "/api/v1/transactions.json"


async def test_no_transactions_are_an_empty_array(site: RunningSite) -> None:
    assert await site.get(PATH) == []


async def test_all_are_exported_over_the_border_of_a_slice_and_filters_hold(
    site: RunningSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "EXPORT_SLICE", 2)
    charge_point = ChargePoint(site.ocpp_url, "CP1")
    await charge_point.connect()
    await charge_point.boot()
    for number in range(5):
        start = {"connectorId": 1, "idTag": f"CARD{number}", "meterStart": number, "timestamp": "2026-11-24T12:00:00Z"}
        await charge_point.call_raw("StartTransaction", start)
    await charge_point.close()
    exported = await site.get(PATH)
    assert [one["id_tag"] for one in exported] == [f"CARD{number}" for number in (4, 3, 2, 1, 0)]
    assert exported[0] == await site.get(f"/api/v1/transactions/{exported[0]['transaction_id']}")
    assert [one["id_tag"] for one in await site.get(f"{PATH}?id_tag=card3")] == ["CARD3"]
