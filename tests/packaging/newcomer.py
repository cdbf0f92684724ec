"""Somebody who sets up a new site by its page's own requests, and the first charger: `ocpp` of PyPI, which charges.

A program of its own, since it runs in the network of a box: `newcomer.py PAGE SET-UP-CODE`.
"""

import asyncio
import json
import sys
import urllib.request
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import websockets
from ocpp.v16 import ChargePoint, call

IDENTITY, CARD, PASSWORD = "GARAGE-01", "CARD1", "Walk-Through-77"
ENERGY_WH = 3000


class Page:
    """The admin page, as far as it sends requests."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self._headers = {"Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request that must succeed, and give its answer."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, self._headers, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def set_up(self, code: str) -> None:
        """Become the administrator, and go through the steps."""
        assert self.ask("GET", "/api/v1/setup") == {"step": "administrator"}
        account = {"username": "anna", "password1": PASSWORD, "password2": PASSWORD, "setup_code": code}
        self._headers["Authorization"] = "Bearer " + self.ask("POST", "/api/auth/registration/", account)["access"]
        self.ask("PUT", "/api/v1/setup", {"step": "done"})


async def charge(address: str, key: str) -> str:
    """Connect as the charger, and charge if the card may; gives the word about the card."""
    login = b64encode(f"{IDENTITY}:".encode() + bytes.fromhex(key)).decode()
    async with websockets.connect(
        f"{address}/{IDENTITY}", subprotocols=["ocpp1.6"], additional_headers={"Authorization": f"Basic {login}"}
    ) as connection:
        charger = ChargePoint(IDENTITY, connection)
        reading = asyncio.create_task(charger.start())
        boot = await charger.call(call.BootNotification(charge_point_model="Box", charge_point_vendor="Acme"))
        assert boot.status == "Accepted", boot
        await charger.call(call.StatusNotification(1, "NoError", "Available"))
        word = str((await charger.call(call.Authorize(CARD))).id_tag_info["status"])
        if word == "Accepted":
            now = datetime.now(UTC).isoformat()
            started = await charger.call(call.StartTransaction(1, CARD, 0, now))
            await charger.call(call.StopTransaction(ENERGY_WH, now, started.transaction_id))
        reading.cancel()
    return word


def main(address: str, code: str) -> None:
    """Do it all."""
    page = Page(address)
    page.set_up(code)
    key = page.ask("POST", "/api/v1/charge-points", {"charge_point_id": IDENTITY})["password"]
    ocpp = page.address.replace("http", "ws", 1) + "/ocpp"
    assert asyncio.run(charge(ocpp, key)) == "Invalid"
    page.ask("POST", "/api/v1/id-tags", {"id_tag": CARD})
    assert asyncio.run(charge(ocpp, key)) == "Accepted"
    (transaction,) = page.ask("GET", "/api/v1/transactions")["items"]
    print(f"{transaction['charge_point_id']} charged {transaction['energy_wh']} Wh")


if __name__ == "__main__":
    main(*sys.argv[1:])
