"""idTags over REST: who may charge."""

from typing import Any

import pytest

from edge_csms.domain.roles import Role
from tests.running import RunningSite

ID_TAGS = "/api/v1/id-tags"
A = f"{ID_TAGS}/A"
DEFAULTS = {"blocked": False, "expires_at": None, "parent_id_tag": None, "max_active_transactions": None, "note": ""}


async def add(site: RunningSite, id_tag: str = "A", **body: Any) -> dict[str, Any]:
    answer = await site.ask("POST", ID_TAGS, {"id_tag": id_tag, **body}, role=Role.TECHNICIAN)
    assert answer.status == 201, answer.body
    created: dict[str, Any] = answer.json
    return created


async def test_only_the_text_of_a_tag_is_needed(site: RunningSite) -> None:
    assert await add(site) == {"id_tag": "A"} | DEFAULTS
    assert await site.get(A) == {"id_tag": "A"} | DEFAULTS


async def test_all_that_is_known_of_a_tag_can_be_given_and_changed(site: RunningSite) -> None:
    given = {
        "blocked": True,
        "expires_at": "2031-05-06T07:08:09Z",
        "parent_id_tag": "FAMILY",
        "max_active_transactions": 1,
        "note": "Grandma's",
    }
    assert await add(site, **given) == {"id_tag": "A"} | given
    for name, value in DEFAULTS.items():
        answer = await site.ask("PATCH", A, {name: value}, role=Role.TECHNICIAN)
        assert (answer.status, answer.json[name]) == (200, value)
    assert await site.get(A) == {"id_tag": "A"} | DEFAULTS
    answer = await site.ask("PATCH", A, {"expires_at": "2031-05-06T09:08:09+02:00"})
    assert answer.json["expires_at"] == "2031-05-06T07:08:09Z"


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"id_tag"}),
        ({"id_tag": ""}, {"id_tag"}),
        ({"id_tag": "x" * 21}, {"id_tag"}),
        ({"id_tag": " A"}, {"id_tag"}),
        ({"id_tag": "A\n"}, {"id_tag"}),
        ({"id_tag": "A", "parent_id_tag": "x" * 21}, {"parent_id_tag"}),
        ({"id_tag": "A", "expires_at": "2031-05-06T07:08:09"}, {"expires_at"}),
        ({"id_tag": "A", "expires_at": "tomorrow", "blocked": "no"}, {"expires_at", "blocked"}),
        ({"id_tag": "A", "max_active_transactions": -1}, {"max_active_transactions"}),
        ({"id_tag": "A", "owner": "me"}, {"owner"}),
    ],
)
async def test_what_can_be_no_tag_is_400_and_says_why(site: RunningSite, body: dict[str, Any], wrong: set[str]) -> None:
    answer = await site.ask("POST", ID_TAGS, body)
    assert (answer.status, set(answer.json["errors"])) == (400, wrong)
    assert (await site.get(ID_TAGS))["items"] == []


async def test_a_tag_exists_once_whatever_its_case(site: RunningSite) -> None:
    await add(site, "aB")
    assert (await site.ask("POST", ID_TAGS, {"id_tag": "Ab"})).status == 409
    assert (await site.get(f"{ID_TAGS}/AB"))["id_tag"] == "aB"


async def test_tags_are_listed_in_pages_and_can_be_searched(site: RunningSite) -> None:
    for id_tag, note in (("c", ""), ("A", "blue card"), ("b", ""), ("D", "Blue fob")):
        await add(site, id_tag, note=note)
    first = await site.get(f"{ID_TAGS}?limit=3")
    rest = await site.get(f"{ID_TAGS}?limit=3&cursor={first['next']}")
    assert [one["id_tag"] for one in first["items"] + rest["items"]] == ["A", "b", "c", "D"]
    assert rest["next"] is None
    found = (await site.get(f"{ID_TAGS}?search=blue"))["items"]
    assert [one["id_tag"] for one in found] == ["A", "D"]
    for harmless in ("%25", "_", "%27%20OR%201=1--"):
        assert (await site.get(f"{ID_TAGS}?search={harmless}"))["items"] == []


async def test_a_retired_tag_is_gone_and_may_come_anew(site: RunningSite) -> None:
    await add(site, note="old")
    assert (await site.ask("DELETE", A, role=Role.TECHNICIAN)).status == 204
    assert (await site.get(ID_TAGS))["items"] == []
    assert (await add(site))["note"] == ""


async def test_what_is_unknown_is_404(site: RunningSite) -> None:
    for method, body in (("GET", None), ("PATCH", {"blocked": True}), ("PATCH", {}), ("DELETE", None)):
        assert (await site.ask(method, A, body)).status == 404, method


async def test_viewers_look_and_technicians_change(site: RunningSite) -> None:
    await add(site)
    assert (await site.ask("GET", ID_TAGS, role=Role.VIEWER)).status == 200
    for method, path, body in (("POST", ID_TAGS, {"id_tag": "B"}), ("PATCH", A, {"note": "x"}), ("DELETE", A, None)):
        assert (await site.ask(method, path, body, role=Role.VIEWER)).status == 403, method
        assert (await site.ask(method, path, body, role=None)).status == 401, method


async def test_who_did_what_is_in_the_trail(site: RunningSite) -> None:
    await add(site)
    await site.ask("PATCH", A, {"blocked": True})
    await site.ask("DELETE", A)
    entries = (await site.get("/api/v1/audit?subject=A"))["items"]
    assert [(one["action"], one["username"], one["details"]) for one in entries] == [
        ("id_tag.delete", "the-admin", ""),
        ("id_tag.edit", "the-admin", "blocked=True"),
        ("id_tag.add", "the-technician", ""),
    ]
