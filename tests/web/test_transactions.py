"""Transactions over REST: filtered, in pages, with their meter values, and as CSV."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge_csms.domain.roles import Role
from edge_csms.web import transactions
from tests.raw_charger import RawCharger
from tests.running import RunningSite

TRANSACTIONS = "/api/v1/transactions"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def at(minutes: float) -> str:
    return (NOON + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


async def charge(
    charger: RawCharger, minutes: float = 0, connector_id: int = 1, id_tag: str = "A", *, until: float | None = None
) -> int:
    """Charge 2 kWh from `minutes` past noon on, and stop if it is said when; give the transaction's id."""
    start = {"connectorId": connector_id, "idTag": id_tag, "meterStart": 1000, "timestamp": at(minutes)}
    transaction_id: int = (await charger.call("StartTransaction", start))["transactionId"]
    if until is not None:
        stop = {"transactionId": transaction_id, "meterStop": 3000, "timestamp": at(until), "reason": "Remote"}
        await charger.call("StopTransaction", stop)
    return transaction_id


async def ids(site: RunningSite, query: str = "") -> list[int]:
    return [one["transaction_id"] for one in (await site.get(f"{TRANSACTIONS}?{query}"))["items"]]


async def test_an_item_says_all_that_is_known(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        transaction_id = await charge(charger, until=90)
    expected = {
        "transaction_id": transaction_id,
        "charge_point_id": "CP1",
        "connector_id": 1,
        "id_tag": "A",
        "id_tag_status": "Accepted",
        "meter_start_wh": 1000,
        "meter_stop_wh": 3000,
        "energy_wh": 2000,
        "started_at": "2026-11-20T12:00:00Z",
        "stopped_at": "2026-11-20T13:30:00Z",
        "stop_reason": "Remote",
        "state": "closed",
    }
    item = await site.get(f"{TRANSACTIONS}/{transaction_id}")
    assert expected.items() <= item.items()
    assert (await site.get(TRANSACTIONS))["items"] == [item]


async def test_an_orphan_has_an_id_of_its_own_and_what_its_stop_said(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        stop = {"transactionId": 4711, "meterStop": 3000, "timestamp": at(0), "idTag": "A", "reason": "PowerLoss"}
        await charger.call("StopTransaction", stop)
    (orphan,) = (await site.get(TRANSACTIONS))["items"]
    assert (orphan["transaction_id"], orphan["state"], orphan["meter_stop_wh"]) == (1, "orphan", 3000)
    assert (orphan["stopped_at"], orphan["stop_reason"], orphan["id_tag"]) == (at(0), "PowerLoss", "A")
    assert (orphan["connector_id"], orphan["started_at"], orphan["energy_wh"]) == (None, None, None)


async def test_every_filter_holds_and_they_hold_together(site: RunningSite) -> None:
    async with RawCharger(site.port, "CP1") as one, RawCharger(site.port, "CP2") as two:
        first = await charge(one, 0, 1, "A", until=5)
        second = await charge(one, 10, 2, "B")
        third = await charge(two, 20, 1, "a")
    assert await ids(site) == [third, second, first]  # the newest first
    for query, expected in {
        "charge_point_id=cp1": [second, first],
        "charge_point_id=CP3": [],
        "connector_id=1": [third, first],
        "id_tag=a": [third, first],
        "open=true": [third, second],
        "open=false": [first],
        f"from={at(10)}": [third, second],
        f"to={at(10)}": [first],
        f"from={at(10)}&to={at(20)}": [second],
        "from=2026-11-20T13:10:00%2B01:00&to=2026-11-20T13:20:00%2B01:00": [second],
        "charge_point_id=CP1&open=true&id_tag=B&connector_id=2": [second],
        "charge_point_id=CP1&id_tag=A&open=true": [],
    }.items():
        assert await ids(site, query) == expected, query


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("open=maybe", "open"),
        ("connector_id=one", "connector_id"),
        ("connector_id=99999999999999999999", "connector_id"),
        ("from=yesterday", "from"),
        ("from=2026-11-20T12:00:00", "from"),
        ("to=2026", "to"),
        ("to=0.5", "to"),
        ("limit=0", "limit"),
        ("limit=-1", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=-1", "cursor"),
        ("colour=red", "colour"),
    ],
)
async def test_a_filter_that_means_nothing_is_400_and_named(site: RunningSite, query: str, wrong: str) -> None:
    for path in (TRANSACTIONS, f"{TRANSACTIONS}.csv"):
        answer = await site.ask("GET", f"{path}?{query}")
        assert (answer.status, set(answer.json["errors"])) == (400, {wrong})


async def test_pages_follow_each_other_while_new_transactions_begin(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        made = [await charge(charger, minute, until=minute + 1) for minute in range(5)]
        first = await site.get(f"{TRANSACTIONS}?limit=2")
        await charge(charger, 100)
        second = await site.get(f"{TRANSACTIONS}?limit=2&cursor={first['next']}")
        third = await site.get(f"{TRANSACTIONS}?limit=2&cursor={second['next']}")
    items = first["items"] + second["items"] + third["items"]
    assert [one["transaction_id"] for one in items] == made[::-1]
    assert third["next"] is None


async def test_meter_values_come_by_time_with_the_standards_defaults_and_those_of_the_stop(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        transaction_id = await charge(charger)
        for minute, sampled in (
            (20, {"value": "1500.5"}),
            (10, {"value": "7", "measurand": "Voltage", "phase": "L1-N"}),
        ):
            value = {"timestamp": at(minute), "sampledValue": [sampled]}
            values = {"connectorId": 1, "transactionId": transaction_id, "meterValue": [value]}
            await charger.call("MeterValues", values)
        last = {"value": "3000", "unit": "Wh", "context": "Transaction.End", "format": "Raw", "location": "Outlet"}
        data = [{"timestamp": at(30), "sampledValue": [last]}]
        stop = {"transactionId": transaction_id, "meterStop": 3000, "timestamp": at(30), "transactionData": data}
        await charger.call("StopTransaction", stop)
    items = (await site.get(f"{TRANSACTIONS}/{transaction_id}/meter-values"))["items"]
    assert [(one["timestamp"], one["connector_id"]) for one in items] == [(at(10), 1), (at(20), 1), (at(30), 1)]
    assert [one["values"][0]["value"] for one in items] == ["7", "1500.5", "3000"]
    assert items[1]["values"][0] == {
        "value": "1500.5",
        "measurand": "Energy.Active.Import.Register",
        "unit": "Wh",
        "phase": None,
        "context": "Sample.Periodic",
        "location": "Outlet",
        "format": "Raw",
    }
    page = await site.get(f"{TRANSACTIONS}/{transaction_id}/meter-values?limit=2")
    assert page["items"] == items[:2]
    rest = await site.get(f"{TRANSACTIONS}/{transaction_id}/meter-values?limit=2&cursor={page['next']}")
    assert (rest["items"], rest["next"]) == (items[2:], None)


async def test_what_is_unknown_is_404(site: RunningSite) -> None:
    for path in ("1", "1/meter-values", "x", "-1", "99999999999999999999"):
        assert (await site.ask("GET", f"{TRANSACTIONS}/{path}")).status == 404, path


async def test_viewers_may_look(site: RunningSite) -> None:
    for path in (TRANSACTIONS, f"{TRANSACTIONS}.csv"):
        assert (await site.ask("GET", path, role=Role.VIEWER)).status == 200
        assert (await site.ask("GET", path, role=None)).status == 401
    assert (await site.ask("DELETE", f"{TRANSACTIONS}/1")).status == 405


# CSV


async def exported(site: RunningSite, query: str = "") -> list[dict[str, Any]]:
    answer = await site.ask("GET", f"{TRANSACTIONS}.csv?{query}", role=Role.VIEWER)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="transactions.csv"'
    return list(csv.DictReader(io.StringIO(answer.body.decode())))


async def test_the_export_holds_all_of_them_in_slices_and_filters_hold(
    site: RunningSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "EXPORT_SLICE", 2)
    assert await exported(site) == []
    async with RawCharger(site.port) as charger:
        made = [await charge(charger, minute, id_tag=f"A{minute % 2}", until=minute + 1) for minute in range(5)]
    rows = await exported(site)
    assert [int(row["transaction_id"]) for row in rows] == made[::-1]
    assert (rows[0]["started_at"], rows[0]["energy_wh"], rows[0]["reservation_id"]) == (at(4), "2000", "")
    assert len(await exported(site, "id_tag=a1")) == 2


async def test_no_cell_is_taken_for_a_formula_and_no_row_for_two(site: RunningSite) -> None:
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "a,b", 'say "hi"', "two\nlines", "<b>x</b>"]
    async with RawCharger(site.port) as charger:
        for minute, text in enumerate(texts):
            await charge(charger, minute, id_tag=text)
    cells = [row["id_tag"] for row in reversed(await exported(site))]
    assert len(cells) == len(texts)
    assert not [cell for cell in cells if cell[0] in "=+-@\t\r"]
    assert cells[:4] == ["'=1+1", "'+1", "'-1", "'@SUM(A1)"]
    assert cells[4:6] == ["a,b", 'say "hi"']
