"""The five exchanges that the first description of this server shows, frame by frame and to the letter."""

import re

from edge_csms.domain.roles import Role
from tests.raw_charger import RawCharger
from tests.running import RunningSite

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

BOOT = """[2, "12345", "BootNotification", {
    "chargePointModel": "EVSE-123",
    "chargePointVendor": "EV-Charger Inc."
}]"""
AUTHORIZE = """[2, "12346", "Authorize", {"idTag": "testuser"}]"""
START = """[2, "12347", "StartTransaction", {
    "connectorId": 1,
    "idTag": "testuser",
    "meterStart": 5000,
    "timestamp": "2025-03-05T12:10:00Z"
}]"""
STOP = """[2, "12348", "StopTransaction", {
    "transactionId": TRANSACTION_ID,
    "meterStop": 10000,
    "timestamp": "2025-03-05T12:30:00Z"
}]"""
HEARTBEAT = """[2, "12346", "Heartbeat", {}]"""


class Conversation:
    """Says something and gives what comes back, as raw text with its times replaced."""

    def __init__(self, charger: RawCharger) -> None:
        self._charger = charger

    async def say(self, text: str, message_id: str) -> str:
        await self._charger.ask(text, message_id)
        return TIME.sub("TIME", self._charger.frames[-1])


async def test_the_five_exchanges(site: RunningSite) -> None:
    path = f"/ws/ocpp/EVSE-1/?token={await site.token(Role.TECHNICIAN)}"
    async with RawCharger(site.port, path=path) as charger:
        say = Conversation(charger).say
        assert await say(BOOT, "12345") == '[3,"12345",{"currentTime":"TIME","interval":600,"status":"Accepted"}]'
        assert await say(AUTHORIZE, "12346") == '[3,"12346",{"idTagInfo":{"status":"Accepted"}}]'
        assert await say(START, "12347") == '[3,"12347",{"idTagInfo":{"status":"Accepted"},"transactionId":1}]'
        stop = STOP.replace("TRANSACTION_ID", "1")
        assert await say(stop, "12348") == '[3,"12348",{"idTagInfo":{"status":"Accepted"}}]'
        assert await say(HEARTBEAT, "12346") == '[3,"12346",{"currentTime":"TIME"}]'
    (transaction,) = await site.transactions(charge_point_id="EVSE-1")
    assert (transaction["energy_wh"], transaction["state"], transaction["id_tag"]) == (5000, "closed", "testuser")
    assert (transaction["started_at"], transaction["stopped_at"]) == ("2025-03-05T12:10:00Z", "2025-03-05T12:30:00Z")


async def test_two_sessions_in_one_second_get_different_small_increasing_ids(site: RunningSite) -> None:
    async with RawCharger(site.port, "EVSE-1") as charger:
        say = Conversation(charger).say
        for number in range(1, 4):
            start = START.replace('"connectorId": 1', f'"connectorId": {number}')
            assert (await say(start, "12347")).endswith(f'"transactionId":{number}}}]')
