"""Updates of the program over REST."""

from pathlib import Path

import pytest

import edge_csms
from edge_csms.domain.roles import Role
from edge_csms.services import removable_media, update_intake
from edge_csms.services.update_spool import REQUESTED, Wish
from tests.file_jobs import http
from tests.making_releases import VERSION, make, pin
from tests.running import Answer, RunningSite

UPDATE = "/api/v1/update"


@pytest.fixture
def site(site: RunningSite, tmp_path: Path) -> RunningSite:
    """Give a server that believes to be installed."""
    site.app.updates.installation = pin(tmp_path / "trees")
    return site


async def bring(site: RunningSite, content: bytes, role: Role = Role.ADMIN) -> Answer:
    headers = {"Authorization": f"Bearer {await site.token(role)}", "Content-Type": "application/octet-stream"}
    return await http(site.url + UPDATE, "POST", content, headers)


async def actions(site: RunningSite) -> list[tuple[str, str, str]]:
    entries = (await site.get("/api/v1/audit"))["items"]
    return [(one["action"], one["subject"], one["result"]) for one in entries if one["action"].startswith("update.")]


async def test_a_release_is_brought_and_asked_for(site: RunningSite) -> None:
    assert (await site.get(UPDATE))["release"] is None
    brought = await bring(site, make())
    assert brought.status == 201, brought.body
    item = await site.get(UPDATE)
    assert (item["version"], item["release"]["version"]) == (edge_csms.VERSION, VERSION)
    assert (item["can_update"], item["on_probation"], item["charging"]) == (True, False, [])
    asked = await site.ask("POST", UPDATE + "/apply", {})
    assert asked.status == 202
    assert asked.json["requested"]["username"] == "the-admin"
    wish = site.app.updates.spool.read(REQUESTED, Wish)
    assert wish is not None
    assert (wish.version, wish.address) == (VERSION, "127.0.0.1")
    assert (await site.ask("DELETE", UPDATE)).status == 204
    assert (await site.get(UPDATE))["release"] is None
    assert await actions(site) == [
        ("update.withdraw", "", "done"),
        ("update.apply", VERSION, "done"),
        ("update.bring", VERSION, "done"),
    ]


async def test_what_can_not_be_applied_is_refused_in_words(site: RunningSite, tmp_path: Path) -> None:
    refused = await bring(site, make(version="0.0.1"))
    assert (refused.status, "older than" in refused.json["detail"]) == (400, True)
    assert (await bring(site, b"no release")).status == 400
    assert (await bring(site, b"")).status == 400
    assert (await site.ask("POST", UPDATE + "/apply", {})).status == 409
    assert list(site.app.updates.spool.path.iterdir()) == []
    site.app.updates.installation = None
    assert (await site.get(UPDATE))["can_update"] is False
    assert (await bring(site, make())).status == 409


async def test_a_file_that_is_too_large_is_not_taken(site: RunningSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update_intake, "MOST_BYTES", 100)
    assert (await bring(site, bytes(200))).status == 413
    assert list(site.app.updates.spool.path.iterdir()) == []


async def test_a_release_comes_from_a_stick(site: RunningSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "media").mkdir()
    path = tmp_path / "media" / "edge-csms.update"
    path.write_bytes(make())
    monkeypatch.setattr(removable_media, "MOUNTS", (tmp_path / "media",))
    assert (await site.get(UPDATE + "/media"))["items"] == [{"path": str(path), "size_bytes": len(make())}]
    assert (await site.ask("POST", UPDATE + "/media", {"path": "/etc/passwd"})).status == 404
    taken = await site.ask("POST", UPDATE + "/media", {"path": str(path)})
    assert taken.status == 201
    assert taken.json["release"]["version"] == VERSION


async def test_only_administrators_update(site: RunningSite) -> None:
    for role in (Role.VIEWER, Role.TECHNICIAN):
        assert (await bring(site, make(), role)).status == 403
        for method, path in (
            ("GET", ""),
            ("DELETE", ""),
            ("POST", "/apply"),
            ("GET", "/media"),
            ("POST", "/media"),
        ):
            assert (await site.ask(method, UPDATE + path, role=role)).status == 403


async def test_on_probation_the_site_can_be_read_and_not_changed(site: RunningSite) -> None:
    await site.token()
    site.app.central.probation.begin()
    assert (await site.get(UPDATE))["on_probation"] is True
    refused = await site.ask("POST", "/api/v1/id-tags", {"id_tag": "CARD1"})
    assert (refused.status, "Retry-After" in refused.headers) == (503, True)
    site.app.updates.keep()
    assert (await site.ask("POST", "/api/v1/id-tags", {"id_tag": "CARD1"})).status == 201
