"""Settings over REST: shown with where they come from, changed by administrators, and no secret among them."""

from edge_csms.domain.roles import Role
from tests.running import RunningSite


async def test_every_setting_is_listed_with_its_source_and_effect(site: RunningSite) -> None:
    answer = await site.get("/api/v1/settings")
    assert answer["trial"] is None
    items = {one["key"]: one for one in answer["items"]}
    assert items["site.name"] == {
        "key": "site.name",
        "value": "Charging site",
        "default": "Charging site",
        "source": "default",
        "effect": "at_once",
        "read_only": False,
        "reason": None,
        "wanted": "a text of one line, not empty",
        "choices": None,
        "least": None,
        "most": None,
    }
    assert (items["server.port"]["effect"], items["storage.data_dir"]["effect"]) == ("trial", "restart")
    assert items["storage.data_dir"]["read_only"]
    assert items["ocpp.validation"]["choices"] == ["strict", "tolerant"]
    assert "key" in items["tls.key"]["reason"]


async def test_a_change_is_answered_with_all_settings_and_leaves_a_trail(site: RunningSite) -> None:
    answer = await site.ask("PATCH", "/api/v1/settings", {"values": {"site.name": "Depot"}})
    assert answer.status == 200
    assert next(one for one in answer.json["items"] if one["key"] == "site.name")["source"] == "page"
    entry = (await site.get("/api/v1/audit?action=change%20settings"))["items"][0]
    assert (entry["username"], entry["subject"], entry["details"]) == (
        "the-admin",
        "site.name",
        '{"site.name": "Depot"}',
    )


async def test_wrong_values_are_told_by_their_keys(site: RunningSite) -> None:
    body = {"values": {"ocpp.validation": "lax", "tls.port": 70000}}
    answer = await site.ask("PATCH", "/api/v1/settings", body)
    assert answer.status == 400
    assert set(answer.json["errors"]) == {"ocpp.validation", "tls.port"}


async def test_only_administrators_change(site: RunningSite) -> None:
    body = {"values": {"site.name": "X"}}
    assert (await site.ask("PATCH", "/api/v1/settings", body, role=Role.TECHNICIAN)).status == 403
    assert (await site.ask("GET", "/api/v1/settings", role=Role.VIEWER)).status == 200
    assert (await site.ask("DELETE", "/api/v1/settings/trial", role=Role.TECHNICIAN)).status == 403
    assert (await site.ask("GET", "/api/v1/settings", role=None)).status == 401
