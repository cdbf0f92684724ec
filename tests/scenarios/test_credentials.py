"""What proves a charger's identity: nothing, a key in one of its forms, or a token; and what is turned away."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from edge_csms.domain.roles import Role
from edge_csms.services import accounts
from tests.conftest import StartSite
from tests.raw_charger import RawCharger, Refused, basic
from tests.running import RunningSite

PATHS = ("/ocpp/CP1/", "/ws/ocpp/CP1/")


@pytest.fixture
def careful_site(start_site: StartSite) -> RunningSite:
    """Give a server where unknown chargers have to wait for acceptance, as is the default."""
    return start_site()


@pytest.fixture
def strict_site(start_site: StartSite) -> RunningSite:
    """Give a server that turns unknown chargers away."""
    return start_site(new_charge_points="reject")


async def add(site: RunningSite, identity: str = "CP1", **body: Any) -> dict[str, Any]:
    answer = await site.ask("POST", "/api/v1/charge-points", {"charge_point_id": identity, **body})
    assert answer.status == 201, answer.body
    created: dict[str, Any] = answer.json
    return created


async def turned_away(charger: RawCharger) -> Refused:
    try:
        await charger.connect()
    except Refused as refused:
        return refused
    charger.hang_up()
    raise AssertionError("it was let in")


async def is_unauthorized(charger: RawCharger) -> bool:
    refused = await turned_away(charger)
    return (refused.status, refused.headers["www-authenticate"][:6]) == (401, "Basic ")


# Keys and passwords


async def test_a_made_up_key_lets_in_as_bytes_and_as_hex_which_is_noted(site: RunningSite) -> None:
    key = (await add(site))["password"]
    assert len(bytes.fromhex(key)) in range(16, 21)
    async with RawCharger(site.port, headers=basic("CP1", bytes.fromhex(key))) as charger:
        await charger.heartbeat()
        assert (await site.get("/api/v1/charge-points/CP1"))["findings"] == []
    async with RawCharger(site.port, headers=basic("CP1", key.upper())) as charger:
        await charger.heartbeat()
        (finding,) = (await site.get("/api/v1/charge-points/CP1"))["findings"]
        assert finding["code"] == "key_as_hex"
        assert key not in str(finding)


async def test_a_chosen_password_lets_in(site: RunningSite) -> None:
    await add(site, password="garage door:7")
    for _ in range(2):  # the second time it is compared in memory
        async with RawCharger(site.port, headers=basic("CP1", "garage door:7")) as charger:
            await charger.heartbeat()


async def test_identity_and_password_may_hold_colons_and_the_name_may_differ_in_case(site: RunningSite) -> None:
    await add(site, "A:B", password=":c:")
    async with RawCharger(site.port, "A%3AB", headers=basic("a:b", ":c:")) as charger:
        await charger.heartbeat()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("CP1", "wrong"),
        basic("CP1", ""),
        basic("CP2", "right password"),
        basic("CP1:right password", ""),
        {"Authorization": "Basic right password"},
        {"Authorization": "Basic"},
        {"Authorization": "Bearer right password"},
    ],
)
async def test_without_the_right_password_it_is_401(site: RunningSite, headers: dict[str, str | None]) -> None:
    await add(site, password="right password")
    for path in PATHS:
        assert await is_unauthorized(RawCharger(site.port, path=path, headers=headers))
    async with RawCharger(site.port, headers=basic("CP1", "right password")) as charger:
        await charger.heartbeat()


async def test_a_password_that_nobody_asked_for_does_no_harm(site: RunningSite) -> None:
    await add(site, password=None)
    async with RawCharger(site.port, headers=basic("CP1", "whatever")) as charger:
        await charger.heartbeat()
    async with RawCharger(site.port, "NEW", headers=basic("NEW", "whatever")) as charger:
        await charger.heartbeat()


async def test_a_new_password_holds_at_once_and_null_ends_it(site: RunningSite) -> None:
    await add(site, password="first password")
    await site.ask("PATCH", "/api/v1/charge-points/CP1", {"password": "second password"})
    assert await is_unauthorized(RawCharger(site.port, headers=basic("CP1", "first password")))
    async with RawCharger(site.port, headers=basic("CP1", "second password")) as charger:
        await charger.heartbeat()
    await site.ask("PATCH", "/api/v1/charge-points/CP1", {"password": None})
    async with RawCharger(site.port) as charger:
        await charger.heartbeat()


# Tokens of people


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.ADMIN])
async def test_tokens_of_those_who_may_connect_chargers_open_a_socket_that_outlives_them(
    site: RunningSite, role: Role
) -> None:
    token = await site.token(role)
    for path in PATHS:
        async with RawCharger(site.port, path=f"{path}?token={token}") as charger:
            await charger.heartbeat()
            if path == PATHS[-1]:
                await site.token(Role.ADMIN)
                await site.ask(
                    "POST", "/api/v1/users", {"username": "other", "password": "Kilo-Watt-7", "role": "admin"}
                )
                assert (await site.ask("DELETE", f"/api/v1/users/the-{role}")).status == 204
            await charger.heartbeat()


async def bad_tokens(site: RunningSite) -> dict[str, str]:
    good = await site.token(Role.TECHNICIAN)
    account = await site.app.database.read(accounts.find, "the-technician")
    assert account is not None
    now, tokens = site.app.clock.now(), site.app.tokens
    return {
        "expired": tokens.issue("access", account, now - timedelta(days=1)),
        "refresh": tokens.issue("refresh", account, now),
        "viewer": await site.token(Role.VIEWER),
        "forged": good[:-4] + ("aaaa" if good[-4:] != "aaaa" else "bbbb"),
        "garbage": "garbage",
        "empty": "",
        "encoded": "%00%ff",
        "long": "x" * 5000,
    }


@pytest.mark.parametrize("path", PATHS)
async def test_a_token_that_does_not_hold_is_401_even_where_none_is_needed(site: RunningSite, path: str) -> None:
    await add(site, password=None)
    for name, token in (await bad_tokens(site)).items():
        assert await is_unauthorized(RawCharger(site.port, path=f"{path}?token={token}")), name
    async with RawCharger(site.port) as charger:
        await charger.heartbeat()


async def test_a_token_registers_no_charger(strict_site: RunningSite) -> None:
    token = await strict_site.token(Role.ADMIN)
    assert (await turned_away(RawCharger(strict_site.port, path=f"/ocpp/CP1?token={token}"))).status == 404


async def test_a_token_accepts_no_charger_and_replaces_no_password(careful_site: RunningSite) -> None:
    token = await careful_site.token(Role.ADMIN)
    async with RawCharger(careful_site.port, path=f"/ocpp/CP1?token={token}") as charger:
        assert (await charger.boot())["status"] == "Pending"
    await add(careful_site, "CP2", password="right password")
    assert await is_unauthorized(RawCharger(careful_site.port, path=f"/ocpp/CP2?token={token}"))


async def test_no_token_and_no_password_reaches_the_log(site: RunningSite, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await add(site, password="right password")
    token, bad = await site.token(Role.ADMIN), await bad_tokens(site)
    async with RawCharger(site.port, path=f"/ocpp/CP2?token={token}") as charger:
        await charger.heartbeat()
    await turned_away(RawCharger(site.port, path=f"/ocpp/CP2?token={bad['expired']}"))
    await turned_away(RawCharger(site.port, path=f"/?token={token}"))
    await turned_away(RawCharger(site.port, path=f"/api/v1/nothing?token={token}"))
    await turned_away(RawCharger(site.port, headers=basic("CP1", "almost right")))
    for secret in (
        token,
        bad["expired"],
        "right password",
        "almost right",
        basic("CP1", "almost right")["Authorization"],
    ):
        assert str(secret) not in caplog.text


# Tokens of chargers


async def charger_token(site: RunningSite, identity: str = "CP1") -> str:
    answer = await site.ask("POST", f"/api/v1/charge-points/{identity}/token")
    assert answer.status == 200
    path = f"/ws/ocpp/{identity}/?token={answer.json['token']}"
    assert answer.json["url"] == f"ws://127.0.0.1:{site.port}{path}"
    return path


async def test_a_charger_token_lets_in_its_charger_until_it_is_ended(site: RunningSite) -> None:
    await add(site, password=None)
    await add(site, "CP2", password=None)
    path = await charger_token(site)
    async with RawCharger(site.port, path=path) as charger:
        await charger.heartbeat()
    assert await is_unauthorized(RawCharger(site.port, path=path.replace("CP1", "CP2")))
    assert (await site.ask("DELETE", "/api/v1/charge-points/CP1/token")).status == 204
    assert await is_unauthorized(RawCharger(site.port, path=path))
    async with RawCharger(site.port) as charger:
        await charger.heartbeat()


async def test_a_new_charger_token_ends_the_one_before(site: RunningSite) -> None:
    await add(site, password=None)
    first, second = await charger_token(site), await charger_token(site)
    assert await is_unauthorized(RawCharger(site.port, path=first))
    async with RawCharger(site.port, path=second) as charger:
        await charger.heartbeat()


async def test_a_charger_token_is_no_password_and_no_key_to_the_api(site: RunningSite) -> None:
    await add(site, password="right password")
    path = await charger_token(site)
    assert await is_unauthorized(RawCharger(site.port, path=path))
    async with RawCharger(site.port, path=path, headers=basic("CP1", "right password")) as charger:
        await charger.heartbeat()
    token = path.partition("=")[2]
    assert (await site.ask("GET", "/api/v1/account", token=token)).status == 401


async def test_the_token_of_a_deleted_charger_does_not_hold(site: RunningSite) -> None:
    await add(site, password=None)
    path = await charger_token(site)
    await site.ask("DELETE", "/api/v1/charge-points/CP1")
    assert await is_unauthorized(RawCharger(site.port, path=path))


async def test_an_ended_token_is_401_beside_the_right_password_too(site: RunningSite) -> None:
    await add(site, password="right password")
    path = await charger_token(site)
    await site.ask("DELETE", "/api/v1/charge-points/CP1/token")
    assert await is_unauthorized(RawCharger(site.port, path=path, headers=basic("CP1", "right password")))


# Unknown chargers


async def test_an_unknown_charger_is_turned_away_where_the_policy_says_reject(strict_site: RunningSite) -> None:
    refused = await turned_away(RawCharger(strict_site.port))
    assert refused.status == 404
    assert "Add the charger" in refused.body
    assert (await strict_site.get("/api/v1/charge-points"))["items"] == []


async def test_an_unknown_charger_is_registered_at_once_where_the_policy_says_accept(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        assert (await charger.boot())["status"] == "Accepted"
        assert (await site.get("/api/v1/charge-points/CP1"))["registration"] == "accepted"


async def test_an_unknown_charger_waits_in_the_inbox_until_somebody_accepts_it(careful_site: RunningSite) -> None:
    site = careful_site
    async with RawCharger(site.port) as charger:
        assert (await site.get("/api/v1/charge-points/CP1"))["registration"] == "pending"  # before it says a word
        answer = await charger.boot()
        assert (answer["status"], answer["interval"]) == ("Pending", 15)
        for action, payload in (("Heartbeat", {}), ("Authorize", {"idTag": "A"}), ("Nonsense", {})):
            assert (await charger.call(action, payload))[0] in ("SecurityError", "NotImplemented")
        start = {"charger_id": "CP1", "id_tag": "A", "connector_id": 1}
        assert (await site.ask("POST", "/api/remote-transactions/start/", start)).status == 409
        calls = "/api/v1/charge-points/CP1/calls/"
        assert (await site.ask("POST", calls + "RemoteStopTransaction", {"transactionId": 1})).status == 409

        changed = await site.ask(
            "PATCH", "/api/v1/charge-points/CP1", {"registration": "accepted"}, role=Role.TECHNICIAN
        )
        assert (changed.status, changed.json["registration"]) == (200, "accepted")
        answer = await charger.boot()
        assert (answer["status"], answer["interval"]) == ("Accepted", 300)
        await charger.heartbeat()


async def test_a_charger_that_was_accepted_before_may_still_bring_its_transactions(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        await site.ask("PATCH", "/api/v1/charge-points/CP1", {"registration": "pending"})
        assert (await charger.boot())["status"] == "Pending"
        now = site.app.clock.now().isoformat()
        start = {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": now}
        transaction_id = (await charger.call("StartTransaction", start))["transactionId"]
        values = {"connectorId": 1, "meterValue": [{"timestamp": now, "sampledValue": [{"value": "5"}]}]}
        assert await charger.call("MeterValues", values) == {}
        stop = {"transactionId": transaction_id, "meterStop": 5, "timestamp": now}
        assert await charger.call("StopTransaction", stop) == {"idTagInfo": {"status": "Accepted"}}
        assert (await charger.call("Heartbeat"))[0] == "SecurityError"
