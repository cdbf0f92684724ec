"""Who may open a session: each proof, each policy, and the stage and cause of each refusal."""

import base64
from typing import Any

import pytest

from edge_csms.central.admission import Admission, ClientCertificate, Proof, Turned, WrongPassword, basic_password
from edge_csms.central.attempts import Stage
from edge_csms.domain.model import ChargePoint, Registration
from edge_csms.services import charge_points, passwords
from tests.central.conftest import BuildHouse, House

KEY = bytes(range(20))


def basic(text: bytes) -> str:
    return "Basic " + base64.b64encode(text).decode()


def admission(house: House) -> Admission:
    charger_passwords = passwords.ChargerPasswords()

    async def check_key(credential: str, charge_point_id: str, presented: bytes) -> str | None:
        return charger_passwords.verify(credential, charge_point_id, presented)

    return Admission(house.context, check_key)


async def add(house: House, **columns: Any) -> ChargePoint:
    return await house.database.run(charge_points.add, "CP1", house.central.now(), columns)


async def turned(house: House, proof: Proof, identity: str = "CP1") -> Turned:
    with pytest.raises(Turned) as refused:
        await admission(house).admit(identity, proof)
    assert refused.value.fix
    return refused.value


@pytest.mark.parametrize("identity", ["", " CP1", "CP1 ", "x" * 49, "A/B", "A\nB", "A\x00"])
async def test_what_can_be_no_identity_is_turned_away(house: House, identity: str) -> None:
    refused = await turned(house, Proof(), identity)
    assert (refused.status, refused.stage) == (404, Stage.IDENTITY)


@pytest.mark.parametrize(
    ("policy", "registration"), [("accept", Registration.ACCEPTED), ("approve", Registration.PENDING)]
)
async def test_an_unknown_charger_is_taken_in_as_the_policy_says(
    build: BuildHouse, policy: str, registration: Registration
) -> None:
    house = build(new_charge_points=policy)
    admitted = await admission(house).admit("CP1", Proof(person=True))
    assert (admitted.charge_point.registration, admitted.authenticated) == (registration, False)
    again = await admission(house).admit("cp1", Proof())
    assert again.charge_point.charge_point_id == "CP1"


async def test_an_unknown_charger_is_turned_away_where_the_policy_says_so(build: BuildHouse) -> None:
    refused = await turned(build(new_charge_points="reject"), Proof(person=True))
    assert (refused.status, refused.stage) == (404, Stage.IDENTITY)


async def test_the_inbox_is_bounded_and_what_is_known_gets_in_all_the_same(
    build: BuildHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = build(new_charge_points="approve")
    monkeypatch.setattr(charge_points, "INBOX_SIZE", 1)
    await admission(house).admit("CP1", Proof())
    refused = await turned(house, Proof(), "CP2")
    assert (refused.status, refused.stage) == (503, Stage.IDENTITY)
    await admission(house).admit("CP1", Proof())


async def test_without_a_credential_nothing_is_needed_and_nothing_proves_anything(house: House) -> None:
    await add(house)
    for authorization in (None, basic(b"CP1:whatever")):
        admitted = await admission(house).admit("CP1", Proof(authorization))
        assert (admitted.authenticated, admitted.profile) == (False, 0)
    assert (await admission(house).admit("CP1", Proof(person=True))).authenticated


@pytest.mark.parametrize(("encrypted", "profile"), [(False, 1), (True, 2)])
async def test_a_key_proves_the_identity_as_bytes_and_as_hex(house: House, encrypted: bool, profile: int) -> None:
    await add(house, credential=passwords.hash_charger_key(KEY, "CP1"))
    for password, as_hex in ((KEY, False), (KEY.hex().encode(), True)):
        admitted = await admission(house).admit("CP1", Proof(basic(b"cp1:" + password), encrypted=encrypted))
        assert (admitted.authenticated, admitted.profile, admitted.sent_key_as_hex) == (True, profile, as_hex)


async def test_a_missing_and_a_wrong_password_are_told_apart(house: House) -> None:
    await add(house, credential=passwords.hash_charger_key(KEY, "CP1"))
    missing = await turned(house, Proof(person=True))
    wrong = await turned(house, Proof(basic(b"CP1:" + KEY[:-1])))
    assert (missing.status, wrong.status) == (401, 401)
    assert (missing.stage, wrong.stage) == (Stage.CREDENTIAL, Stage.CREDENTIAL)
    assert isinstance(wrong, WrongPassword)
    assert not isinstance(missing, WrongPassword)


async def test_a_charger_token_holds_while_it_is_the_last_that_was_made(house: House) -> None:
    await add(house, token_id="token-1")
    admitted = await admission(house).admit("CP1", Proof(charger_token_id="token-1"))
    assert admitted.authenticated
    assert (await turned(house, Proof(charger_token_id="token-0"))).status == 401
    assert (await turned(house, Proof(charger_token_id="token-1"), "CP2")).status == 401


async def test_a_charger_below_its_recorded_profile_is_turned_away(house: House) -> None:
    await add(house, credential=passwords.hash_charger_key(KEY, "CP1"), security_profile=2)
    refused = await turned(house, Proof(basic(b"CP1:" + KEY)))
    assert "security profile 1, below its recorded profile 2" in refused.cause
    admitted = await admission(house).admit("CP1", Proof(basic(b"CP1:" + KEY), encrypted=True))
    assert admitted.profile == 2


@pytest.mark.parametrize("ours", [True, False])
async def test_a_client_certificate_proves_the_identity_if_its_names_fit(house: House, ours: bool) -> None:
    await add(house)
    organization = house.context.authority.organization if ours else "Somebody else"
    for name, fits in (("cp1", True), ("CP2", False), (None, False)):
        proof = Proof(encrypted=True, certificate=ClientCertificate(name, organization, "fingerprint"))
        if ours and fits:
            assert (await admission(house).admit("CP1", proof)).profile == 3
        else:
            assert (await turned(house, proof)).status == 401


@pytest.mark.parametrize(
    ("sent", "identity", "password"),
    [
        (b"CP1:key", "CP1", b"key"),
        (b"cp1:key", "CP1", b"key"),
        (b"A:B:c:d", "A:B", b"c:d"),
        (b"CP1:", "CP1", b""),
        (b"CP1:\xff\x00", "CP1", b"\xff\x00"),
        ("Straße:key".encode(), "Straße", b"key"),
        (b"CP2:key", "CP1", None),
        (b"CP1", "CP1", None),
        (b"CP10:key", "CP1", None),
        (b"", "CP1", None),
    ],
)
def test_basic_is_read_as_bytes_behind_the_identity(sent: bytes, identity: str, password: bytes | None) -> None:
    assert basic_password(basic(sent), identity) == password
    assert basic_password(basic(sent).replace("Basic", "bASIC "), identity) == password


@pytest.mark.parametrize("header", [None, "", "Basic", "Basic !!!", "Bearer abc", "Basic Q1AxOmtleQ=", "basic"])
def test_other_headers_hold_no_password(header: str | None) -> None:
    assert basic_password(header, "CP1") is None
