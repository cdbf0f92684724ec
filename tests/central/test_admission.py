"""Tests of who may open a session."""

import asyncio
import base64
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edge_csms.central.admission import Admission, ClientCertificate, Proof, Turned, WrongPassword, basic_password
from edge_csms.central.attempts import Stage
from edge_csms.central.clock import SiteClock
from edge_csms.central.context import Context
from edge_csms.central.event_bus import EventBus
from edge_csms.central.quirks import Quirks
from edge_csms.central.settings import CentralSettings
from edge_csms.services import charge_points, charger_keys
from edge_csms.services.certificate_authority import CertificateAuthority
from edge_csms.storage.database import Database
from tests.making_certificates import ORGANIZATION

CERTIFICATE = ClientCertificate("CP1", ORGANIZATION, "print")


def basic(name: str, password: str | bytes) -> str:
    secret = password.encode() if isinstance(password, str) else password
    return "Basic " + base64.b64encode(name.encode() + b":" + secret).decode()


async def check_key(credential: str, charge_point_id: str, presented: bytes) -> str | None:
    """Compare a key with a credential: here both are the same text, and a key may come in brackets."""
    return {credential: "raw", f"[{credential}]": "hex"}.get(presented.decode())


MakeAdmission = Callable[..., Admission]


@pytest.fixture
def make_admission(database: Database, tmp_path: Path) -> MakeAdmission:
    """Give a function that makes the admission of a site with this policy."""

    def make(policy: str = "reject") -> Admission:
        settings = replace(CentralSettings(), new_charge_points=policy)
        authority = CertificateAuthority(tmp_path, ORGANIZATION)
        context = Context(database, SiteClock(), EventBus(), settings, authority, Quirks(()))
        return Admission(context, check_key)

    return make


@pytest.fixture
def admission(make_admission: MakeAdmission) -> Admission:
    return make_admission()


async def announce(database: Database, **columns: Any) -> None:
    await database.run(charge_points.add, "CP1", SiteClock().now(), columns)


async def turned(admission: Admission, proof: Proof, identity: str = "CP1") -> Turned:
    with pytest.raises(Turned) as caught:
        await admission.admit(identity, proof)
    assert caught.value.cause
    assert caught.value.fix
    return caught.value


# Who it says it is


@pytest.mark.parametrize("identity", ["", "x" * 49, "a/b", " CP1", "CP1\n", "\x00"])
@pytest.mark.parametrize("policy", ["accept", "approve", "reject"])
async def test_what_is_no_identity_is_turned_away(make_admission, identity, policy):
    refusal = await turned(make_admission(policy), Proof(), identity)
    assert (refusal.status, refusal.stage) == (404, Stage.IDENTITY)


async def test_an_unknown_charger_is_turned_away_under_reject(admission):
    refusal = await turned(admission, Proof())
    assert (refusal.status, refusal.stage) == (404, Stage.IDENTITY)


@pytest.mark.parametrize(("policy", "accepted"), [("accept", True), ("approve", False)])
@pytest.mark.parametrize("person", [False, True])
async def test_an_unknown_charger_is_taken_in_and_only_a_person_vouches_for_it(
    make_admission, policy, accepted, person
):
    admitted = await make_admission(policy).admit("CP1", Proof(authorization=basic("CP1", "key"), person=person))
    assert (admitted.charge_point.accepted, admitted.authenticated) == (accepted, person)


async def test_one_that_gets_its_password_while_it_is_taken_in_must_use_it(make_admission, database):
    admission = make_admission("accept")
    admitting = asyncio.gather(
        *(admission.admit("CP1", Proof(authorization=basic("CP1", key))) for key in ("key", "wrong")),
        return_exceptions=True,
    )
    await asyncio.sleep(0)  # both have asked whether it is known
    await announce(database, credential="key")
    right, wrong = await admitting
    assert right.authenticated
    assert isinstance(wrong, WrongPassword)


async def test_the_inbox_is_bounded(make_admission):
    admission = make_admission("approve")
    for number in range(charge_points.INBOX_SIZE):
        await admission.admit(f"CP{number}", Proof())
    refusal = await turned(admission, Proof(), "one too many")
    assert (refusal.status, refusal.stage) == (503, Stage.IDENTITY)
    await admission.admit("CP1", Proof())  # who is in it may come again


# What proves it


async def test_nothing_needs_to_be_proved_where_nothing_is_set(admission, database):
    await announce(database)
    admitted = await admission.admit("cp1", Proof())
    assert (admitted.charge_point.charge_point_id, admitted.authenticated, admitted.profile) == ("CP1", False, 0)


@pytest.mark.parametrize(("encrypted", "profile"), [(False, 1), (True, 2)])
@pytest.mark.parametrize(("sent", "as_hex"), [("key", False), ("[key]", True)])
async def test_the_right_password_proves_an_identity(admission, database, encrypted, profile, sent, as_hex):
    await announce(database, credential="key")
    admitted = await admission.admit("CP1", Proof(authorization=basic("CP1", sent), encrypted=encrypted))
    assert (admitted.authenticated, admitted.profile, admitted.sent_key_as_hex) == (True, profile, as_hex)


async def test_a_wrong_password_is_a_guess_and_none_is_not(admission, database):
    await announce(database, credential="key")
    refusal = await turned(admission, Proof(authorization=basic("CP1", "wrong")))
    assert isinstance(refusal, WrongPassword)
    assert (refusal.status, refusal.stage) == (401, Stage.CREDENTIAL)
    for proof in (Proof(), Proof(authorization="Bearer x"), Proof(person=True), Proof(charger_token_id="id")):
        refusal = await turned(admission, proof)
        assert not isinstance(refusal, WrongPassword)
        assert refusal.status == 401


async def test_a_token_proves_an_identity_where_no_password_is_set(admission, database):
    await announce(database, token_id="id")
    assert (await admission.admit("CP1", Proof(person=True))).authenticated
    assert (await admission.admit("CP1", Proof(charger_token_id="id"))).authenticated
    assert (await turned(admission, Proof(charger_token_id="another"))).status == 401


async def test_a_key_that_was_sent_is_promoted_by_its_first_use(admission, database):
    await announce(database, credential="key")
    await database.run(charger_keys.prepare, "CP1", "new")
    for key in ("key", "new"):
        assert (await admission.admit("CP1", Proof(authorization=basic("CP1", key)))).authenticated
    assert isinstance(await turned(admission, Proof(authorization=basic("CP1", "key"))), WrongPassword)


async def test_a_charger_without_a_key_may_come_until_it_uses_the_one_that_was_sent(admission, database):
    await announce(database)
    await database.run(charger_keys.prepare, "CP1", "new")
    for proof in (Proof(), Proof(authorization=basic("CP1", "something else"))):
        assert not (await admission.admit("CP1", proof)).authenticated
    assert (await admission.admit("CP1", Proof(authorization=basic("CP1", "new")))).authenticated
    assert (await turned(admission, Proof())).status == 401


# Certificates


async def test_a_certificate_proves_an_identity_without_a_password(admission, database):
    await announce(database, credential="key", security_profile=3)
    admitted = await admission.admit("CP1", Proof(encrypted=True, certificate=CERTIFICATE))
    assert (admitted.authenticated, admitted.profile) == (True, 3)


@pytest.mark.parametrize(
    "certificate",
    [
        replace(CERTIFICATE, common_name="CP2"),
        replace(CERTIFICATE, common_name=None),
        replace(CERTIFICATE, common_name=""),
        replace(CERTIFICATE, organization="Strangers"),
        replace(CERTIFICATE, organization=None),
    ],
)
async def test_the_certificate_of_another_is_turned_away(admission, database, certificate):
    await announce(database)
    refusal = await turned(admission, Proof(encrypted=True, certificate=certificate))
    assert (refusal.status, refusal.stage) == (401, Stage.CREDENTIAL)


# Profiles


@pytest.mark.parametrize("recorded", [1, 2, 3])
async def test_who_comes_below_the_recorded_profile_is_turned_away(admission, database, recorded):
    await announce(database, security_profile=recorded)
    refusal = await turned(admission, Proof(person=True))
    assert (refusal.status, refusal.stage) == (401, Stage.CREDENTIAL)
    assert f"below its recorded profile {recorded}" in refusal.cause
    assert "technician" in refusal.fix


# Basic authentication


@pytest.mark.parametrize(
    ("authorization", "password"),
    [
        (basic("CP1", "key"), b"key"),
        (basic("cp1", "key"), b"key"),
        (basic("CP1", b"\x00\xff:\x10"), b"\x00\xff:\x10"),
        (basic("CP1", ""), b""),
        ("basic " + basic("CP1", "key")[6:], b"key"),
        (basic("CP2", "key"), None),
        (basic("CP", "1:key"), None),
        ("Basic", None),
        ("Basic %%%", None),
        ("Basic Q1A=", None),
        ("Bearer abc", None),
        ("", None),
        (None, None),
    ],
)
def test_a_password_is_read_from_the_header(authorization, password):
    assert basic_password(authorization, "CP1") == password


def test_identity_and_password_may_hold_colons():
    assert basic_password(basic("a:b", "c:d"), "a:b") == b"c:d"
    assert basic_password(basic("Straße", "key"), "Straße") == b"key"
