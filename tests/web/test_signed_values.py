"""Signed meter values come back to the letter as the charger sent them, and as a file for transparency software."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from xml.etree import ElementTree

import pytest

from edge_csms.simulator.charge_point import ChargePoint
from tests.conftest import StartSite
from tests.running import RunningSite

# With what a JSON text escapes and what an XML text would spoil.
OCMF = (
    'OCMF|{"FV":"1.0","GI":"Zähler & \\"Söhne\\" <7>","ID":"\U0001f50c\\/","TT":"a]]>b","RD":[{"RV":0.2596}]}'
    '|{"SD":"304502200E2F=="}'
)
SIGNED_VALUE = {"value": OCMF, "context": "Transaction.Begin", "format": "SignedData"}


@pytest.fixture
def site(start_site: StartSite) -> RunningSite:
    return start_site(new_charge_points="accept", unknown_id_tags="accept", hold_after_boot_seconds=0.0)


@asynccontextmanager
async def charging(site: RunningSite) -> AsyncIterator[tuple[ChargePoint, int]]:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.boot()
        start = {"connectorId": 1, "idTag": "CARD", "meterStart": 0, "timestamp": "2026-11-24T12:00:00Z"}
        yield charge_point, (await charge_point.call_raw("StartTransaction", start))["transactionId"]


def meter(transaction_id: int, values: list[dict[str, Any]], minute: int = 1) -> dict[str, Any]:
    meter_value = [{"timestamp": f"2026-11-24T12:{minute:02}:00Z", "sampledValue": values}]
    return {"connectorId": 1, "transactionId": transaction_id, "meterValue": meter_value}


async def test_they_are_kept_to_the_letter_wherever_they_came(site: RunningSite) -> None:
    async with charging(site) as (charge_point, transaction_id):
        plain = {"value": "100", "unit": "Wh"}
        await charge_point.call_raw("MeterValues", meter(transaction_id, [SIGNED_VALUE, plain]))
        # The same text, escaped wherever JSON allows it: still the same text.
        unnamed = meter(transaction_id, [{"value": OCMF, "context": "Transaction.End"}], 2)
        await charge_point.call_raw("MeterValues", json.dumps(unnamed, ensure_ascii=True).replace("/", "\\/").encode())
        stop = {"transactionId": transaction_id, "meterStop": 260, "timestamp": "2026-11-24T13:00:00Z"}
        data = meter(transaction_id, [SIGNED_VALUE], 59)["meterValue"]
        await charge_point.call_raw("StopTransaction", {**stop, "transactionData": data})
    items = (await site.get(f"/api/v1/transactions/{transaction_id}/signed-values"))["items"]
    assert [item["value"] for item in items] == [OCMF] * 3
    assert [(item["context"], item["format"], item["encoding"]) for item in items] == [
        ("Transaction.Begin", "OCMF", "plain"),
        ("Transaction.End", "OCMF", "plain"),
        ("Transaction.Begin", "OCMF", "plain"),
    ]
    assert [item["timestamp"] for item in items] == [f"2026-11-24T12:{at}:00Z" for at in ("01", "02", "59")]
    meter_values = (await site.get(f"/api/v1/transactions/{transaction_id}/meter-values"))["items"]
    assert meter_values[0]["values"][0]["value"] == OCMF


async def test_the_file_holds_them_unchanged(site: RunningSite) -> None:
    wrapped = {
        "signedMeterData": base64.b64encode(OCMF.encode()).decode(),
        "encodingMethod": "OCMF",
        "publicKey": "a2V5",
    }
    values = [SIGNED_VALUE, {"value": json.dumps(wrapped), "format": "SignedData"}]
    values += [{"value": odd, "format": "SignedData"} for odd in (" padded ", "line\r\nline", "\x01")]
    async with charging(site) as (charge_point, transaction_id):
        await charge_point.call_raw("MeterValues", meter(transaction_id, values))
    file = await site.ask("GET", f"/api/v1/transactions/{transaction_id}/signed-values.xml")
    assert (file.status, file.headers["Content-Type"]) == (200, "application/xml")
    assert file.headers["Content-Disposition"] == f'attachment; filename="transaction-{transaction_id}.xml"'
    root = ElementTree.fromstring(file.body)
    data = [value.find("signedData") for value in root]
    assert [(one.get("format"), one.get("encoding")) for one in data if one is not None] == [
        ("OCMF", "plain"),
        ("OCMF", "plain"),
        (None, "base64"),
        (None, "base64"),
        (None, "base64"),
    ]
    texts = [one.text or "" for one in data if one is not None]
    assert texts[:2] == [OCMF, OCMF]
    assert [base64.b64decode(text).decode() for text in texts[2:]] == [" padded ", "line\r\nline", "\x01"]
    assert [root[1].get("transactionId"), root[1].findtext("publicKey")] == [str(transaction_id), "a2V5"]


async def test_a_transaction_without_any_has_none(site: RunningSite) -> None:
    async with charging(site) as (charge_point, transaction_id):
        await charge_point.call_raw("MeterValues", meter(transaction_id, [{"value": "100"}]))
    path = f"/api/v1/transactions/{transaction_id}/signed-values"
    assert await site.get(path) == {"items": [], "next": None}
    assert list(ElementTree.fromstring((await site.ask("GET", path + ".xml")).body)) == []
    assert (await site.ask("GET", "/api/v1/transactions/99/signed-values.xml")).status == 404


async def test_half_a_surrogate_does_no_harm(site: RunningSite) -> None:
    async with charging(site) as (charge_point, transaction_id):
        payload = json.dumps(meter(transaction_id, [{"value": "OCMF|\ud83d|", "format": "SignedData"}])).encode()
        await charge_point.call_raw("MeterValues", payload)
    path = f"/api/v1/transactions/{transaction_id}/signed-values"
    assert len((await site.get(path))["items"]) == 1
    assert (await site.ask("GET", path + ".xml")).status == 200
