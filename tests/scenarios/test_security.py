"""Security profiles through a running server with real TLS: who is let in, who is not, and what is spoken."""

import ssl
from pathlib import Path
from typing import Any

import msgspec
import pytest
import websockets
from cryptography import x509

from edge_csms.config.settings import Site, Tls
from edge_csms.domain.roles import Role
from edge_csms.services import certificates
from edge_csms.services.certificate_authority import CertificateAuthority
from edge_csms.services.certificate_making import chain_pem, make_charger_certificate, names_in
from edge_csms.web.server import own_names
from tests.conftest import StartSite
from tests.making_certificates import ORGANIZATION, certificate_request, presenting
from tests.running import RunningSite
from tests.scenarios.charger import ACCEPTED, Charger, command, refused

KEY = bytes(range(20))
SUITES = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "AES128-GCM-SHA256",
    "AES256-GCM-SHA384",
)


async def announce(site: RunningSite, **changes: Any) -> None:
    """Make a charge point CP1 without a key, then change it."""
    created = await site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1", "password": None})
    assert created.status == 201
    await change(site, **changes)


async def change(site: RunningSite, **changes: Any) -> None:
    answer = await site.ask("PATCH", "/api/v1/charge-points/CP1", changes, role=Role.TECHNICIAN)
    assert answer.status == 200, answer.body


async def recorded_profile(site: RunningSite) -> int:
    return int((await site.get("/api/v1/charge-points/CP1"))["security_profile"])


async def last_cause(site: RunningSite) -> str:
    latest = (await site.get("/api/v1/connection-attempts?charge_point_id=CP1"))["items"][0]
    assert (latest["outcome"], latest["stage"]) == ("refused", "credential")
    assert latest["fix"]
    return str(latest["cause"])


def certificate(site: RunningSite, common_name: str = "CP1", key: str = "ecdsa") -> str:
    """Let the site's authority sign a request without more ado, and give the chain."""
    authority = site.app.authority
    return authority.sign(certificate_request(common_name, key=key), [common_name], site.app.clock.now()).chain_pem


def on_profile(site: RunningSite, profile: int, tmp_path: Path) -> Charger:
    """Give a charger that comes on a security profile."""
    match profile:
        case 0:
            return Charger(site.ocpp_url)
        case 1:
            return Charger(site.ocpp_url, password=KEY)
        case 2:
            return Charger(site.secure_ocpp_url, password=KEY, tls=site.trust())
    return Charger(site.secure_ocpp_url, tls=presenting(site.trust(), tmp_path, certificate(site)))


# What is spoken


@pytest.mark.parametrize("suite", SUITES)
async def test_every_suite_of_the_whitepaper_is_spoken_in_tls_1_2(tls_site: RunningSite, suite: str) -> None:
    tls = tls_site.trust()
    tls.maximum_version = ssl.TLSVersion.TLSv1_2
    tls.set_ciphers(suite)
    async with Charger(tls_site.secure_ocpp_url, tls=tls) as charger:
        assert charger.socket.transport.get_extra_info("cipher")[:2] == (suite, "TLSv1.2")
        assert (await charger.boot())["status"] == "Accepted"


async def test_tls_1_3_is_spoken(tls_site: RunningSite) -> None:
    async with Charger(tls_site.secure_ocpp_url, tls=tls_site.trust()) as charger:
        assert charger.socket.transport.get_extra_info("ssl_object").version() == "TLSv1.3"
        assert (await charger.boot())["status"] == "Accepted"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
async def test_older_tls_is_refused(tls_site: RunningSite) -> None:
    tls = tls_site.trust()
    tls.set_ciphers("ALL:@SECLEVEL=0")
    tls.minimum_version = tls.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await Charger(tls_site.secure_ocpp_url, tls=tls).connect()


@pytest.mark.parametrize("kind", ["RSA", "ECDSA"])
async def test_the_server_is_named_with_every_name_and_address_of_the_box(tls_site: RunningSite, kind: str) -> None:
    tls = tls_site.trust()
    tls.maximum_version = ssl.TLSVersion.TLSv1_2
    tls.set_ciphers(f"ECDHE-{kind}-AES128-GCM-SHA256")
    async with Charger(tls_site.secure_ocpp_url, tls=tls) as charger:
        der = charger.socket.transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
        assert set(own_names([])) <= names_in(x509.load_der_x509_certificate(der))


async def test_commands_go_through_tls_too(tls_site: RunningSite) -> None:
    async with Charger(tls_site.secure_ocpp_url, tls=tls_site.trust()) as charger:
        await charger.boot()
        await charger.told(tls_site, "Reset", {"type": "Soft"}, ACCEPTED)
        await charger.stop(await charger.charge("CARD"))


# Profiles


@pytest.mark.parametrize("profile", [0, 1, 2, 3])
async def test_a_charger_on_its_recorded_profile_is_let_in(tls_site: RunningSite, tmp_path: Path, profile: int) -> None:
    await announce(tls_site, security_profile=profile, password=KEY.hex() if profile in (1, 2) else None)
    async with on_profile(tls_site, profile, tmp_path) as charger:
        assert (await charger.boot())["status"] == "Accepted"
    assert await recorded_profile(tls_site) == profile


@pytest.mark.parametrize(("recorded", "comes_on"), [(1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2)])
async def test_a_charger_below_its_recorded_profile_is_refused_until_a_technician_lowers_that(
    tls_site: RunningSite, tmp_path: Path, recorded: int, comes_on: int
) -> None:
    await announce(tls_site, security_profile=recorded, password=KEY.hex() if comes_on else None)
    refusal = await refused(on_profile(tls_site, comes_on, tmp_path))
    assert refusal.status == 401
    assert "WWW-Authenticate" in refusal.headers
    assert (
        await last_cause(tls_site) == f"it came on security profile {comes_on}, below its recorded profile {recorded}"
    )
    await change(tls_site, security_profile=comes_on)
    async with on_profile(tls_site, comes_on, tmp_path) as charger:
        assert (await charger.boot())["status"] == "Accepted"


@pytest.mark.parametrize("comes_on", [1, 2, 3])
async def test_trying_a_higher_profile_binds_a_charger_to_nothing(
    tls_site: RunningSite, tmp_path: Path, comes_on: int
) -> None:
    await announce(tls_site, password=KEY.hex())
    async with on_profile(tls_site, comes_on, tmp_path):
        pass
    assert await recorded_profile(tls_site) == 0


@pytest.mark.parametrize(("password", "cause"), [(None, "it sent no password"), (b"wrong", "its password is wrong")])
async def test_tls_alone_proves_nothing(tls_site: RunningSite, password: bytes | None, cause: str) -> None:
    await announce(tls_site, password=KEY.hex())
    refusal = await refused(Charger(tls_site.secure_ocpp_url, password=password, tls=tls_site.trust()))
    assert refusal.status == 401
    assert await last_cause(tls_site) == cause


# The profile over the wire


async def test_a_profile_that_a_charger_was_told_is_kept_once_it_comes_on_it(
    tls_site: RunningSite, tmp_path: Path
) -> None:
    await announce(tls_site, security_profile=1, password=KEY.hex())
    upgrade = {"key": "SecurityProfile", "value": "2"}
    async with on_profile(tls_site, 1, tmp_path) as charger:
        await charger.boot()
        await charger.told(tls_site, "ChangeConfiguration", upgrade, ACCEPTED)
    assert await recorded_profile(tls_site) == 1
    async with on_profile(tls_site, 1, tmp_path):  # it has not restarted yet
        pass
    async with on_profile(tls_site, 2, tmp_path):
        pass
    assert await recorded_profile(tls_site) == 2
    assert (await refused(on_profile(tls_site, 1, tmp_path))).status == 401


async def test_a_profile_that_a_charger_refused_is_not_kept(tls_site: RunningSite, tmp_path: Path) -> None:
    await announce(tls_site, security_profile=1, password=KEY.hex())
    async with on_profile(tls_site, 1, tmp_path) as charger:
        await charger.boot()
        upgrade = {"key": "SecurityProfile", "value": "2"}
        await charger.told(tls_site, "ChangeConfiguration", upgrade, {"status": "Rejected"})
    async with on_profile(tls_site, 2, tmp_path):
        pass
    assert await recorded_profile(tls_site) == 1


async def test_one_that_goes_further_than_told_is_kept_to_what_it_was_told(
    tls_site: RunningSite, tmp_path: Path
) -> None:
    await announce(tls_site, password=KEY.hex())
    async with on_profile(tls_site, 1, tmp_path) as charger:
        await charger.boot()
        upgrade = {"key": "securityprofile", "value": "2"}
        await charger.told(tls_site, "ChangeConfiguration", upgrade, {"status": "RebootRequired"})
    async with on_profile(tls_site, 3, tmp_path):
        pass
    assert await recorded_profile(tls_site) == 2


@pytest.mark.parametrize("value", ["1", " 0 ", "-1", "+1"])
async def test_a_profile_is_never_lowered_over_the_wire(tls_site: RunningSite, tmp_path: Path, value: str) -> None:
    await announce(tls_site, security_profile=2, password=KEY.hex())
    async with on_profile(tls_site, 2, tmp_path) as charger:
        await charger.boot()
        lower = {"key": "SecurityProfile", "value": value}
        asked = await command(tls_site, "CP1", "ChangeConfiguration", lower)
        put = await tls_site.ask(
            "PUT", "/api/v1/charge-points/CP1/configuration/SecurityProfile", {"value": value}, role=Role.TECHNICIAN
        )
        assert (asked.status, put.status) == (409, 409)
        assert "can only be raised" in asked.json["detail"]
        await charger.call("Heartbeat")
        assert not charger.has_commands
    assert await recorded_profile(tls_site) == 2


# Client certificates


@pytest.mark.parametrize("key", ["rsa", "ecdsa"])
async def test_a_certificate_may_name_the_identity(tls_site: RunningSite, tmp_path: Path, key: str) -> None:
    await announce(tls_site, security_profile=3)
    tls = presenting(tls_site.trust(), tmp_path, certificate(tls_site, "cp1", key), key)
    async with Charger(tls_site.secure_ocpp_url, tls=tls) as charger:
        assert (await charger.boot())["status"] == "Accepted"


async def test_a_certificate_may_name_the_serial_number(tls_site: RunningSite, tmp_path: Path) -> None:
    await announce(tls_site)
    async with Charger(tls_site.ocpp_url) as charger:
        await charger.boot(chargePointSerialNumber="SER-7")
    await change(tls_site, security_profile=3)
    tls = presenting(tls_site.trust(), tmp_path, certificate(tls_site, "SER-7"))
    async with Charger(tls_site.secure_ocpp_url, tls=tls) as charger:
        await charger.call("Heartbeat")


async def test_the_certificate_of_another_charger_is_refused(tls_site: RunningSite, tmp_path: Path) -> None:
    await announce(tls_site)
    tls = presenting(tls_site.trust(), tmp_path, certificate(tls_site, "CP2"))
    assert (await refused(Charger(tls_site.secure_ocpp_url, tls=tls))).status == 401
    assert await last_cause(tls_site) == "its certificate is for 'CP2': neither its identity nor its serial number"


@pytest.fixture
def elsewhere(tmp_path: Path) -> CertificateAuthority:
    """Give an authority of somebody else."""
    (tmp_path / "elsewhere").mkdir()
    return CertificateAuthority(tmp_path / "elsewhere", "Strangers")


@pytest.fixture
def trusting_site(start_site: StartSite, tmp_path: Path, elsewhere: CertificateAuthority) -> RunningSite:
    """Give a site that trusts an authority of somebody else for client certificates too."""
    (tmp_path / "clients.pem").write_text(elsewhere.root_pem())
    tls = Tls(enabled=True, port=0, client_ca=str(tmp_path / "clients.pem"))
    return start_site(new_charge_points="accept", tls=tls)


def certificate_from(authority: CertificateAuthority, organization: str, site: RunningSite) -> str:
    """Let an authority sign for an organization, whatever its own is."""
    root_key, root = authority._root("ecdsa")
    request = x509.load_pem_x509_csr(certificate_request("CP1").encode())
    made = make_charger_certificate(request, organization, root_key, root, site.app.clock.now())
    return chain_pem(made, root)


async def test_the_certificate_of_another_organization_is_refused(
    trusting_site: RunningSite, elsewhere: CertificateAuthority, tmp_path: Path
) -> None:
    await announce(trusting_site)
    tls = presenting(trusting_site.trust(), tmp_path, certificate_from(elsewhere, "Strangers", trusting_site))
    assert (await refused(Charger(trusting_site.secure_ocpp_url, tls=tls))).status == 401
    assert await last_cause(trusting_site) == "its certificate is of 'Strangers', not of 'Charging site'"


async def test_an_authority_that_the_operator_named_signs_client_certificates(
    trusting_site: RunningSite, elsewhere: CertificateAuthority, tmp_path: Path
) -> None:
    await announce(trusting_site, security_profile=3)
    tls = presenting(trusting_site.trust(), tmp_path, certificate_from(elsewhere, ORGANIZATION, trusting_site))
    async with Charger(trusting_site.secure_ocpp_url, tls=tls) as charger:
        assert (await charger.boot())["status"] == "Accepted"


async def test_the_certificate_of_an_unknown_authority_fails_in_tls(
    tls_site: RunningSite, elsewhere: CertificateAuthority, tmp_path: Path
) -> None:
    await announce(tls_site)
    tls = presenting(tls_site.trust(), tmp_path, certificate_from(elsewhere, ORGANIZATION, tls_site))
    with pytest.raises((ssl.SSLError, ConnectionError, websockets.InvalidHandshake)):
        await Charger(tls_site.secure_ocpp_url, tls=tls).connect()
    (latest, *_) = (await tls_site.get("/api/v1/connection-attempts"))["items"]
    assert (latest["stage"], latest["outcome"]) == ("tls", "refused")
    assert "not signed by an authority" in latest["cause"]


async def test_a_revoked_certificate_is_refused(tls_site: RunningSite, tmp_path: Path) -> None:
    await announce(tls_site, security_profile=3)
    issued = tls_site.app.authority.sign(certificate_request("CP1"), ["CP1"], tls_site.app.clock.now())
    await tls_site.app.database.run(certificates.note_issued, "CP1", issued, tls_site.app.clock.now())
    tls = presenting(tls_site.trust(), tmp_path, issued.chain_pem)
    async with Charger(tls_site.secure_ocpp_url, tls=tls) as charger:
        await charger.boot()
    path = f"/api/v1/charge-points/CP1/certificates/{issued.fingerprint}"
    assert (await tls_site.ask("DELETE", path, role=Role.TECHNICIAN)).status == 204
    assert (await refused(Charger(tls_site.secure_ocpp_url, tls=tls))).status == 401
    assert await last_cause(tls_site) == "its certificate was revoked"


async def test_a_renamed_site_still_knows_its_chargers(tls_site: RunningSite, tmp_path: Path) -> None:
    await announce(tls_site, security_profile=3)
    chain = certificate(tls_site)
    await tls_site.stop()
    tls_site.config = msgspec.structs.replace(tls_site.config, site=Site(name="Another name"))
    await tls_site.start()
    tls = presenting(tls_site.trust(), tmp_path, chain)
    async with Charger(tls_site.secure_ocpp_url, tls=tls) as charger:
        await charger.call("Heartbeat")
