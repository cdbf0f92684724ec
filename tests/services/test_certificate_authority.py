"""Tests of the authority of the site: its roots, the certificates of the server, and those of charge points."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from edge_csms.domain.errors import Invalid
from edge_csms.services.certificate_authority import AuthorityDamaged, CertificateAuthority
from edge_csms.services.certificate_making import names_in, subject_of
from tests.making_certificates import ORGANIZATION, certificate_request, private_pem

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
NAMES = ["box", "box.local", "192.168.1.5", "fe80::1"]


@pytest.fixture
def authority(tmp_path: Path) -> CertificateAuthority:
    return CertificateAuthority(tmp_path, ORGANIZATION)


def roots(authority: CertificateAuthority) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(authority.root_pem().encode())


def server_certificates(authority: CertificateAuthority, names: list[str] = NAMES, now: datetime = NOW):
    return [x509.load_pem_x509_certificates(path.read_bytes()) for path, _ in authority.server_files(names, now)]


# Roots


def test_there_is_a_root_of_each_kind(authority):
    rsa_root, ecdsa_root = roots(authority)
    assert isinstance(rsa_root.public_key(), rsa.RSAPublicKey)
    assert isinstance(ecdsa_root.public_key(), ec.EllipticCurvePublicKey)
    for root in (rsa_root, ecdsa_root):
        assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        root.verify_directly_issued_by(root)


def test_roots_are_made_once(authority, tmp_path):
    assert CertificateAuthority(tmp_path, ORGANIZATION).root_pem() == authority.root_pem()


def test_keys_are_for_the_owner_alone(authority, tmp_path):
    authority.server_files(NAMES, NOW)
    keys = list((tmp_path / "tls").glob("*.key"))
    assert len(keys) == 4
    assert {path.stat().st_mode & 0o777 for path in keys} == {0o600}
    assert (tmp_path / "tls").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["Q" * 100, "Gemeindewerke Übersüßen-Ödhöfe " * 4, "駐車場" * 20, "a"])
def test_any_name_of_a_site_makes_certificates(tmp_path, name):
    authority = CertificateAuthority(tmp_path, name)
    request = certificate_request("CP1", authority.organization)
    assert authority.sign(request, ["CP1"], NOW).chain_pem


def test_a_renamed_site_stays_the_organization_that_its_chargers_know(authority, tmp_path):
    authority.root_pem()
    renamed = CertificateAuthority(tmp_path, "Another name")
    for organization in (ORGANIZATION, "Another name"):
        issued = renamed.sign(certificate_request("CP1", organization), ["CP1"], NOW)
        subject = x509.load_pem_x509_certificate(issued.chain_pem.encode()).subject
        assert subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == ORGANIZATION
        assert renamed.is_ours(organization)
    assert not renamed.is_ours("Strangers")
    assert not renamed.is_ours(None)


@pytest.mark.parametrize("name", ["root-rsa.key", "root-rsa.pem", "root-ecdsa.key"])
@pytest.mark.parametrize("content", ["no PEM", private_pem(ed25519.Ed25519PrivateKey.generate())])
def test_a_damaged_authority_is_said_to_be_damaged(authority, tmp_path, name, content):
    authority.root_pem()
    (tmp_path / "tls" / name).write_text(content)
    with pytest.raises(AuthorityDamaged, match=name):
        CertificateAuthority(tmp_path, ORGANIZATION).root_pem()


def test_a_lost_key_of_a_root_is_said_to_be_lost(authority, tmp_path):
    authority.root_pem()
    (tmp_path / "tls" / "root-rsa.key").unlink()
    with pytest.raises(AuthorityDamaged, match=r"root-rsa\.key"):
        CertificateAuthority(tmp_path, ORGANIZATION).server_files(NAMES, NOW)


def test_a_root_that_was_not_finished_is_made_anew(authority, tmp_path):
    authority.root_pem()
    (tmp_path / "tls" / "root-rsa.pem").unlink()
    root, _ = roots(CertificateAuthority(tmp_path, ORGANIZATION))
    root.verify_directly_issued_by(root)


# Certificates of the server


def test_the_server_gets_a_certificate_of_each_kind_for_all_its_names(authority):
    kinds = (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)
    for (certificate, root), kind in zip(server_certificates(authority), kinds, strict=True):
        assert isinstance(certificate.public_key(), kind)
        assert names_in(certificate) == set(NAMES)
        certificate.verify_directly_issued_by(root)


def test_names_are_written_in_the_letters_that_certificates_know(authority):
    (certificate, _), _ = server_certificates(authority, ["Büro.local", "büro.local", "", "x" * 64, "box"])
    assert names_in(certificate) == {"xn--bro-hoa.local", "box"}


def test_certificates_of_the_server_are_kept_while_they_are_good(authority):
    first = server_certificates(authority)
    assert server_certificates(authority, NAMES[::-1], NOW + timedelta(days=700)) == first
    assert server_certificates(authority, NAMES[:2]) == first


@pytest.mark.parametrize(
    ("names", "now"),
    [
        ([*NAMES, "192.168.1.99"], NOW),
        (NAMES, NOW + timedelta(days=825 - 59)),
        (NAMES, NOW + timedelta(days=2000)),
        (NAMES, NOW - timedelta(days=3)),
    ],
    ids=["a new address", "its time is near", "its time is over", "it was made by a clock that was ahead"],
)
def test_certificates_of_the_server_are_made_anew_with_the_same_keys(authority, names, now):
    first, second = server_certificates(authority), server_certificates(authority, names, now)
    for (before, root), (after, root_of_after) in zip(first, second, strict=True):
        assert before != after
        assert root == root_of_after
        assert before.public_key() == after.public_key()
        assert names_in(after) == set(names)
        assert after.not_valid_before_utc < now < after.not_valid_after_utc


@pytest.mark.parametrize("damage", ["server-ecdsa.key", "server-ecdsa.pem"])
def test_a_damaged_certificate_of_the_server_is_made_anew(authority, tmp_path, damage):
    server_certificates(authority)
    (tmp_path / "tls" / damage).write_text("no PEM")
    _, (certificate, root) = server_certificates(authority)
    certificate.verify_directly_issued_by(root)
    key = serialization.load_pem_private_key((tmp_path / "tls" / "server-ecdsa.key").read_bytes(), None)
    assert key.public_key() == certificate.public_key()


def test_a_certificate_of_another_root_is_made_anew(authority, tmp_path):
    server_certificates(authority)
    for path in (tmp_path / "tls").glob("root-*"):
        path.unlink()
    for certificate, root in server_certificates(authority):
        certificate.verify_directly_issued_by(root)


# Requests of charge points


@pytest.mark.parametrize("key", ["rsa", "ecdsa"])
@pytest.mark.parametrize("common_name", ["CP1", "cp1", "SER-7"])
def test_a_good_request_is_signed_by_the_root_of_its_kind(authority, key, common_name):
    issued = authority.sign(certificate_request(common_name, key=key), ["CP1", "SER-7"], NOW)
    certificate, root = x509.load_pem_x509_certificates(issued.chain_pem.encode())
    certificate.verify_directly_issued_by(root)
    assert root in roots(authority)
    assert type(root.public_key()) is type(certificate.public_key())
    der = certificate.public_bytes(serialization.Encoding.DER)
    assert subject_of(der) == (common_name, ORGANIZATION, issued.fingerprint, issued.not_after)
    assert issued.not_after == certificate.not_valid_after_utc > NOW + timedelta(days=1000)
    assert int(issued.serial_number, 16) == certificate.serial_number


def test_a_bad_request_is_refused(authority):
    for bad in (certificate_request("CP2"), certificate_request("CP1", "Strangers"), "garbage"):
        with pytest.raises(Invalid):
            authority.sign(bad, ["CP1"], NOW)
