"""A change of the network comes back by itself, over a kill too, unless somebody confirms it at its new address."""

import asyncio
import json
import socket
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from edge_csms.services import settings
from tests.running import Answer, RunningSite
from tests.scenarios.charger import Charger

CONFIRM = "/api/v1/settings/trial/confirm"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def is_open(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


async def change(site: RunningSite, **values: Any) -> Any:
    answer = await site.ask(
        "PATCH", "/api/v1/settings", {"values": {k.replace("__", "."): v for k, v in values.items()}}
    )
    assert answer.status == 200, answer.body
    return answer.json["trial"]


async def confirm(site: RunningSite, url: str, code: str) -> Answer:
    tls = site.trust() if url.startswith("https") else None
    request = HTTPRequest(
        url.rstrip("/") + CONFIRM,
        "POST",
        {"Content-Type": "application/json"},
        json.dumps({"code": code}),
        ssl_options=tls,
    )
    client = AsyncHTTPClient(force_instance=True)
    answer = await client.fetch(request, raise_error=False)
    client.close()
    return Answer(answer.code, answer.headers, answer.body)


async def settings_of(site: RunningSite) -> dict[str, Any]:
    return {one["key"]: one["value"] for one in (await site.get("/api/v1/settings"))["items"]}


async def state_of(site: RunningSite) -> str:
    trial = (await site.get("/api/v1/settings/trial"))["trial"]
    return str(trial["state"])


async def test_a_new_port_is_open_beside_the_old_one_and_kept_when_it_is_confirmed_there(site: RunningSite) -> None:
    before, port = site.port, free_port()
    async with Charger(site.ocpp_url) as charger:
        await charger.boot()
        trial = await change(site, server__port=port)
        assert (trial["state"], trial["url"]) == ("running", f"http://127.0.0.1:{port}/")
        assert 80 < trial["seconds_left"] <= 90
        assert (await settings_of(site))["server.port"] == 0  # what is tried is not in force
        assert (await site.get("/api/v1/settings/trial"))["trial"]["code"] is None
        assert trial["elsewhere"] == 1
        assert (await confirm(site, f"http://127.0.0.1:{before}", trial["code"])).status == 409
        assert (await confirm(site, trial["url"], "guessed")).status == 403
        answer = await confirm(site, trial["url"], trial["code"])
        assert (answer.status, answer.json["trial"]["state"]) == (200, "kept")
        await charger.call("Heartbeat")  # nobody is thrown out
        assert (is_open(before), is_open(port)) == (False, True)
        assert (await confirm(site, trial["url"], trial["code"])).status == 404
    assert (await settings_of(site))["server.port"] == port
    await site.stop()
    await site.start()
    assert site.port == port


async def test_without_a_confirmation_it_comes_back(site: RunningSite) -> None:
    site.app.settings.trial.seconds = 0.05
    before, port = site.port, free_port()
    await change(site, server__port=port)
    async with asyncio.timeout(5):
        while (trial := site.app.settings.trial.last) is not None and trial.state == "running":
            await asyncio.sleep(0.01)
    assert await state_of(site) == "expired"
    assert (is_open(before), is_open(port)) == (True, False)
    assert await site.app.database.run(settings.find_trial) is None


async def test_it_is_taken_back_by_hand(site: RunningSite) -> None:
    before, port = site.port, free_port()
    await change(site, server__port=port)
    answer = await site.ask("DELETE", "/api/v1/settings/trial")
    assert (answer.status, answer.json["trial"]["state"]) == (200, "taken_back")
    assert (is_open(before), is_open(port)) == (True, False)
    assert (await site.ask("DELETE", "/api/v1/settings/trial")).status == 404


async def test_a_server_that_stops_on_trial_starts_as_before_and_says_so(site: RunningSite) -> None:
    before = site.port
    await change(site, server__port=free_port())
    await site.stop()
    await site.start()
    assert site.port == before
    assert await state_of(site) == "stopped"
    await site.stop()
    await site.start()
    assert (await site.get("/api/v1/settings/trial"))["trial"] is None


async def test_only_one_change_is_on_trial_and_others_go_on(site: RunningSite) -> None:
    trial = await change(site, server__port=free_port())
    answer = await site.ask("PATCH", "/api/v1/settings", {"values": {"server.port": free_port()}})
    assert answer.status == 409
    await change(site, site__name="Depot")
    assert (await confirm(site, trial["url"], trial["code"])).status == 200
    assert (await settings_of(site))["site.name"] == "Depot"


# Tornado's bind_sockets leaves the socket that it could not bind to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_port_that_can_not_be_had_is_refused_at_once_and_nothing_is_kept(site: RunningSite) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        values = {"server.port": port, "site.name": "Depot"}
        answer = await site.ask("PATCH", "/api/v1/settings", {"values": values})
    assert answer.status == 400
    assert "another program uses it" in answer.json["errors"]["server.port"][0]
    assert (await settings_of(site))["site.name"] == "Charging site"
    assert (await site.get("/api/v1/settings/trial"))["trial"] is None
    await change(site, server__port=free_port())  # the next one may begin


async def test_tls_is_tried_while_people_still_reach_the_plain_port(site: RunningSite) -> None:
    trial = await change(site, tls__enabled=True, tls__port=0)
    assert trial["url"].startswith("https://127.0.0.1:")
    assert (await site.ask("GET", "/api/v1/settings/trial")).status == 200
    async with Charger(site.ocpp_url) as charger:
        await charger.boot()
        assert (await confirm(site, trial["url"], trial["code"])).status == 200
        await charger.call("Heartbeat")
    client = AsyncHTTPClient(force_instance=True)
    answer = await client.fetch(f"{site.url}/api/v1/site", follow_redirects=False, raise_error=False)
    client.close()
    assert (answer.code, answer.headers["Location"]) == (308, f"{trial['url']}api/v1/site")


async def test_tls_is_given_up_again(tls_site: RunningSite) -> None:
    encrypted = tls_site.app.tls_port
    trial = await change(tls_site, tls__enabled=False)
    assert trial["url"] == f"http://localhost:{tls_site.port}/"
    assert (await confirm(tls_site, f"https://localhost:{encrypted}", trial["code"])).status == 409
    assert is_open(encrypted)
    assert (await confirm(tls_site, trial["url"], trial["code"])).status == 200
    assert not is_open(encrypted)
