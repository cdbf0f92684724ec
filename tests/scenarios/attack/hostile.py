"""Texts that mean something to a browser, a spreadsheet, a terminal or SQL, in all that chargers and people fill in."""

import asyncio
import json
from typing import Any
from urllib.parse import quote

from edge_csms.ocpp import times
from tests.file_jobs import upload_image
from tests.raw_charger import RawCharger
from tests.running import RunningSite
from tests.scenarios.attack.frames import CALLS, leaves

MARKUP = '<img src=x onerror=document.title="evil"><b class=evil>'
FORMULA = "=HYPERLINK(A1)"
SQL = "' OR 1=1; DELETE FROM id_tag --"
LINES = "a\r\n2026-11-24 12:00:00,000 CRITICAL edge_csms: forged\x1b[2J\x00"
TEXTS = {"markup": MARKUP, "formula": FORMULA, "SQL": SQL, "lines": LINES}
MOST = 48  # of an identity


class Filler:
    """Fills every field of a site with one text. Its charger has the text for its name, as far as that can be one."""

    def __init__(self, site: RunningSite, text: str) -> None:
        self._site = site
        self.text = text
        self.printable = "".join(filter(str.isprintable, text))
        self.identity = self.printable.replace("/", "")[:MOST].strip()
        self._path = f"/api/v1/charge-points/{quote(self.identity, safe='')}"

    async def fill(self) -> None:
        """Let a charger and people say it wherever they can say anything."""
        await self._people()
        async with RawCharger(self._site.port, quote(self.identity, safe="")) as charger:
            for action, payload in CALLS.items():
                assert not isinstance(await charger.call(action, self._spoilt(payload)), tuple), action
            for action in (self.text, "Reset", self.text[:36]):
                await charger.call(action, {self.text: self.text})
            await charger.ask(json.dumps([2, self.text, "Heartbeat", {self.text: self.text}]), self.text)
            charger.send(self.text)
            await self._charge(charger)
            await self._answer(charger)
        await self._site.charger_is_gone(self.identity)
        await self._site.app.central.flush()
        await self._site.app.attempts.flush()

    def _spoilt(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Put the text in the place of every other one but the times."""
        copy: dict[str, Any] = json.loads(json.dumps(payload))
        for path in leaves(payload):
            inner: Any = copy
            for key in path[:-1]:
                inner = inner[key]
            if isinstance(inner[path[-1]], str) and path[-1] != "timestamp":
                inner[path[-1]] = self.text
        return copy

    async def _charge(self, charger: RawCharger) -> None:
        now = times.format(self._site.app.clock.now())
        start = {"connectorId": 1, "idTag": self.text, "meterStart": 5, "timestamp": now}
        transaction_id = (await charger.call("StartTransaction", start))["transactionId"]
        values = self._spoilt({**CALLS["MeterValues"], "transactionId": transaction_id})
        assert await charger.call("MeterValues", values) == {}
        stop = {**CALLS["StopTransaction"], "transactionId": transaction_id, "timestamp": now}
        await charger.call("StopTransaction", self._spoilt(stop))
        await charger.call("StartTransaction", start | {"connectorId": 2, "meterStart": 6})

    async def _answer(self, charger: RawCharger) -> None:
        """Answer a question with the text; the way of people leads there, too."""
        wish = {"requestedMessage": "Heartbeat"}
        for path, body in (("/configuration?refresh=true", None), ("/calls/TriggerMessage", wish)):
            asked = self._site.ask("GET" if body is None else "POST", self._path + path, body)
            answering = charger.next_call()
            task, call = asyncio.ensure_future(asked), await answering
            known = [{"key": self.text, "readonly": False, "value": self.text}]
            charger.answer(call, {"configurationKey": known, "unknownKey": [self.text[1:]], "status": self.text})
            await task

    async def _people(self) -> None:
        text = self.text
        await self._say("POST", "/api/v1/charge-points", {"charge_point_id": self.identity, "password": None})
        await self._say("PATCH", self._path, {"name": text})
        await self._say("POST", "/api/v1/id-tags", {"id_tag": text, "note": text, "parent_id_tag": text})
        template = {"name": text, "vendor": text, "model": text, "settings": {text: text}}
        await self._say("POST", "/api/v1/configuration-templates", template)
        period = {"start_seconds": 0, "limit": 16}
        profile = {"name": text, "note": text, "stack_level": 1, "purpose": "TxDefaultProfile", "periods": [period]}
        await self._say("POST", "/api/v1/charging-profiles", profile)
        reservation = {"charge_point_id": self.identity, "id_tag": text, "parent_id_tag": text}
        await self._say("POST", "/api/v1/reservations", reservation)
        await self._say("POST", f"{self._path}/remote-start", {"id_tag": text})
        await self._say("PATCH", "/api/v1/settings", {"values": {"site.name": text}})
        await self._say("POST", "/api/auth/login/", {"username": text, "password": text})
        await self._say("POST", "/api/v1/users", {"username": text, "password": text, "role": "viewer", "email": text})
        await self._say("GET", f"/{quote(text)}?{quote(text)}")
        word = quote(text, safe="")
        answer = await upload_image(self._site, text.encode(), f"name={word}&version={word[:60]}&note={word}")
        assert answer.status < 500, answer.body

    async def _say(self, method: str, path: str, body: Any = None) -> None:
        """Ask for something that may be refused."""
        answer = await self._site.ask(method, path, body)
        assert answer.status < 500, (path, answer.status, answer.body)
