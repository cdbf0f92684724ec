"""The PyPI package `ocpp`, which nobody here wrote, through a whole session with remote start and stop."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import websockets
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call, call_result
from ocpp.v16.enums import Action, RemoteStartStopStatus

from tests.running import RunningSite


def now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


class Wallbox(ChargePoint):  # type: ignore[misc]
    """A charge point that does what it is told."""

    def __init__(self, identity: str, connection: Any) -> None:
        super().__init__(identity, connection)
        self.started: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.stopped: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @on(Action.remote_start_transaction)
    def on_remote_start(self, **payload: Any) -> call_result.RemoteStartTransaction:
        self.started.put_nowait(payload)
        return call_result.RemoteStartTransaction(RemoteStartStopStatus.accepted)

    @on(Action.remote_stop_transaction)
    def on_remote_stop(self, **payload: Any) -> call_result.RemoteStopTransaction:
        self.stopped.put_nowait(payload)
        return call_result.RemoteStopTransaction(RemoteStartStopStatus.accepted)


def meter_values(energy_wh: int) -> list[dict[str, Any]]:
    return [
        {
            "timestamp": now(),
            "sampledValue": [
                {"value": str(energy_wh), "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
                {"value": "11000", "measurand": "Power.Active.Import", "unit": "W"},
            ],
        }
    ]


async def test_a_whole_session_with_remote_start_and_stop(site: RunningSite) -> None:
    async with websockets.connect(f"{site.ocpp_url}/PY-1", subprotocols=["ocpp1.6"]) as connection:
        wallbox = Wallbox("PY-1", connection)
        reading = asyncio.create_task(wallbox.start())
        boot = await wallbox.call(call.BootNotification(charge_point_model="Box", charge_point_vendor="Acme"))
        assert (boot.status, boot.interval) == ("Accepted", 600)
        for connector_id in (0, 1):
            await wallbox.call(call.StatusNotification(connector_id, "NoError", "Available"))
        authorized = await wallbox.call(call.Authorize("CARD1"))
        assert authorized.id_tag_info["status"] == "Accepted"

        command = asyncio.create_task(
            site.ask("POST", "/api/remote-transactions/start/", {"charger_id": "PY-1", "id_tag": "CARD1"})
        )
        wanted = await asyncio.wait_for(wallbox.started.get(), 10)
        assert wanted == {"connector_id": 1, "id_tag": "CARD1"}
        answer = await command
        assert (answer.status, answer.json["status"]) == (200, "Accepted")

        started = await wallbox.call(call.StartTransaction(1, "CARD1", 1000, now()))
        transaction_id = started.transaction_id
        for energy_wh in (1500, 2500):
            await wallbox.call(call.MeterValues(1, meter_values(energy_wh), transaction_id))
        shown = await site.get(f"/api/v1/transactions/{transaction_id}")
        assert (shown["state"], shown["energy_wh"]) == ("open", 1500)
        connector = (await site.get("/api/v1/charge-points/PY-1"))["connectors"][0]
        assert (connector["power_w"], connector["transaction_id"]) == (11000, transaction_id)

        command = asyncio.create_task(
            site.ask("POST", "/api/remote-transactions/stop/", {"transaction_id": transaction_id})
        )
        assert await asyncio.wait_for(wallbox.stopped.get(), 10) == {"transaction_id": transaction_id}
        assert (await command).json["status"] == "Accepted"
        stopped = await wallbox.call(call.StopTransaction(3000, now(), transaction_id, "Remote", "CARD1"))
        assert stopped.id_tag_info["status"] == "Accepted"
        reading.cancel()

    shown = await site.get(f"/api/v1/transactions/{transaction_id}")
    assert (shown["state"], shown["energy_wh"], shown["stop_reason"]) == ("closed", 2000, "Remote")
    values = await site.get(f"/api/v1/transactions/{transaction_id}/meter-values")
    assert [item["values"][0]["value"] for item in values["items"]] == ["1500", "2500"]
