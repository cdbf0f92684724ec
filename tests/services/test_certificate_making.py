"""Tests of how certificates are made and read."""

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from edge_csms.domain.errors import Invalid
from edge_csms.services import certificate_making as making
from tests.making_certificates import ORGANIZATION, certificate_request, key_of_kind

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
NAMES = ["192.168.1.5", "box", "box.local", "fe80::1"]


@pytest.fixture
def root() -> x509.Certificate:
    return making.make_root(key_of_kind("ecdsa"), "ecdsa", ORGANIZATION, NOW)


def server(root: x509.Certificate, now: datetime = NOW, kind: str = "rsa") -> x509.Certificate:
    return making.make_server_certificate(key_of_kind(kind), NAMES, key_of_kind("ecdsa"), root, now)


def common_name(certificate: x509.Certificate) -> str:
    return certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value


def extension(certificate: x509.Certificate, kind: type) -> x509.ExtensionType:
    return certificate.extensions.get_extension_for_class(kind).value


@pytest.mark.parametrize("kind", making.KINDS)
def test_a_root_may_sign_certificates_and_no_further_roots(kind):
    key = making.new_key(kind)
    root = making.make_root(key, kind, ORGANIZATION, NOW)
    assert extension(root, x509.BasicConstraints) == x509.BasicConstraints(ca=True, path_length=0)
    assert extension(root, x509.KeyUsage).key_cert_sign
    root.verify_directly_issued_by(root)
    assert common_name(root) == f"{ORGANIZATION} root ({kind.upper()})"


@pytest.mark.parametrize("year", [1970, 2026, 2040])
def test_a_root_holds_for_decades_whatever_the_clock_said_when_it_was_made(year):
    root = making.make_root(key_of_kind("ecdsa"), "ecdsa", ORGANIZATION, datetime(year, 1, 1, tzinfo=UTC))
    assert root.not_valid_before_utc <= datetime(2026, 11, 1, tzinfo=UTC)
    assert root.not_valid_after_utc >= datetime(2046, 10, 1, tzinfo=UTC)


@pytest.mark.parametrize("organization", ["Q" * 64, "Gemeindewerke Übersüßen an der Ödhöfer Höhe", "駐" * 21])
def test_long_names_are_cut_to_what_a_certificate_holds(organization):
    organization = making.fit(organization)
    root = making.make_root(key_of_kind("ecdsa"), "ecdsa", organization, NOW)
    assert making.only(root.subject, NameOID.ORGANIZATION_NAME) == organization
    assert len(common_name(root).encode()) <= 64
    assert len(making.fit("駐" * 100).encode()) == 63


def test_a_server_is_named_with_all_names_and_addresses(root):
    certificate = server(root)
    names = extension(certificate, x509.SubjectAlternativeName)
    assert names.get_values_for_type(x509.DNSName) == ["box", "box.local"]
    assert names.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address(NAMES[0]), ipaddress.ip_address(NAMES[3])]
    assert making.names_in(certificate) == set(NAMES)
    assert common_name(certificate) == "box.local"
    assert making.names_in(root) == set()


def test_a_certificate_of_a_server_is_good_for_nothing_else(root):
    certificate = server(root)
    certificate.verify_directly_issued_by(root)
    assert list(extension(certificate, x509.ExtendedKeyUsage)) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert not extension(certificate, x509.BasicConstraints).ca


def test_old_chargers_may_encrypt_to_the_key_of_the_server(root):
    assert extension(server(root), x509.KeyUsage).key_encipherment


@pytest.mark.parametrize(("now", "until"), [(NOW, NOW + making.SERVER_LIFE), (datetime(1970, 1, 5, tzinfo=UTC), None)])
def test_a_certificate_of_a_server_holds_a_while(root, now, until):
    certificate = server(root, now)
    assert certificate.not_valid_before_utc < now - timedelta(days=1)
    assert certificate.not_valid_after_utc == (until or making.BORN + making.SERVER_LIFE)


def test_nothing_but_key_and_name_is_taken_from_a_request(root):
    wishes = x509.BasicConstraints(ca=True, path_length=None)
    request = x509.load_pem_x509_csr(certificate_request("CP1", None, extension=wishes).encode())
    certificate = making.make_charger_certificate(request, ORGANIZATION, key_of_kind("ecdsa"), root, NOW)
    assert not extension(certificate, x509.BasicConstraints).ca
    assert list(extension(certificate, x509.ExtendedKeyUsage)) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert [attribute.value for attribute in certificate.subject] == [ORGANIZATION, "CP1"]
    assert certificate.public_key() == request.public_key()


@pytest.mark.parametrize("kind", making.KINDS)
def test_a_key_is_read_as_it_was_written(kind):
    key = making.new_key(kind)
    assert making.load_key(making.key_pem(key).encode()).public_key() == key.public_key()


@pytest.mark.parametrize("pem", ["", "no PEM"])
def test_what_is_no_key_is_refused(pem):
    with pytest.raises(ValueError):
        making.load_key(pem.encode())


def test_a_text_is_split_into_its_certificates(root):
    other = server(root)
    one, two = making.split_pem(f"\n{making.chain_pem(root, other)}\n\n")
    assert (one, two) == (making.chain_pem(root), making.chain_pem(other))
    assert making.check_root_pem(one) == f"CN={ORGANIZATION} root (ECDSA),O={ORGANIZATION}"


@pytest.mark.parametrize("pem", ["", "garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "é"])
def test_what_is_no_certificate_is_refused(pem):
    with pytest.raises(Invalid):
        making.check_root_pem(pem)


def test_a_certificate_tells_whose_it_is(root):
    der = root.public_bytes(serialization.Encoding.DER)
    assert making.subject_of(der) == (
        f"{ORGANIZATION} root (ECDSA)",
        ORGANIZATION,
        root.fingerprint(hashes.SHA256()).hex(),
        root.not_valid_after_utc,
    )
    assert making.subject_of(b"what only TLS can read")[:2] == (None, None)


def test_a_chain_tells_until_when_each_of_it_holds(root):
    other = making.make_root(key_of_kind("rsa"), "ecdsa", "Somebody", NOW)
    lifetimes = making.lifetimes_of(making.chain_pem(root, other, root).encode())
    assert list(lifetimes.values()) == [
        (f"CN={ORGANIZATION} root (ECDSA),O={ORGANIZATION}", root.not_valid_after_utc),
        ("CN=Somebody root (ECDSA),O=Somebody", other.not_valid_after_utc),
    ]
    with pytest.raises(ValueError):
        making.lifetimes_of(b"garbage")
