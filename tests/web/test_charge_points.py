"""Charge points over REST: announced, accepted, changed and retired, and shown as they are."""

from typing import Any

import pytest

from edge_csms.domain.roles import Role
from tests.raw_charger import RawCharger
from tests.running import RunningSite

CHARGE_POINTS = "/api/v1/charge-points"
CP1 = f"{CHARGE_POINTS}/CP1"


async def add(site: RunningSite, identity: str = "CP1", **body: Any) -> dict[str, Any]:
    answer = await site.ask("POST", CHARGE_POINTS, {"charge_point_id": identity, **body}, role=Role.TECHNICIAN)
    assert answer.status == 201, answer.body
    created: dict[str, Any] = answer.json
    return created


async def test_a_charge_point_is_announced_with_a_key_that_is_shown_once(site: RunningSite) -> None:
    created = await add(site, name="Garage")
    assert (created["charge_point_id"], created["name"], created["registration"]) == ("CP1", "Garage", "accepted")
    assert (created["online"], created["has_password"], created["last_seen"]) == (False, True, None)
    assert len(created["password"]) == 40
    shown = await site.get(CP1)
    assert "password" not in shown
    assert shown == {name: value for name, value in created.items() if name != "password"}


@pytest.mark.parametrize(("password", "has_password"), [("garage door", True), (None, False)])
async def test_a_password_may_be_chosen_or_left_out(
    site: RunningSite, password: str | None, has_password: bool
) -> None:
    created = await add(site, password=password)
    assert (created["password"], created["has_password"]) == (None, has_password)


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"charge_point_id"}),
        ({"charge_point_id": ""}, {"charge_point_id"}),
        ({"charge_point_id": "A/B"}, {"charge_point_id"}),
        ({"charge_point_id": " A"}, {"charge_point_id"}),
        ({"charge_point_id": "A\u0007"}, {"charge_point_id"}),
        ({"charge_point_id": "x" * 49}, {"charge_point_id"}),
        (
            {"charge_point_id": 7, "password": False, "name": [], "vendor": "x"},
            {"charge_point_id", "password", "name", "vendor"},
        ),
        ({"charge_point_id": "A", "password": ""}, {"password"}),
        ({"charge_point_id": "A", "password": "x" * 1000}, {"password"}),
        ({"charge_point_id": "A", "name": "x" * 1000}, {"name"}),
    ],
)
async def test_what_can_be_no_charge_point_is_400_and_says_why(
    site: RunningSite, body: dict[str, Any], wrong: set[str]
) -> None:
    answer = await site.ask("POST", CHARGE_POINTS, body)
    assert (answer.status, set(answer.json["errors"])) == (400, wrong)
    assert (await site.get(CHARGE_POINTS))["items"] == []


async def test_an_identity_is_taken_whatever_its_case(site: RunningSite) -> None:
    await add(site, "Cp1")
    for identity in ("Cp1", "cP1"):
        answer = await site.ask("POST", CHARGE_POINTS, {"charge_point_id": identity})
        assert (answer.status, answer.json["detail"]) == (409, f"there is a charge point {identity} already")
    assert (await site.get(CP1))["charge_point_id"] == "Cp1"


async def test_charge_points_are_listed_in_pages_in_the_order_of_their_identity(site: RunningSite) -> None:
    for identity in ("c", "A", "b", "E|1", "d"):
        await add(site, identity, password=None)
    listed: list[str] = []
    cursor = ""
    while True:
        page = await site.get(f"{CHARGE_POINTS}?limit=2{cursor}")
        assert len(page["items"]) <= 2
        listed += [one["charge_point_id"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next'].replace('|', '%7C')}"
    assert listed == ["A", "b", "c", "d", "E|1"]
    assert (await site.get(f"{CHARGE_POINTS}/E%7C1"))["charge_point_id"] == "E|1"


async def test_a_connected_one_is_shown_with_its_connectors_and_what_they_do(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        boot = {
            "chargePointVendor": "Acme",
            "chargePointModel": "Box",
            "firmwareVersion": "1",
            "chargePointSerialNumber": "S",
        }
        await charger.call("BootNotification", boot)
        for connector_id in (0, 1, 2):
            status = {"connectorId": connector_id, "errorCode": "NoError", "status": "Available"}
            await charger.call("StatusNotification", status)
        now = site.app.clock.now().isoformat()
        start = {"connectorId": 2, "idTag": "A", "meterStart": 1000, "timestamp": now}
        transaction_id = (await charger.call("StartTransaction", start))["transactionId"]
        sampled = [{"value": "1500"}, {"value": "7.4", "measurand": "Power.Active.Import", "unit": "kW"}]
        values = {"timestamp": now, "sampledValue": sampled}
        await charger.call("MeterValues", {"connectorId": 2, "transactionId": transaction_id, "meterValue": [values]})

        shown = await site.get(CP1)
        assert (shown["online"], shown["last_seen"] is not None) == (True, True)
        assert (shown["vendor"], shown["model"], shown["firmware_version"], shown["serial_number"]) == (
            "Acme",
            "Box",
            "1",
            "S",
        )
        first, second = shown["connectors"]  # connector 0 is the charge point itself
        assert (first["connector_id"], first["status"], first["transaction_id"]) == (1, "Available", None)
        assert (second["power_w"], second["transaction_id"]) == (7400, transaction_id)
        assert (second["transaction"]["id_tag"], second["transaction"]["energy_wh"]) == ("A", 500)
        assert (second["status"], second["error_code"], second["status_at"][-1]) == ("Available", "NoError", "Z")
        (listed,) = (await site.get(CHARGE_POINTS))["items"]
        assert listed | {"last_seen": shown["last_seen"]} == shown
        await charger.call("StopTransaction", {"transactionId": transaction_id, "meterStop": 1600, "timestamp": now})
        assert (await site.get(CP1))["connectors"][1]["power_w"] is None  # the charge is over, and nothing flows
    await site.charger_is_gone("CP1")
    shown = await site.get(CP1)
    assert (shown["online"], shown["connectors"][1]["power_w"]) == (False, None)


async def test_findings_are_shown_at_once(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        charger.send("no frame")
        charger.send("no frame either")
        await charger.heartbeat()
        (finding,) = (await site.get(CP1))["findings"]
        assert (finding["code"], finding["count"], finding["example"]) == ("invalid_frame", 2, "no frame")
        assert finding["first_seen"].endswith("Z")


async def test_only_what_is_given_is_changed(site: RunningSite) -> None:
    await add(site, name="Garage")
    answer = await site.ask("PATCH", CP1, {"security_profile": 1}, role=Role.TECHNICIAN)
    assert (answer.status, answer.json["name"], answer.json["security_profile"]) == (200, "Garage", 1)
    without = {"name": None, "password": None, "security_profile": 0, "registration": "pending"}
    answer = await site.ask("PATCH", CP1, without)
    assert (answer.json["name"], answer.json["has_password"], answer.json["registration"]) == (None, False, "pending")
    assert (await site.ask("PATCH", CP1, {})).json == answer.json


@pytest.mark.parametrize("profile", [1, 2])
async def test_a_password_that_the_security_profile_asks_for_is_not_taken_away(site: RunningSite, profile: int) -> None:
    await add(site)
    assert (await site.ask("PATCH", CP1, {"security_profile": profile})).status == 200
    for body in ({"password": None}, {"password": None, "security_profile": 3 - profile}):
        answer = await site.ask("PATCH", CP1, body)
        assert (answer.status, "could not connect any more" in answer.json["detail"]) == (409, True)
    assert (await site.get(CP1))["has_password"]
    assert (await site.ask("PATCH", CP1, {"password": "another password"})).json["has_password"]
    answer = await site.ask("PATCH", CP1, {"password": None, "security_profile": 3})
    assert (answer.json["has_password"], answer.json["security_profile"]) == (False, 3)


@pytest.mark.parametrize(
    "body",
    [
        {"registration": "rejected"},
        {"registration": None},
        {"security_profile": 4},
        {"security_profile": -1},
        {"password": ""},
        {"vendor": "Acme"},
        [],
        b"no JSON",
        b'{"name":',
    ],
)
async def test_a_wrong_change_is_400_and_changes_nothing(site: RunningSite, body: Any) -> None:
    created = await add(site)
    answer = await site.ask("PATCH", CP1, body)
    assert (answer.status, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert (await site.get(CP1)) == {name: value for name, value in created.items() if name != "password"}


async def test_a_deleted_one_is_gone_its_connection_ends_and_its_transactions_stay(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        start = {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": site.app.clock.now().isoformat()}
        await charger.call("StartTransaction", start)
        assert (await site.ask("DELETE", CP1, role=Role.TECHNICIAN)).status == 204
        assert await charger.closed() == 1000
    assert (await site.ask("GET", CP1)).status == 404
    (transaction,) = await site.transactions(charge_point_id="CP1")
    assert transaction["charge_point_id"] == "CP1"
    await add(site)
    assert (await site.get(CP1))["connectors"] == []
    assert len(await site.transactions(charge_point_id="CP1")) == 1


async def test_what_is_unknown_is_404(site: RunningSite) -> None:
    for method, path, body in (
        ("GET", CP1, None),
        ("PATCH", CP1, {"name": "x"}),
        ("PATCH", CP1, {}),
        ("DELETE", CP1, None),
        ("POST", f"{CP1}/token", None),
        ("DELETE", f"{CP1}/token", None),
    ):
        answer = await site.ask(method, path, body)
        assert (answer.status, answer.json["detail"]) == (404, "there is no charge point CP1"), (method, path)


async def test_viewers_look_and_technicians_change(site: RunningSite) -> None:
    await add(site)
    for path in (CHARGE_POINTS, CP1):
        assert (await site.ask("GET", path, role=Role.VIEWER)).status == 200
        assert (await site.ask("GET", path, role=None)).status == 401
    for method, path, body in (
        ("POST", CHARGE_POINTS, {"charge_point_id": "CP2"}),
        ("PATCH", CP1, {"name": "x"}),
        ("DELETE", CP1, None),
        ("POST", f"{CP1}/token", None),
        ("DELETE", f"{CP1}/token", None),
    ):
        assert (await site.ask(method, path, body, role=Role.VIEWER)).status == 403, (method, path)
        assert (await site.ask(method, path, body, role=None)).status == 401, (method, path)


async def test_who_did_what_is_in_the_trail_without_secrets(site: RunningSite) -> None:
    await add(site, password="garage door")
    await site.ask("PATCH", CP1, {"registration": "pending", "password": "another door"})
    await site.ask("POST", f"{CP1}/token")
    await site.ask("DELETE", f"{CP1}/token")
    await site.ask("DELETE", CP1)
    await site.ask("DELETE", CP1)
    entries = (await site.get("/api/v1/audit?subject=CP1"))["items"]
    assert [(one["action"], one["subject"], one["details"], one["result"]) for one in reversed(entries)] == [
        ("charge_point.add", "CP1", "", "done"),
        ("charge_point.edit", "CP1", "registration=pending", "done"),
        ("charge_point.token", "CP1", "", "done"),
        ("charge_point.token_end", "CP1", "", "done"),
        ("charge_point.delete", "CP1", "", "done"),
        ("charge_point.delete", "CP1", "", "refused: there is no charge point CP1"),
    ]
    assert "door" not in str(entries)
