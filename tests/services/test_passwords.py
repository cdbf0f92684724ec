"""Credentials of people and chargers: what is kept, and what is let in."""

import time

import pytest

from edge_csms.services import passwords
from edge_csms.services.passwords import ChargerPasswords, KeyForm

KEY = bytes(range(200, 220))
HEX = KEY.hex().encode()
CHOSEN = "Kilo-Watt-11"


def test_a_persons_password_is_kept_as_argon2id_and_found_again() -> None:
    credential = passwords.hash_password(CHOSEN)
    assert credential.startswith("$argon2id$")
    assert CHOSEN not in credential
    assert passwords.verify_password(credential, CHOSEN)
    assert not passwords.verify_password(credential, CHOSEN + " ")


@pytest.mark.parametrize("credential", ["", "x", "$argon2id$v=19$m=1$broken"])
def test_a_credential_that_can_not_be_read_lets_nobody_in(credential: str) -> None:
    assert not passwords.verify_password(credential, "")
    assert ChargerPasswords().verify(credential, "CP1", b"") is None


def test_an_unknown_user_costs_the_same_work_as_a_known_one() -> None:
    parameters = passwords.hash_password("x").split("$")[:4]
    assert passwords.DUMMY_HASH.split("$")[:4] == parameters


def test_a_made_up_key_has_20_bytes_and_is_another_each_time() -> None:
    keys = {passwords.make_charger_key() for _ in range(50)}
    assert len(keys) == 50
    assert {len(key) for key in keys} == {20}


@pytest.mark.parametrize(
    ("presented", "form"), [(KEY, KeyForm.RAW), (HEX, KeyForm.HEX), (HEX.upper(), KeyForm.HEX), (KEY[:-1], None)]
)
def test_a_made_up_key_is_accepted_raw_or_as_hex_and_the_form_is_told(presented: bytes, form: KeyForm | None) -> None:
    credential = passwords.hash_charger_key(KEY, "CP1")
    assert ChargerPasswords().verify(credential, "CP1", presented) is form


def test_a_made_up_key_is_bound_to_its_charger_in_whatever_case() -> None:
    credential = passwords.hash_charger_key(KEY, "CP1")
    assert ChargerPasswords().verify(credential, "cp1", KEY) is KeyForm.RAW
    assert ChargerPasswords().verify(credential, "CP2", KEY) is None


def test_the_same_key_is_never_kept_the_same_way_twice() -> None:
    kept = {passwords.hash_charger_key(KEY, "CP1") for _ in range(10)}
    assert len(kept) == 10
    assert not any(KEY.hex() in credential for credential in kept)


def test_1500_made_up_keys_are_checked_in_a_moment() -> None:
    checks, credential = ChargerPasswords(), passwords.hash_charger_key(KEY, "CP1")
    assert checks.is_quick(credential, "CP1", KEY)
    started = time.process_time()
    assert all(checks.verify(credential, "CP1", HEX) for _ in range(1500))
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("text", [CHOSEN, "ünïcode pass", "0123456789abcdef0123456789ABCDEF"])
def test_a_chosen_password_is_accepted_as_typed(text: str) -> None:
    credential = passwords.hash_charger_password(text)
    assert credential.startswith("$argon2id$")
    assert ChargerPasswords().verify(credential, "CP1", text.encode()) is not None
    assert ChargerPasswords().verify(credential, "CP1", text.encode() + b"x") is None


def test_a_chosen_password_that_is_hex_is_accepted_as_the_bytes_it_stands_for() -> None:
    credential = passwords.hash_charger_password(KEY.hex())
    assert ChargerPasswords().verify(credential, "CP1", KEY) is KeyForm.RAW
    assert ChargerPasswords().verify(credential, "CP1", HEX) is KeyForm.HEX


def test_a_chosen_password_is_slow_once_and_quick_after_it_was_right() -> None:
    checks, credential = ChargerPasswords(), passwords.hash_charger_password(CHOSEN)
    assert not checks.is_quick(credential, "CP1", CHOSEN.encode())
    assert checks.verify(credential, "CP1", b"wrong") is None
    assert not checks.is_quick(credential, "CP1", b"wrong")
    assert checks.verify(credential, "CP1", CHOSEN.encode()) is KeyForm.RAW
    assert checks.is_quick(credential, "cp1", CHOSEN.encode())
    assert not checks.is_quick(credential, "CP1", b"wrong")
    assert not checks.is_quick(credential, "CP2", CHOSEN.encode())


def test_what_was_right_for_the_old_password_is_not_for_a_new_one() -> None:
    checks = ChargerPasswords()
    assert checks.verify(passwords.hash_charger_password(CHOSEN), "CP1", CHOSEN.encode())
    changed = passwords.hash_charger_password("Mega-Watt-12")
    assert checks.verify(changed, "CP1", CHOSEN.encode()) is None
