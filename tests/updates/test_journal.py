"""What root's updater remembers over a power cut."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge_csms.domain.errors import Conflict
from edge_csms.services.update_spool import Wish
from edge_csms.updates.journal import Journal, State

WISH = Wish(version="2.0.0", username="anna", address="", at=datetime(2026, 11, 24, tzinfo=UTC))
JOURNAL = Journal(wish=WISH, from_version="1.0.0", to_version="2.0.0", charge_points=("CP1",))


def test_an_update_is_remembered_until_it_is_done(tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    with state.locked():
        assert state.read() is None
        state.write(JOURNAL)
        assert State(tmp_path / "state").read() == JOURNAL
        state.clear()
        state.clear()
        assert state.read() is None
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


def test_what_was_cut_off_is_swept_and_the_journal_stays(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.write(JOURNAL)
    os.close(state.new_release())
    (tmp_path / "journal.new").write_text("cut off")
    state.sweep()
    assert [path.name for path in tmp_path.iterdir()] == ["journal"]
    assert state.read() == JOURNAL


def test_one_updater_runs_at_a_time(tmp_path: Path) -> None:
    with State(tmp_path).locked(), pytest.raises(Conflict, match="carried out already"), State(tmp_path).locked():
        pass
