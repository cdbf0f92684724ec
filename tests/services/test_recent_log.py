"""The latest lines of the log."""

import logging
from collections.abc import Iterator

import pytest

from edge_csms.services import recent_log
from edge_csms.services.recent_log import RecentLog


@pytest.fixture
def kept() -> Iterator[RecentLog]:
    kept = RecentLog()
    kept.attach()
    yield kept
    kept.detach()


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> logging.Logger:
    caplog.set_level(logging.INFO)
    return logging.getLogger("edge_csms.somewhere")


def test_lines_are_kept_as_they_are_printed_the_oldest_first(kept: RecentLog, log: logging.Logger) -> None:
    log.info("first %s", 1)
    log.debug("nobody wants to know")
    log.warning("second")
    first, second = kept.text().splitlines()
    assert first.endswith("INFO edge_csms.somewhere: first 1")
    assert second.endswith("WARNING edge_csms.somewhere: second")


def test_what_was_kept_is_bounded(kept: RecentLog, log: logging.Logger) -> None:
    for number in range(recent_log.MOST_LINES + 10):
        log.info("line %s", number)
    assert len(kept.text().splitlines()) == recent_log.MOST_LINES
    log.info("x" * 10_000)
    assert len(kept.text().splitlines()[-1]) == recent_log.MOST_CHARACTERS


def test_nothing_is_kept_any_more_once_it_is_detached(kept: RecentLog, log: logging.Logger) -> None:
    kept.detach()
    log.info("too late")
    assert kept.text() == ""
