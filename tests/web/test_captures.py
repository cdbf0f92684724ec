"""Captures of frames over REST: begun, read while they run, ended, deleted, and who may."""

import json
from urllib.parse import quote

from edge_csms.domain.roles import Role
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite

PATH = "/api/v1/captures"


async def test_a_capture_is_begun_read_ended_and_deleted(site: RunningSite) -> None:
    charge_point = ChargePoint(site.ocpp_url, "CP1")
    await charge_point.connect()
    await charge_point.boot()
    answer = await site.ask("POST", PATH, {"charge_point_id": "cp1", "minutes": 5}, role=Role.TECHNICIAN)
    assert answer.status == 201
    assert (answer.json["charge_point_id"], answer.json["asked_by"]) == ("CP1", "the-technician")
    await charge_point.heartbeat()
    path = f"{PATH}/{quote(answer.json['name'])}"
    file = await site.ask("GET", f"{path}/file")
    heading, heartbeat = [json.loads(line) for line in file.body.splitlines()]
    assert (heading["charge_point_id"], heartbeat["action"]) == ("CP1", "Heartbeat")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert (await site.ask("POST", f"{path}/end")).json["ends_at"] is None
    assert [one["name"] for one in (await site.get(PATH))["items"]] == [answer.json["name"]]
    assert (await site.ask("DELETE", path)).status == 204
    assert (await site.get(PATH))["items"] == []
    assert (await site.ask("GET", f"{path}/file")).status == 404
    await charge_point.close()


async def test_a_running_capture_is_whole_after_the_server_stopped(site: RunningSite) -> None:
    begun = (await site.ask("POST", PATH, {})).json
    charge_point = ChargePoint(site.ocpp_url, "CP1")
    await charge_point.connect()
    await charge_point.boot()
    await charge_point.close()
    await site.stop()
    await site.start()
    file = await site.ask("GET", f"{PATH}/{quote(begun['name'])}/file")
    actions = [json.loads(line).get("action") for line in file.body.splitlines()]
    assert actions[:2] == [None, "BootNotification"]
    [listed] = (await site.get(PATH))["items"]
    assert listed["ends_at"] is None


async def test_who_may_not_or_asks_for_nonsense_is_refused(site: RunningSite) -> None:
    assert (await site.ask("POST", PATH, {}, role=Role.VIEWER)).status == 403
    assert (await site.ask("POST", PATH, {"charge_point_id": "NOBODY"})).status == 404
    assert (await site.ask("POST", PATH, {"minutes": 0})).status == 400
    assert (await site.ask("GET", f"{PATH}/..%2Fsecrets%2Ftoken_key/file")).status == 404
