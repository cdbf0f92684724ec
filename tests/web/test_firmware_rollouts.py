"""Roll-outs over REST; how they go on is in tests/scenarios/test_firmware_rollouts.py."""

from edge_csms.domain.roles import Role
from tests.file_jobs import image_id
from tests.running import RunningSite

ROLLOUTS = "/api/v1/firmware-rollouts"


async def test_a_roll_out_is_begun_shown_and_listed(site: RunningSite) -> None:
    for identity in ("CP1", "CP2"):
        await site.ask("POST", "/api/v1/charge-points", {"charge_point_id": identity})
    body = {"image_id": await image_id(site), "charge_point_ids": ["CP2", "CP1"]}
    assert (await site.ask("POST", ROLLOUTS, body, role=Role.VIEWER)).status == 403
    begun = await site.ask("POST", ROLLOUTS, body, role=Role.TECHNICIAN)
    assert (begun.status, begun.json["state"], begun.json["asked_by"]) == (201, "running", "the-technician")
    assert [step["charge_point_id"] for step in begun.json["steps"]] == ["CP2", "CP1"]
    path = f"{ROLLOUTS}/{begun.json['rollout_id']}"
    assert (await site.get(path))["steps"][1] == {
        "charge_point_id": "CP1",
        "job_id": None,
        "state": None,
        "reason": None,
    }
    assert [item["rollout_id"] for item in (await site.get(ROLLOUTS))["items"]] == [begun.json["rollout_id"]]
    entry = (await site.get("/api/v1/audit?action=firmware_rollout.begin"))["items"][0]
    assert (entry["subject"], entry["details"]) == ("roll-out 1", "image 1: CP2, CP1")


async def test_what_can_not_be_rolled_out_is_refused(site: RunningSite) -> None:
    await site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1"})
    image = await image_id(site)
    for body, status in (
        ({"image_id": image, "charge_point_ids": []}, 400),
        ({"image_id": image, "charge_point_ids": ["CP1", "cp1"]}, 400),
        ({"image_id": image, "charge_point_ids": ["CP9"]}, 404),
        ({"image_id": 99, "charge_point_ids": ["CP1"]}, 404),
        ({"image_id": image, "charge_point_ids": ["CP1"], "signed": True}, 400),
    ):
        assert (await site.ask("POST", ROLLOUTS, body)).status == status
    assert (await site.ask("GET", f"{ROLLOUTS}/99")).status == 404
    assert (await site.ask("POST", f"{ROLLOUTS}/99/cancel")).status == 404
