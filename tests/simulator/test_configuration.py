"""Settings: what can be changed, and what is told of them."""

import pytest

from edge_csms.simulator.configuration import Configuration, of_a_wallbox


@pytest.fixture
def settings() -> Configuration:
    return of_a_wallbox(2, 1)


@pytest.mark.parametrize(
    ("key", "value", "verdict"),
    [
        ("HeartbeatInterval", "60", "Accepted"),
        ("heartbeatinterval", "60", "Accepted"),
        ("HeartbeatInterval", "-1", "Rejected"),
        ("HeartbeatInterval", "1e3", "Rejected"),
        ("LocalPreAuthorize", "TRUE", "Accepted"),
        ("LocalPreAuthorize", "yes", "Rejected"),
        ("MeterValuesSampledData", "Voltage, Temperature", "Accepted"),
        ("MeterValuesSampledData", "Voltage,Mood", "Rejected"),
        ("WebSocketPingInterval", "30", "RebootRequired"),
        ("SupportedFeatureProfiles", "Core", "Rejected"),
        ("AuthorizationKey", "ab" * 16, "Accepted"),
        ("AuthorizationKey", "ab" * 21, "Rejected"),
        ("Nonsense", "1", "NotSupported"),
    ],
)
def test_a_change_is_judged(settings: Configuration, key: str, value: str, verdict: str) -> None:
    assert settings.change(key, value) == verdict


def test_what_is_rejected_changes_nothing(settings: Configuration) -> None:
    settings.change("HeartbeatInterval", "never")
    assert settings.number("HeartbeatInterval") == 300


def test_values_are_read_as_what_they_mean(settings: Configuration) -> None:
    assert settings.number("NumberOfConnectors") == 2
    assert settings.flag("AuthorizationCacheEnabled")
    assert settings.words("StopTxnAlignedData") == []
    assert "Core" in settings.words("SupportedFeatureProfiles")


def test_a_secret_is_told_without_its_value(settings: Configuration) -> None:
    settings.change("AuthorizationKey", "ab" * 16)
    (told,), unknown = settings.read(["authorizationkey"])
    assert (told.key, told.value, told.readonly, unknown) == ("AuthorizationKey", None, False, [])


def test_keys_can_be_added_and_taken_away(settings: Configuration) -> None:
    settings.set("VendorThing", "5", readonly=True)
    assert settings.change("VendorThing", "6") == "Rejected"
    settings.remove("vendorthing")
    assert settings.read(["VendorThing"]) == ([], ["VendorThing"])
