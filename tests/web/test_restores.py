"""Restoring over REST: what is asked for, what is refused, and who is told what is missing afterwards."""

from datetime import UTC, datetime

from edge_csms.domain.model import Registration
from edge_csms.domain.roles import Role
from edge_csms.services import recovery_code, site_secrets
from edge_csms.storage import charge_points
from tests.running import PASSWORD, RunningSite

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def backup(site: RunningSite) -> str:
    return str((await site.ask("POST", "/api/v1/backups")).json["name"])


async def test_a_restore_needs_the_password_and_a_sound_backup(site: RunningSite) -> None:
    path = f"/api/v1/backups/{await backup(site)}/restore"
    assert (await site.ask("POST", path, {"password": "wrong"})).status == 400
    assert (await site.ask("POST", "/api/v1/backups/absent.db/restore", {"password": PASSWORD})).status == 404
    (site.data_dir / "backups/bad.db").write_text("no database")
    assert (await site.ask("POST", "/api/v1/backups/bad.db/restore", {"password": PASSWORD})).status == 400
    assert (await site.ask("POST", path, {"password": PASSWORD}, role=Role.TECHNICIAN)).status == 403
    refused = await site.ask("POST", path, {"password": PASSWORD, "recovery_code": "0000-0000"})
    assert (refused.status, "doesn't fit" in refused.json["detail"]) == (400, True)
    ordered = await site.ask("POST", path, {"password": PASSWORD})
    assert (ordered.status, ordered.json["secrets"]) == (202, "kept")


async def test_the_recovery_code_is_shown_to_administrators_who_give_their_password_again(site: RunningSite) -> None:
    shown = await site.ask("POST", "/api/v1/recovery-code", {"password": PASSWORD})
    assert shown.json == {"code": recovery_code.of_site(site.data_dir)}
    assert (await site.ask("POST", "/api/v1/recovery-code", {"password": "wrong"})).status == 400
    assert (await site.ask("POST", "/api/v1/recovery-code", {"password": PASSWORD}, role=Role.TECHNICIAN)).status == 403
    (act, *_) = (await site.get("/api/v1/audit?action=recovery_code.show"))["items"]
    assert shown.json["code"] not in str(act)


async def test_who_waits_for_new_secrets_is_listed_until_somebody_says_that_all_is_well(site: RunningSite) -> None:
    assert await site.get("/api/v1/lost-secrets") == {"lost_at": None, "affected": []}

    def lose() -> None:
        charge_points.add("CP7", Registration.ACCEPTED, NOW, security_profile=3)
        site_secrets.note(True, NOW)

    await site.app.database.run(lose)
    assert await site.get("/api/v1/lost-secrets") == {
        "lost_at": "2026-11-24T12:00:00Z",
        "affected": [{"charge_point_id": "CP7", "reason": "client_certificate"}],
    }
    assert (await site.ask("DELETE", "/api/v1/lost-secrets")).status == 204
    assert (await site.get("/api/v1/lost-secrets"))["lost_at"] is None
