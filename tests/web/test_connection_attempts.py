"""Tests of connection attempts over REST: each stage at which a charger gets stuck, with the cause and what to do."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from edge_csms.domain.roles import Role
from tests.conftest import StartSite
from tests.raw_charger import RawCharger, Refused, basic
from tests.running import RunningSite
from tests.scenarios.charger import Charger, refused, until

ATTEMPTS = "/api/v1/connection-attempts"
TOKEN = "eyJhbGciOiJIUzI1NiJ9." + "c2VjcmV0" * 20 + ".c2VjcmV0"


@pytest.fixture
def careful_site(start_site: StartSite) -> RunningSite:
    """Give a server where unknown chargers wait for acceptance."""
    return start_site()


@pytest.fixture
def closed_site(start_site: StartSite) -> RunningSite:
    """Give a server that turns unknown chargers away."""
    return start_site(new_charge_points="reject")


async def attempts(site: RunningSite, query: str = "") -> list[dict[str, Any]]:
    return list((await site.get(f"{ATTEMPTS}{query}"))["items"])


async def only(site: RunningSite) -> dict[str, Any]:
    (attempt,) = await attempts(site)
    return attempt


async def turn_up(site: RunningSite, **options: Any) -> int:
    """Shake hands, and give the status."""
    try:
        async with RawCharger(site.port, **options):
            return 101
    except Refused as refused:
        return refused.status


def stuck_at(attempt: dict[str, Any], stage: str, cause: str) -> None:
    """Hold that an attempt ended there, with advice."""
    assert (attempt["outcome"], attempt["stage"]) == ("refused", stage)
    assert cause in attempt["cause"]
    assert attempt["fix"].endswith(".")
    assert attempt["address"] == "127.0.0.1"


# Stage by stage; what ends before the path is tried in test_server.py


async def test_tls_on_the_plain_port(quick_site: RunningSite) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", quick_site.port)
    writer.write(b"\x16\x03\x01\x02\x00")
    await until(quick_site.app.attempts.list_)
    writer.close()
    stuck_at(await only(quick_site), "tls", "it speaks TLS to the plain port")


async def test_a_path_without_an_identity(quick_site: RunningSite) -> None:
    assert await turn_up(quick_site, path="/ocpp/") == 404
    attempt = await only(quick_site)
    stuck_at(attempt, "path", "the path names no charge point")
    assert (attempt["path"], attempt["charge_point_id"]) == ("/ocpp/", None)


async def test_an_identity_that_is_none(quick_site: RunningSite) -> None:
    assert await turn_up(quick_site, identity="x" * 49) == 404
    stuck_at(await only(quick_site), "identity", "the identity can't be used")


async def test_an_unknown_identity(closed_site: RunningSite) -> None:
    assert await turn_up(closed_site) == 404
    attempt = await only(closed_site)
    stuck_at(attempt, "identity", "no charge point has this identity")
    assert attempt["charge_point_id"] == "CP1"


async def test_a_second_one_with_the_same_identity(quick_site: RunningSite) -> None:
    async with RawCharger(quick_site.port) as charger:
        await charger.heartbeat()
        assert await turn_up(quick_site) == 409
        refused, connected = await attempts(quick_site)
        stuck_at(refused, "identity", "connected already")
        assert connected["outcome"] == "connected"


@pytest.mark.parametrize(
    ("headers", "cause"), [(None, "it sent no password"), (basic("CP1", "wrong"), "its password is wrong")]
)
async def test_a_credential_that_is_missing_or_wrong(quick_site: RunningSite, headers: Any, cause: str) -> None:
    await quick_site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1"})
    assert await turn_up(quick_site, headers=headers) == 401
    stuck_at(await only(quick_site), "credential", cause)


async def test_a_token_that_does_not_hold(quick_site: RunningSite) -> None:
    assert await turn_up(quick_site, path=f"/ocpp/CP1?token={TOKEN}") == 401
    stuck_at(await only(quick_site), "credential", "its token doesn't hold")


async def test_no_common_subprotocol(quick_site: RunningSite) -> None:
    async with RawCharger(quick_site.port, subprotocols="ocpp0.1, ocpp9") as charger:
        await charger.closed()
    stuck_at(await only(quick_site), "subprotocol", "it offers only ocpp0.1, ocpp9")


async def test_one_that_says_nothing_after_the_handshake(quick_site: RunningSite) -> None:
    async with RawCharger(quick_site.port):
        attempt = await only(quick_site)
        assert (attempt["outcome"], attempt["stage"]) == ("connected", "subprotocol")
    await until(lambda: quick_site.app.attempts.list_()[0].outcome == "ended")
    attempt = await only(quick_site)
    assert (attempt["stage"], attempt["cause"]) == ("subprotocol", "it sent no message")
    assert attempt["fix"]


async def test_one_that_speaks_and_does_not_boot(quick_site: RunningSite) -> None:
    async with RawCharger(quick_site.port) as charger:
        await charger.heartbeat()
        attempt = await only(quick_site)
    assert (attempt["outcome"], attempt["stage"], attempt["cause"]) == ("connected", "first_frame", "")


async def test_one_that_waits_for_acceptance_and_then_is_accepted(careful_site: RunningSite) -> None:
    async with RawCharger(careful_site.port) as charger:
        assert (await charger.boot())["status"] == "Pending"
        attempt = await only(careful_site)
        assert (attempt["stage"], attempt["cause"]) == ("boot", "it waits for acceptance")
        assert attempt["fix"]
        accept = {"registration": "accepted"}
        await careful_site.ask("PATCH", "/api/v1/charge-points/CP1", accept, role=Role.TECHNICIAN)
        assert (await charger.boot())["status"] == "Accepted"
        attempt = await only(careful_site)
        assert (attempt["stage"], attempt["cause"], attempt["fix"]) == ("accepted", "", "")


# What is kept


async def test_equal_refusals_are_counted(closed_site: RunningSite) -> None:
    for _ in range(5):
        await turn_up(closed_site)
    assert (await only(closed_site))["count"] == 5


async def test_attempts_of_one_charger_can_be_asked_for(quick_site: RunningSite) -> None:
    for identity in ("CP1", "CP2"):
        async with RawCharger(quick_site.port, identity):
            pass
    assert [one["charge_point_id"] for one in await attempts(quick_site, "?charge_point_id=cp2")] == ["CP2"]
    assert [one["charge_point_id"] for one in await attempts(quick_site, "?limit=1")] == ["CP2"]


async def test_counts_of_refusals_outlive_a_restart(closed_site: RunningSite) -> None:
    for _ in range(3):
        await turn_up(closed_site)
    await closed_site.stop()
    await closed_site.start()
    assert await attempts(closed_site) == []
    await turn_up(closed_site)
    (refused,) = (await closed_site.get(f"{ATTEMPTS}/refused"))["items"]
    assert (refused["charge_point_id"], refused["stage"], refused["count"]) == ("cp1", "identity", 4)
    assert refused["first_at"] <= refused["last_at"]


@pytest.mark.parametrize(
    "path",
    [
        f"/ocpp/CP1?token={TOKEN}",
        f"/ocpp/CP1/?token={TOKEN}",
        f"/ocpp/CP1%3Ftoken={TOKEN}",
        f"/ws://CP1:{TOKEN}@192.168.1.2/ocpp/CP9%",
        f"/ws://CP1:{TOKEN}@192.168.1.2/ocpp/CP1",
    ],
)
async def test_no_secret_is_kept_or_logged(
    quick_site: RunningSite, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    caplog.set_level(0)
    await quick_site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1"})
    await turn_up(quick_site, path=path, headers=basic("CP1", TOKEN))
    shown = str(await attempts(quick_site)) + str(await quick_site.get(f"{ATTEMPTS}/refused"))
    shown += str(await quick_site.get("/api/v1/charge-points"))
    assert TOKEN not in shown
    assert TOKEN not in caplog.text


# Guessing


async def test_who_guesses_passwords_must_wait_and_the_right_one_from_elsewhere_need_not(
    quick_site: RunningSite,
) -> None:
    created = await quick_site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1"})
    wrong, key = basic("CP1", "wrong"), created.json["password"]
    assert [await turn_up(quick_site, headers=wrong) for _ in range(12)] == [401] * 10 + [429] * 2
    refusal = await refused(Charger(quick_site.ocpp_url, password=key))
    assert (refusal.status, 1 <= int(refusal.headers["Retry-After"]) <= 60) == (429, True)
    latest, *_ = await attempts(quick_site)
    stuck_at(latest, "credential", "it sent a wrong password too often")
    assert latest["count"] == 3
    async with Charger(quick_site.ocpp_url, password=key, source="127.0.0.2") as charger:
        assert (await charger.boot())["status"] == "Accepted"


async def test_guessing_for_one_charger_keeps_no_other_waiting(quick_site: RunningSite) -> None:
    keys = {}
    for identity in ("CP1", "CP2"):
        created = await quick_site.ask("POST", "/api/v1/charge-points", {"charge_point_id": identity})
        keys[identity] = created.json["password"]
    for _ in range(11):
        await turn_up(quick_site, headers=basic("CP1", "wrong"))
    async with Charger(quick_site.ocpp_url, "CP2", password=keys["CP2"]):
        pass


async def test_a_login_with_the_right_password_forgets_the_wrong_ones(quick_site: RunningSite) -> None:
    created = await quick_site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1"})
    wrong, right = basic("CP1", "wrong"), basic("CP1", created.json["password"])
    for _ in range(3):
        assert [await turn_up(quick_site, headers=wrong) for _ in range(9)] == [401] * 9
        assert await turn_up(quick_site, headers=right) == 101


async def test_what_is_no_guess_never_counts(closed_site: RunningSite) -> None:
    assert {await turn_up(closed_site, headers=basic("CP1", "key")) for _ in range(15)} == {404}
    await closed_site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1", "password": None})
    assert {await turn_up(closed_site, path=f"/ocpp/CP1?token={TOKEN}") for _ in range(15)} == {401}


async def test_of_a_flood_of_passwords_that_are_slow_to_check_most_are_turned_away(quick_site: RunningSite) -> None:
    await quick_site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1", "password": "typed by a person"})
    everywhere = [Charger(quick_site.ocpp_url, password="guess", source=f"127.0.1.{n}") for n in range(1, 91)]
    refusals = await asyncio.gather(*map(refused, everywhere))
    assert Counter(refusal.status for refusal in refusals).keys() == {401, 503}
    assert {refusal.headers["Retry-After"] for refusal in refusals if refusal.status == 503} == {"2"}
    async with Charger(quick_site.ocpp_url, password="typed by a person"):
        pass
