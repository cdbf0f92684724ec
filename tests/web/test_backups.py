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
