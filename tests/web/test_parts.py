"""The parts that handlers work with."""

from dataclasses import FrozenInstanceError
from datetime import UTC

import pytest

from edge_csms.web.parts import WebSettings, utc_now


def test_nothing_is_open_unless_somebody_opens_it() -> None:
    settings = WebSettings()
    assert settings.registration == "closed"
    assert settings.allowed_hosts == ()


def test_settings_do_not_change_under_a_running_server() -> None:
    with pytest.raises(FrozenInstanceError):
        WebSettings().registration = "open"  # type: ignore[misc]


def test_the_clock_is_aware_and_in_utc() -> None:
    assert utc_now().tzinfo is UTC
