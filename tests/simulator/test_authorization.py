"""What a charge point knows of idTags by itself."""

from datetime import UTC, datetime

import pytest

from edge_csms.ocpp.v16.local_auth_list import AuthorizationData, SendLocalList
from edge_csms.ocpp.v16.types import IdTagInfo
from edge_csms.simulator.authorization import Authorization
from edge_csms.simulator.configuration import Configuration, of_a_wallbox

NOW = datetime(2031, 1, 6, 12, 0, tzinfo=UTC)
ACCEPTED = IdTagInfo(status="Accepted")


@pytest.fixture
def settings() -> Configuration:
    return of_a_wallbox(1, 0)


@pytest.fixture
def authorization(settings: Configuration) -> Authorization:
    return Authorization(settings)


def send(authorization: Authorization, version: int, update_type: str = "Full", **tags: IdTagInfo | None) -> str:
    entries = [AuthorizationData(id_tag=tag, id_tag_info=info) for tag, info in tags.items()]
    update = SendLocalList(list_version=version, local_authorization_list=entries, update_type=update_type)  # type: ignore[arg-type]
    return authorization.update_list(update).status


def offline(authorization: Authorization, id_tag: str) -> str:
    return authorization.decide_offline(id_tag, NOW).status


def test_the_list_outranks_the_cache(authorization: Authorization) -> None:
    authorization.remember("TAG1", ACCEPTED)
    assert offline(authorization, "tag1") == "Accepted"
    send(authorization, 1, TAG1=IdTagInfo(status="Blocked"))
    assert offline(authorization, "tag1") == "Blocked"


def test_what_has_expired_says_so(authorization: Authorization) -> None:
    authorization.remember("TAG1", IdTagInfo(status="Accepted", expiry_date="2031-01-06T11:00:00Z"))
    assert offline(authorization, "TAG1") == "Expired"


def test_unknown_idtags_charge_offline_only_where_allowed(
    authorization: Authorization, settings: Configuration
) -> None:
    assert offline(authorization, "STRANGER") == "Invalid"
    settings.set("AllowOfflineTxForUnknownId", "true")
    assert offline(authorization, "STRANGER") == "Accepted"


def test_a_full_list_replaces_and_a_differential_one_changes(authorization: Authorization) -> None:
    assert send(authorization, 1, A=ACCEPTED, B=ACCEPTED) == "Accepted"
    assert send(authorization, 2, "Differential", B=None, C=ACCEPTED) == "Accepted"
    assert (set(authorization.listed), authorization.list_version) == ({"a", "c"}, 2)
    assert send(authorization, 1, D=ACCEPTED) == "Accepted"
    assert (set(authorization.listed), authorization.list_version) == ({"d"}, 1)


def test_a_difference_to_an_older_version_does_not_match(authorization: Authorization) -> None:
    send(authorization, 4, A=ACCEPTED)
    assert send(authorization, 4, "Differential", B=ACCEPTED) == "VersionMismatch"
    assert set(authorization.listed) == {"a"}


def test_a_list_that_is_no_good_changes_nothing(authorization: Authorization, settings: Configuration) -> None:
    send(authorization, 1, A=ACCEPTED)
    assert send(authorization, 0, B=ACCEPTED) == "Failed"
    assert send(authorization, 2, B=None) == "Failed"
    assert send(authorization, 2, B=ACCEPTED, b=ACCEPTED) == "Failed"
    settings.set("SendLocalListMaxLength", "1")
    assert send(authorization, 2, B=ACCEPTED, C=ACCEPTED) == "Failed"
    settings.set("LocalAuthListMaxLength", "1")
    assert send(authorization, 2, "Differential", B=ACCEPTED) == "Failed"
    assert (set(authorization.listed), authorization.list_version) == ({"a"}, 1)


def test_without_a_cache_there_is_none_to_clear(authorization: Authorization, settings: Configuration) -> None:
    assert authorization.clear_cache()
    settings.set("AuthorizationCacheEnabled", "false")
    assert not authorization.clear_cache()
    authorization.remember("TAG1", ACCEPTED)
    settings.set("AuthorizationCacheEnabled", "true")
    assert authorization.find("TAG1", NOW) is None


def test_the_group_of_an_idtag_is_known(authorization: Authorization) -> None:
    authorization.remember("TAG1", IdTagInfo(status="Accepted", parent_id_tag="FAMILY"))
    assert (authorization.parent_of("tag1"), authorization.parent_of("TAG2")) == ("FAMILY", None)
