"""Tests of what the path of a charger's URL says, and of what it must not say to others."""

import pytest

from edge_csms.web.charger_path import identity_of, is_bare, is_usual, without_secrets


@pytest.mark.parametrize(
    ("path", "identity"),
    [
        ("/ocpp/CP1", "CP1"),
        ("/ws/ocpp/CP1/", "CP1"),
        ("/CP1", "CP1"),
        ("///CP1", "CP1"),
        ("/ws://192.168.1.2:9000/CP_1/SERIAL", "SERIAL"),
        ("/ocpp/RDAM%7C123", "RDAM|123"),
        ("/ocpp/CP%2525", "CP%25"),
        ("/ocpp/Stra%C3%9Fe", "Straße"),
        ("/ocpp/ocpp", "ocpp"),
        ("/ocpp", None),
        ("/ws/ocpp/", None),
        ("/", None),
        ("", None),
        ("/ocpp/CP%", None),
        ("/ocpp/CP%FF", None),
    ],
)
def test_the_identity_is_the_last_segment(path, identity):
    assert identity_of(path) == identity


def test_a_path_without_a_segment_of_its_own_is_bare():
    assert all(is_bare(path) for path in ("", "/", "//", "/ocpp", "/OCPP/", "/ws", "/ws/ocpp/"))
    assert not any(is_bare(path) for path in ("/CP1", "/ocpp/ocpp", "/ocpp/CP%", "/ws/ocpp/CP1"))


def test_only_the_paths_of_the_manual_are_usual():
    assert all(is_usual(path) for path in ("/ocpp/CP1", "/ocpp/CP1/", "/ws/ocpp/CP1", "/ws/ocpp/CP1/"))
    assert not any(is_usual(path) for path in ("/CP1", "//ocpp/CP1", "/ocpp/garage/CP1", "/ocpp/CP1//", "/ocpp/"))


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/ocpp/CP1", "/ocpp/CP1"),
        ("/ws://192.168.1.2:8001/ocpp/CP@1", "/ws://192.168.1.2:8001/ocpp/CP@1"),
        ("/ws://CP1:secret@192.168.1.2/ocpp/CP1", "/ws://...@192.168.1.2/ocpp/CP1"),
        ("/ocpp/CP1%3Ftoken=secret.secret", "/ocpp/CP1%3Ftoken=..."),
        ("/ocpp/CP1%3FTOKEN%3dsecret%2Fsecret&a=b", "/ocpp/CP1%3FTOKEN%3d...&a=b"),
        ("CP1?token=secret", "CP1?token=..."),
    ],
)
def test_secrets_in_a_path_are_not_shown(path, shown):
    assert without_secrets(path) == shown
