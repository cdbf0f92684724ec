"""Tests of the TLS side of the encrypted port, with real handshakes in memory."""

import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from edge_csms.services import certificate_making as making
from edge_csms.services.certificate_authority import CertificateAuthority
from edge_csms.web.tls import OwnFiles, ServerTls, TlsUnusable
from tests.making_certificates import ORGANIZATION, certificate_request, key_of_kind, private_pem

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def authority(tmp_path: Path) -> CertificateAuthority:
    return CertificateAuthority(tmp_path, ORGANIZATION)


def prepared(authority: CertificateAuthority, own: OwnFiles | None = None, now: datetime = NOW) -> ServerTls:
    tls = ServerTls(authority, own or OwnFiles(), lambda: ["localhost", "box"])
    tls.prepare(now)
    return tls


def own_files(directory: Path, kind: str = "rsa", key: str | None = None, names: tuple[str, ...] = ("localhost",)):
    """Write a certificate that the operator brings along, and give its names and the root to trust."""
    directory.mkdir(exist_ok=True)
    root_key = key_of_kind("ecdsa")
    root = making.make_root(root_key, "ecdsa", "Operator", NOW)
    certificate = making.make_server_certificate(key_of_kind(kind), names, root_key, root, NOW)
    (directory / "certificate.pem").write_text(making.chain_pem(certificate))
    (directory / "key.pem").write_text(private_pem(key or kind))
    (directory / "root.pem").write_text(making.chain_pem(root))
    return OwnFiles(str(directory / "certificate.pem"), str(directory / "key.pem"))


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext) -> tuple[ssl.SSLObject, ssl.SSLObject]:
    """Let both sides shake hands, and give them; raises SSLError of the side that refuses."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    near = client.wrap_bio(to_client, to_server, server_hostname="localhost")
    far = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (near, far):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return near, far


def trusting(root_pem: str) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=root_pem or None)


def shown(tls: ServerTls, root_pem: str | None = None, ciphers: str = "ALL") -> x509.Certificate:
    """Give the certificate that a client of TLS 1.2 with these ciphers is shown; it checks it only with a root."""
    client = trusting(root_pem or "")
    if root_pem is None:
        client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    client.set_ciphers(ciphers)
    near, _ = shake_hands(tls.context, client)
    return x509.load_der_x509_certificate(near.getpeercert(binary_form=True))


# What is spoken


@pytest.mark.parametrize(
    "suite",
    [
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "AES128-GCM-SHA256",
        "AES256-GCM-SHA384",
    ],
)
def test_every_suite_of_the_whitepaper_is_spoken_in_tls_1_2(authority, suite):
    client = trusting(authority.root_pem())
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    client.set_ciphers(suite)
    near, _ = shake_hands(prepared(authority).context, client)
    assert (near.cipher()[0], near.version()) == (suite, "TLSv1.2")


def test_tls_1_3_is_spoken(authority):
    near, _ = shake_hands(prepared(authority).context, trusting(authority.root_pem()))
    assert near.version() == "TLSv1.3"


def test_a_client_certificate_is_welcome_and_not_needed(authority, tmp_path):
    tls = prepared(authority)
    _, far = shake_hands(tls.context, trusting(authority.root_pem()))
    assert far.getpeercert(binary_form=True) is None
    client = trusting(authority.root_pem())
    issued = authority.sign(certificate_request("CP1"), ["CP1"], NOW)
    (tmp_path / "chain.pem").write_text(issued.chain_pem)
    (tmp_path / "key.pem").write_text(private_pem("ecdsa"))
    client.load_cert_chain(tmp_path / "chain.pem", tmp_path / "key.pem")
    _, far = shake_hands(tls.context, client)
    assert making.subject_of(far.getpeercert(binary_form=True))[:3] == ("CP1", ORGANIZATION, issued.fingerprint)


def test_an_authority_of_the_operator_may_sign_client_certificates_too(authority, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = CertificateAuthority(elsewhere, ORGANIZATION)
    (tmp_path / "clients.pem").write_text(other.root_pem())
    (tmp_path / "chain.pem").write_text(other.sign(certificate_request("CP1"), ["CP1"], NOW).chain_pem)
    (tmp_path / "key.pem").write_text(private_pem("ecdsa"))
    client = trusting(authority.root_pem())
    client.load_cert_chain(tmp_path / "chain.pem", tmp_path / "key.pem")
    with pytest.raises(ssl.SSLError):
        shake_hands(prepared(authority).context, client)
    _, far = shake_hands(prepared(authority, OwnFiles(client_ca=str(tmp_path / "clients.pem"))).context, client)
    assert far.getpeercert(binary_form=True)


# Certificates that are made here


def test_both_kinds_of_certificate_are_shown(authority):
    tls, root_pem = prepared(authority), authority.root_pem()
    kinds = {type(shown(tls, root_pem, f"ECDHE-{kind}-AES128-GCM-SHA256").public_key()) for kind in ("RSA", "ECDSA")}
    assert len(kinds) == 2


def test_nothing_is_loaded_while_nothing_changes(authority):
    tls = prepared(authority)
    assert not tls.load(tls.renewed(NOW))


def test_a_renewed_certificate_is_shown_to_whoever_comes_next(authority):
    tls = prepared(authority)
    before = shown(tls)
    assert tls.load(tls.renewed(NOW + timedelta(days=800)))
    assert shown(tls).not_valid_after_utc - before.not_valid_after_utc == timedelta(days=800)


def test_a_new_address_is_soon_in_the_certificate(authority):
    names = ["localhost"]
    tls = ServerTls(authority, OwnFiles(), lambda: names)
    tls.prepare(NOW)
    names.append("192.168.7.7")
    assert tls.load(tls.renewed(NOW))
    assert "192.168.7.7" in making.names_in(shown(tls, authority.root_pem()))


# Certificates that the operator brings along


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_the_certificate_of_the_operator_is_shown(authority, tmp_path, kind):
    tls = prepared(authority, own_files(tmp_path / "own", kind))
    certificate = shown(tls, (tmp_path / "own" / "root.pem").read_text())
    assert certificate.public_key() == key_of_kind(kind).public_key()
    assert not (tmp_path / "tls" / "server-rsa.pem").exists()


def test_certificate_and_key_may_stand_in_one_file(authority, tmp_path):
    own_files(tmp_path / "own")
    both = tmp_path / "own" / "both.pem"
    both.write_text((tmp_path / "own" / "key.pem").read_text() + (tmp_path / "own" / "certificate.pem").read_text())
    assert shown(prepared(authority, OwnFiles(str(both))), (tmp_path / "own" / "root.pem").read_text())


def test_a_certificate_that_the_operator_renews_is_shown_without_a_restart(authority, tmp_path):
    tls = prepared(authority, own_files(tmp_path / "own"))
    own_files(tmp_path / "own", names=("localhost", "csms.example.org"))
    os.utime(tmp_path / "own" / "certificate.pem", ns=(1, 1))  # whatever the resolution of the file system's clock
    assert tls.load(tls.renewed(NOW))
    assert "csms.example.org" in making.names_in(shown(tls, (tmp_path / "own" / "root.pem").read_text()))


def test_half_a_renewal_leaves_what_was_loaded(authority, tmp_path):
    tls = prepared(authority, own_files(tmp_path / "own"))
    root_pem = (tmp_path / "own" / "root.pem").read_text()
    before = shown(tls, root_pem)
    own_files(tmp_path / "own", "ecdsa", key="rsa")
    with pytest.raises(TlsUnusable):
        tls.load(tls.renewed(NOW))
    assert shown(tls, root_pem) == before


def damage_key(own: Path) -> None:
    (own / "key.pem").write_text(private_pem("ecdsa"))


def damage_certificate(own: Path) -> None:
    (own / "certificate.pem").write_text("no PEM")


def lose_key(own: Path) -> None:
    (own / "key.pem").unlink()


def protect_key(own: Path) -> None:
    encryption = serialization.BestAvailableEncryption(b"secret")
    pem = key_of_kind("rsa").private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    (own / "key.pem").write_bytes(pem)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (damage_key, r"key\.pem is not the key of the certificate .*certificate\.pem"),
        (damage_certificate, r"certificate\.pem .*no PEM file"),
        (lose_key, r"key\.pem: No such file"),
        (protect_key, "passphrase"),
    ],
)
def test_files_that_can_not_be_used_are_named(authority, tmp_path, damage, words):
    own = own_files(tmp_path / "own")
    damage(tmp_path / "own")
    with pytest.raises(TlsUnusable, match=words):
        prepared(authority, own)


@pytest.mark.parametrize("content", [b"no PEM", b"", b"\xff\xfe\x00"])
def test_an_authority_for_clients_that_can_not_be_used_is_named(authority, tmp_path, content):
    (tmp_path / "clients.pem").write_bytes(content)
    with pytest.raises(TlsUnusable, match=r"client_ca: .*clients\.pem is no PEM file"):
        prepared(authority, OwnFiles(client_ca=str(tmp_path / "clients.pem")))


def test_a_lost_authority_for_clients_is_named(authority, tmp_path):
    with pytest.raises(TlsUnusable, match=r"clients\.pem: No such file"):
        prepared(authority, OwnFiles(client_ca=str(tmp_path / "clients.pem")))
