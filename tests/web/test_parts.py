"""The parts that handlers work with."""

from datetime import UTC

from edge_csms.web.parts import WebSettings, utc_now


def test_nothing_is_open_unless_somebody_opens_it() -> None:
    assert WebSettings().registration == "closed"


def test_the_clock_is_aware_and_in_utc() -> None:
    assert utc_now().tzinfo is UTC
