"""Configuration templates over REST."""

from typing import Any

import pytest

from edge_csms.domain.roles import Role
from tests.running import RunningSite

PATH = "/api/v1/configuration-templates"
NEW = {"name": "Acme", "vendor": "Acme*", "settings": {"HeartbeatInterval": "60"}}


async def test_a_template_is_added_changed_and_deleted(site: RunningSite) -> None:
    added = await site.ask("POST", PATH, NEW, role=Role.TECHNICIAN)
    assert added.status == 201
    template_id = added.json["template_id"]
    shown = await site.get(f"{PATH}/{template_id}")
    assert shown == added.json
    assert (shown["model"], shown["automatic"], shown["settings"]) == ("*", False, {"HeartbeatInterval": "60"})
    changed = await site.ask("PATCH", f"{PATH}/{template_id}", {"automatic": True, "settings": {"A": "1"}})
    assert (changed.json["automatic"], changed.json["settings"], changed.json["vendor"]) == (True, {"A": "1"}, "Acme*")
    assert [one["template_id"] for one in (await site.get(PATH))["items"]] == [template_id]
    assert (await site.ask("DELETE", f"{PATH}/{template_id}")).status == 204
    assert (await site.get(PATH))["items"] == []
    audit = [one["action"] for one in (await site.get("/api/v1/audit"))["items"] if "template" in one["action"]]
    assert audit == [f"configuration_template.{act}" for act in ("delete", "edit", "add")]


async def test_a_name_is_there_once(site: RunningSite) -> None:
    first = (await site.ask("POST", PATH, NEW)).json
    assert (await site.ask("POST", PATH, {**NEW, "name": "ACME"})).status == 409
    second = (await site.ask("POST", PATH, {**NEW, "name": "Other"})).json
    assert (await site.ask("PATCH", f"{PATH}/{second['template_id']}", {"name": "acme"})).status == 409
    assert (await site.ask("PATCH", f"{PATH}/{first['template_id']}", {"name": "ACME"})).status == 200


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"settings": {"AuthorizationKey": "a0b1"}}, "is a secret"),
        ({"settings": {"A": "x" * 501}}, "at most 500 characters"),
        ({"settings": {"": "1"}}, "has 1 to 50 characters"),
        ({"settings": {"A": "1", "a": "2"}}, "named twice"),
        ({"settings": {f"K{number}": "1" for number in range(201)}}, "at most 200 settings"),
        ({"settings": {"A": 1}}, "Expected `str`"),
        ({"vendor": " "}, "can't be empty"),
        ({"name": ""}, "length >= 1"),
    ],
)
async def test_nonsense_is_refused_and_no_secret_is_told(site: RunningSite, wrong: dict[str, Any], words: str) -> None:
    answer = await site.ask("POST", PATH, {**NEW, **wrong})
    assert answer.status == 400
    assert words in answer.json["detail"]
    assert (await site.get(PATH))["items"] == []


async def test_viewers_look_only_and_unknown_ones_are_404(site: RunningSite) -> None:
    assert (await site.ask("POST", PATH, NEW, role=Role.VIEWER)).status == 403
    assert (await site.ask("GET", PATH, role=Role.VIEWER)).status == 200
    for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        assert (await site.ask(method, f"{PATH}/77", body)).status == 404
