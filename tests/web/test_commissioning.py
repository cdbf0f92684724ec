"""Commissioning runs over REST."""

from typing import Any

from edge_csms.domain.roles import Role
from tests.commissioning import connected
from tests.running import RunningSite

PATH = "/api/v1/charge-points/CP1/commissioning-runs"
ORDER: dict[str, Any] = {"connector_id": 1, "id_tag": "TEST", "steps": ["boot", "unlock"]}


async def test_a_run_is_begun_followed_and_listed(bench_site: RunningSite) -> None:
    async with connected(bench_site):
        begun = await bench_site.ask("POST", PATH, ORDER, role=Role.TECHNICIAN)
        assert (begun.status, begun.json["technician"], begun.json["state"]) == (201, "the-technician", "running")
        path = f"/api/v1/commissioning-runs/{begun.json['run_id']}"
        while (run := (await bench_site.ask("GET", path, role=Role.VIEWER)).json)["state"] == "running":
            pass
    assert {one["name"]: one["state"] for one in run["steps"]}["unlock"] == "passed"
    listed = await bench_site.get("/api/v1/commissioning-runs?charge_point_id=cp1")
    assert [one["run_id"] for one in listed["items"]] == [run["run_id"]]
    [entry] = [one for one in (await bench_site.get("/api/v1/audit"))["items"] if "commissioning" in one["action"]]
    assert (entry["subject"], entry["username"]) == ("CP1", "the-technician")


async def test_who_may_not_or_asks_for_nonsense_is_refused(bench_site: RunningSite) -> None:
    assert (await bench_site.ask("POST", PATH, ORDER, role=Role.VIEWER)).status == 403
    assert (await bench_site.ask("POST", PATH, ORDER)).status == 404
    await bench_site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1", "password": None})
    assert (await bench_site.ask("POST", PATH, ORDER)).status == 409
    for wrong in ({"steps": []}, {"steps": ["dance"]}, {"connector_id": 0}, {"id_tag": ""}):
        assert (await bench_site.ask("POST", PATH, ORDER | wrong)).status == 400
    assert (await bench_site.ask("GET", "/api/v1/commissioning-runs/7")).status == 404
    assert (await bench_site.ask("POST", "/api/v1/commissioning-runs/7/cancel")).status == 404
