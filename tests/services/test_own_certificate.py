"""A certificate that is brought along is judged in words, before anybody depends on it."""

import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from edge_csms.domain.errors import Invalid
from edge_csms.services import certificate_making as making
from edge_csms.services import own_certificate

NOW = making.BORN + timedelta(days=30)
NAMES = ["box.example.org", "192.0.2.1"]
ROOT_KEY = making.new_key("ecdsa")
ROOT = making.make_root(ROOT_KEY, "ecdsa", "Depot", NOW)
KEY = making.new_key("ecdsa")
KEY_PEM = making.key_pem(KEY)


def certificate(names: list[str] = NAMES, key: Any = KEY, now: Any = NOW) -> Any:
    return making.make_server_certificate(key, names, ROOT_KEY, ROOT, now)


GOOD = making.chain_pem(certificate(), ROOT)


def fault(certificate_pem: str = GOOD, key_pem: str = KEY_PEM, now: Any = NOW) -> tuple[str, str]:
    with pytest.raises(Invalid) as caught:
        own_certificate.check(certificate_pem, key_pem, NAMES, now)
    ((field, (words,)),) = caught.value.fields.items()
    return field, words


def test_a_good_one_surprises_nobody() -> None:
    assert own_certificate.check(GOOD, KEY_PEM, NAMES, NOW) == []
    wildcard = making.chain_pem(certificate(["*.example.org"]), ROOT)
    assert own_certificate.check(wildcard, KEY_PEM, NAMES, NOW) == []


def test_what_might_surprise_is_told() -> None:
    alone = making.chain_pem(certificate(["other.example.com"]))
    surprises = own_certificate.check(alone, KEY_PEM, NAMES, NOW + making.SERVER_LIFE - timedelta(days=3))
    assert [surprise.partition(",")[0] for surprise in surprises] == [
        "it expires soon",
        "it is for other.example.com",
        "it comes without the certificates of its authorities: many chargers need those too",
    ]
    root = making.chain_pem(ROOT)
    assert "signed by itself" in own_certificate.check(root, making.key_pem(ROOT_KEY), NAMES, NOW)[-1]


def test_what_is_no_certificate_is_told_with_what_makes_one() -> None:
    assert "openssl pkcs12" in fault("0\x82\x01 binary")[1]
    assert "this is a key" in fault(KEY_PEM)[1]
    assert "damaged" in fault(GOOD.replace("M", "!", 5))[1]


def test_what_is_no_key_is_told() -> None:
    locked = KEY.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    ).decode()
    assert fault(key_pem=locked)[0] == "key"
    assert "passphrase" in fault(key_pem=locked)[1]
    assert "no private key" in fault(key_pem="nonsense")[1]
    assert fault(key_pem=making.key_pem(ROOT_KEY)) == ("key", "this is not the key of the certificate")


def test_times_are_judged_by_the_clock_of_the_box() -> None:
    assert fault(now=NOW + timedelta(days=3650))[1].startswith("it expired on")
    assert "the box's clock says" in fault(now=NOW - timedelta(days=3650))[1]


def test_a_weak_key_is_refused() -> None:
    weak = rsa.generate_private_key(65537, 1024)
    pem = making.chain_pem(certificate(key=weak), ROOT)
    assert "1024 bits" in fault(pem, making.key_pem(weak))[1]


def test_a_chain_in_the_wrong_order_is_refused() -> None:
    other_key = ec.generate_private_key(ec.SECP256R1())
    other = making.make_root(other_key, "ecdsa", "Other", NOW)
    assert "the chain is broken" in fault(making.chain_pem(certificate(), other))[1]


def test_it_is_kept_where_only_the_server_can_read_it(tmp_path: Path) -> None:
    kept, key = own_certificate.store(tmp_path / "tls", GOOD, KEY_PEM)
    assert (kept.read_text(), key.read_text()) == (GOOD, KEY_PEM)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert own_certificate.store(tmp_path / "tls", GOOD, KEY_PEM) == (kept, key)
