"""The site's certificates and their ends, over REST."""

from datetime import UTC, datetime, timedelta

from edge_csms.config.settings import Tls
from edge_csms.domain.roles import Role
from edge_csms.services import certificates
from edge_csms.services.certificate_authority import Issued
from tests.conftest import StartSite
from tests.running import RunningSite

PATH = "/api/v1/site/certificates"


async def test_a_site_without_encryption_has_none(site: RunningSite) -> None:
    assert await site.get(PATH) == {"items": [], "next": None}


def test_roots_server_and_chargers_are_listed_by_their_end(start_site: StartSite, io_loop) -> None:
    site = start_site(tls=Tls(enabled=True, port=0))
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(days=20)

    async def give_certificates() -> None:
        await site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1", "password": None})
        for number, word in ((1, "Accepted"), (2, "Accepted"), (3, "Rejected")):
            issued = Issued(str(number), "CHAIN", f"print{number}", soon + timedelta(days=number))
            await site.app.database.run(certificates.note_issued, "CP1", issued, soon)
            await site.app.database.run(certificates.note_answer, f"print{number}", word)

    io_loop.run_sync(give_certificates)
    answer = io_loop.run_sync(lambda: site.ask("GET", PATH, role=Role.VIEWER))
    of_charger, *server, rsa, ecdsa = answer.json["items"]
    assert of_charger == {
        "use": "charge_point",
        "subject": "CP1",
        "not_after": (soon + timedelta(days=2)).isoformat().replace("+00:00", "Z"),
        "ends_soon": True,
        "charge_point_id": "CP1",
    }
    assert {(one["use"], one["ends_soon"]) for one in server} == {("server", False)}
    assert {rsa["use"], ecdsa["use"]} == {"root"}
    assert "root (RSA)" in rsa["subject"] + ecdsa["subject"]
