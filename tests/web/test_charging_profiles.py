"""The site's charging profiles over REST."""

from typing import Any

import pytest

from edge_csms.domain.roles import Role
from tests.running import RunningSite

PATH = "/api/v1/charging-profiles"
NIGHT: dict[str, Any] = {
    "name": "Night",
    "purpose": "TxDefaultProfile",
    "kind": "Recurring",
    "recurrency": "Daily",
    "starts_at": "2026-01-01T22:00:00+01:00",
    "duration_seconds": 28800,
    "periods": [{"start_seconds": 0, "limit": 6.5}],
}


async def test_a_profile_is_kept_shown_replaced_and_forgotten(site: RunningSite) -> None:
    made = await site.ask("POST", PATH, NIGHT, role=Role.TECHNICIAN)
    assert made.status == 201, made.body
    assert made.json == {
        "purpose": "TxDefaultProfile",
        "kind": "Recurring",
        "stack_level": 0,
        "unit": "A",
        "periods": [{"start_seconds": 0, "limit": 6.5, "phases": None}],
        "recurrency": "Daily",
        "starts_at": made.json["starts_at"],
        "duration_seconds": 28800,
        "min_rate": None,
        "valid_from": None,
        "valid_to": None,
        "name": "Night",
        "note": "",
        "updated_at": made.json["updated_at"],
    }
    assert await site.get(f"{PATH}/night") == made.json
    other = {"purpose": "ChargePointMaxProfile", "periods": [{"start_seconds": 0, "limit": 32}], "note": "new"}
    replaced = await site.ask("PUT", f"{PATH}/NIGHT", other)
    assert (replaced.status, replaced.json["name"], replaced.json["kind"]) == (200, "Night", "Absolute")
    assert (await site.ask("DELETE", f"{PATH}/Night")).status == 204
    assert (await site.ask("GET", f"{PATH}/Night")).status == 404
    assert (await site.ask("PUT", f"{PATH}/Night", other)).status == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"periods": [{"start_seconds": 0, "limit": -1}]}, "periods"),
        ({"periods": [{"start_seconds": 60, "limit": 1}]}, "periods"),
        ({"periods": [{"start_seconds": 0, "limit": "16"}]}, "periods"),
        ({"stack_level": -1}, "stack_level"),
        ({"stack_level": 2**63 - 1}, "stack_level"),
        ({"recurrency": None}, "recurrency"),
        ({"purpose": "Nothing"}, "purpose"),
        ({"unit": "kW"}, "unit"),
        ({"starts_at": "2026-01-01T22:00:00"}, "starts_at"),
        ({"transaction_id": 5}, "transaction_id"),
        ({"name": "a/b"}, "name"),
    ],
)
async def test_a_bad_profile_is_refused_by_the_name_of_its_field(site: RunningSite, changes: Any, field: str) -> None:
    answer = await site.ask("POST", PATH, NIGHT | changes)
    assert (answer.status, list(answer.json["errors"])) == (400, [field])


async def test_a_name_is_taken_once(site: RunningSite) -> None:
    await site.ask("POST", PATH, NIGHT)
    assert (await site.ask("POST", PATH, NIGHT | {"name": "NIGHT"})).status == 409


async def test_a_list_comes_in_parts(site: RunningSite) -> None:
    for name in ("b", "a", "c"):
        await site.ask("POST", PATH, NIGHT | {"name": name})
    first = await site.get(f"{PATH}?limit=2")
    rest = await site.get(f"{PATH}?limit=2&cursor={first['next']}")
    assert [one["name"] for one in first["items"] + rest["items"]] == ["a", "b", "c"]


async def test_a_viewer_sees_but_does_not_change(site: RunningSite) -> None:
    await site.ask("POST", PATH, NIGHT)
    assert (await site.ask("GET", PATH, role=Role.VIEWER)).status == 200
    for method, path in (("POST", PATH), ("PUT", f"{PATH}/Night"), ("DELETE", f"{PATH}/Night")):
        assert (await site.ask(method, path, NIGHT, role=Role.VIEWER)).status == 403


async def test_the_trail_says_what_was_kept(site: RunningSite) -> None:
    await site.ask("POST", PATH, NIGHT)
    [entry] = [one for one in (await site.get("/api/v1/audit"))["items"] if one["action"] == "charging_profile.add"]
    assert (entry["subject"], "periods=0:6.5" in entry["details"]) == ("Night", True)
