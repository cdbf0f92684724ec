"""The support bundle: what was ticked and nothing else, whole, and without secrets."""

import io
import json
import zipfile
from typing import Any

import pytest

from edge_csms import VERSION
from edge_csms.domain.roles import Role
from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.web.support_bundle import redacted
from tests.raw_charger import RawCharger, Refused, basic
from tests.running import RunningSite

PATH = "/api/v1/support-bundle"
EVERYTHING = ["server", "log", "configuration", "charge_points", "findings", "settings", "frames", "refused"]


async def bundle(site: RunningSite, parts: list[str], *charge_point_ids: str) -> dict[str, bytes]:
    body = {"parts": parts, "charge_point_ids": list(charge_point_ids)}
    answer = await site.ask("POST", PATH, body, role=Role.TECHNICIAN)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


async def test_all_parts_of_a_site_with_two_chargers(site: RunningSite) -> None:
    for name in ("CP1", "CP/2".replace("/", "~")):
        charge_point = ChargePoint(site.ocpp_url, name)
        await charge_point.connect()
        await charge_point.boot()
        await charge_point.call_raw("Heartbeat", {"odd": 1})
        await charge_point.close()
    files = await bundle(site, EVERYTHING, "CP1", "cp~2")
    names = ("findings.txt", "settings.json", "frames.jsonl")
    assert list(files) == [
        *("server.json", "log.txt", "configuration.json", "charge-points.json", "refused-connections.json"),
        *(f"{folder}/{name}" for folder in ("1 CP1", "2 cp_2") for name in names),
    ]
    server = json.loads(files["server.json"])
    assert (server["versions"]["edge-csms"], server["storage"]) == (VERSION, "ok")
    assert server["integrity"] == "read from end to end before the start, and sound"
    assert [one["charge_point_id"] for one in json.loads(files["charge-points.json"])] == ["CP1", "CP~2"]
    frames = [json.loads(line) for line in files["1 CP1/frames.jsonl"].splitlines()]
    assert frames[0]["action"] == "BootNotification"
    assert b"odd" in files["1 CP1/findings.txt"]
    assert json.loads(files["configuration.json"])["server"]["host"] == "127.0.0.1"


async def test_only_what_was_ticked_is_in_it(site: RunningSite) -> None:
    assert list(await bundle(site, ["server", "frames", "server"])) == ["server.json"]


async def test_neither_keys_nor_passwords_get_into_it(site: RunningSite) -> None:
    key = (await site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1"})).json["password"]
    with pytest.raises(Refused):
        await RawCharger(site.port, headers=basic("CP1", "a-wrong-password")).connect()
    charge_point = ChargePoint(site.ocpp_url, "CP1", password=bytes.fromhex(key))
    await charge_point.connect()
    await charge_point.boot()
    new = "feedfacefeedfacefeedfacefeedface"
    path = "/api/v1/charge-points/CP1/configuration/AuthorizationKey"
    assert (await site.ask("PUT", path, {"value": new})).status == 200
    await charge_point.close()
    everything = b"".join((await bundle(site, EVERYTHING, "CP1")).values()).lower()
    assert b"authorizationkey" in everything
    for secret in (key, new, "a-wrong-password", await site.token(Role.TECHNICIAN)):
        assert secret.lower().encode() not in everything


async def test_who_may_not_or_asks_for_nonsense_is_refused(site: RunningSite) -> None:
    assert (await site.ask("POST", PATH, {"parts": ["server"]}, role=Role.VIEWER)).status == 403
    assert (await site.ask("POST", PATH, {"parts": []})).status == 400
    assert (await site.ask("POST", PATH, {"parts": ["passwords"]})).status == 400
    assert (await site.ask("POST", PATH, {"parts": ["frames"], "charge_point_ids": ["NOBODY"]})).status == 404


def test_secrets_are_known_by_their_names_and_logins_by_their_place() -> None:
    told: dict[str, Any] = {
        "upstream": [{"url": "wss://anna:geheim@cloud/ocpp", "password": "geheim", "api_token": "geheim"}],
        "tls": {"key": "geheim", "keys_kept": "3"},
        "auth": {"access_token_minutes": 15},
    }
    text = json.dumps(redacted(told))
    assert "geheim" not in text
    assert "cloud/ocpp" in text
    assert redacted(told)["auth"] == {"access_token_minutes": 15}
    assert redacted(told)["tls"]["keys_kept"] == "3"
