"""Backups over REST, for administrators."""

from edge_csms.domain.roles import Role
from edge_csms.storage import backups
from tests.running import RunningSite


async def test_an_administrator_makes_a_backup_and_sees_it(site: RunningSite) -> None:
    assert (await site.get("/api/v1/backups"))["items"] == []
    made = await site.ask("POST", "/api/v1/backups")
    assert made.status == 201
    backups.check(site.data_dir / "backups" / made.json["name"])
    assert [one["name"] for one in (await site.get("/api/v1/backups"))["items"]] == [made.json["name"]]
    acts = (await site.get("/api/v1/audit?action=backup.make"))["items"]
    assert [act["subject"] for act in acts] == [made.json["name"]]


async def test_nobody_else_does(site: RunningSite) -> None:
    for role in (Role.VIEWER, Role.TECHNICIAN):
        assert (await site.ask("GET", "/api/v1/backups", role=role)).status == 403
        assert (await site.ask("POST", "/api/v1/backups", role=role)).status == 403


async def test_a_backup_is_verified_downloaded_brought_and_deleted(site: RunningSite) -> None:
    name = (await site.ask("POST", "/api/v1/backups")).json["name"]
    verified = await site.get(f"/api/v1/backups/{name}")
    assert (verified["name"], verified["needs_recovery_code"]) == (name, False)
    file = await site.ask("GET", f"/api/v1/backups/{name}/file")
    assert file.body == (site.data_dir / "backups" / name).read_bytes()
    brought = await site.ask("POST", "/api/v1/backup-uploads?name=mine.db", file.body)
    assert (brought.status, brought.json["name"]) == (201, "brought-mine.db")
    assert (await site.ask("POST", "/api/v1/backup-uploads?name=mine.db", file.body)).status == 409
    assert (await site.ask("DELETE", "/api/v1/backups/brought-mine.db")).status == 204
    assert (await site.ask("DELETE", f"/api/v1/backups/{name}")).status == 409
    assert (await site.ask("GET", "/api/v1/backups/brought-mine.db/file")).status == 404


async def test_what_is_brought_must_be_a_backup(site: RunningSite) -> None:
    refused = await site.ask("POST", "/api/v1/backup-uploads?name=holiday.jpg", b"a picture")
    assert refused.status == 400
    assert "no backup" in refused.json["detail"]
    assert list((site.data_dir / "backups").iterdir()) == []


async def test_only_media_that_are_plugged_in_are_written_to(site: RunningSite) -> None:
    assert (await site.ask("POST", "/api/v1/backup-media", {"path": str(site.data_dir)})).status == 404
    assert "items" in await site.get("/api/v1/backup-media")
