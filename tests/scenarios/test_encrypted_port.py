"""The encrypted port and the plain one beside it: who is served where, and with which certificate."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse

from edge_csms.config.settings import Tls
from edge_csms.services.certificate_authority import CertificateAuthority
from edge_csms.web.tls import TlsUnusable
from tests.running import RunningSite
from tests.scenarios.charger import Charger

# The plain port beside the encrypted one


async def ask_plainly(site: RunningSite, method: str, path: str, host: str | None = None) -> HTTPResponse:
    """Ask the plain port, as a browser that follows no redirects."""
    headers = {"Host": host} if host else {}
    request = HTTPRequest(
        f"http://127.0.0.1:{site.port}{path}",
        method,
        headers,
        body=b"{}" if method == "POST" else None,
        follow_redirects=False,
    )
    return await AsyncHTTPClient().fetch(request, raise_error=False)


async def test_the_plain_port_still_serves_chargers(tls_site: RunningSite) -> None:
    async with Charger(tls_site.ocpp_url) as charger:
        assert (await charger.boot())["status"] == "Accepted"


async def test_the_plain_port_says_that_the_process_lives(tls_site: RunningSite) -> None:
    assert (await ask_plainly(tls_site, "GET", "/healthz")).code == 200


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("GET", "/readyz"), ("GET", "/?lang=en"), ("POST", "/api/auth/login/")]
)
async def test_the_plain_port_sends_people_to_the_encrypted_one(tls_site: RunningSite, method: str, path: str) -> None:
    answer = await ask_plainly(tls_site, method, path, host="localhost:8001")
    assert answer.code == 308
    assert answer.headers["Location"] == f"https://localhost:{tls_site.tls_port}{path}"


async def test_people_are_sent_to_an_address_as_they_came_by_one(tls_site: RunningSite) -> None:
    answer = await ask_plainly(tls_site, "GET", "/", host="[::1]:8001")
    assert answer.headers["Location"] == f"https://[::1]:{tls_site.tls_port}/"


async def test_nobody_is_sent_to_a_foreign_host(tls_site: RunningSite) -> None:
    answer = await ask_plainly(tls_site, "GET", "/", host="evil.example")
    assert (answer.code, "Location" in answer.headers) == (421, False)


async def test_the_roots_can_be_had_by_everybody(tls_site: RunningSite) -> None:
    answer = await tls_site.ask("GET", "/api/v1/certificates/ca.pem", role=None)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/x-pem-file")
    assert "attachment" in answer.headers["Content-Disposition"]
    tls = ssl.create_default_context(cadata=answer.body.decode())
    async with Charger(tls_site.secure_ocpp_url, tls=tls):
        pass


# Certificates that the operator brings along


async def test_the_certificate_of_the_operator_is_shown(tmp_path: Path) -> None:
    own = CertificateAuthority(tmp_path, "Operator")
    (certificate_path, key_path), _ = own.server_files(["localhost"], datetime.now(UTC))
    tls = Tls(enabled=True, port=0, certificate=str(certificate_path), key=str(key_path))
    site = RunningSite(tmp_path / "data", new_charge_points="accept", tls=tls)
    await site.start()
    try:
        async with Charger(site.secure_ocpp_url, tls=ssl.create_default_context(cadata=own.root_pem())) as charger:
            assert (await charger.boot())["status"] == "Accepted"
        with pytest.raises(ssl.SSLCertVerificationError):
            await Charger(site.secure_ocpp_url, tls=site.trust()).connect()
    finally:
        await site.stop()


async def test_a_server_does_not_start_with_a_key_of_another_certificate(tmp_path: Path) -> None:
    own = CertificateAuthority(tmp_path, "Operator")
    (certificate_path, _), (_, key_path) = own.server_files(["localhost"], datetime.now(UTC))
    tls = Tls(enabled=True, port=0, certificate=str(certificate_path), key=str(key_path))
    site = RunningSite(tmp_path / "data", tls=tls)
    with pytest.raises(TlsUnusable, match=r"server-ecdsa\.key is not the key of"):
        await site.start()
