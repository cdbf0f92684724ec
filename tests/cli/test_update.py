"""`apply-update`, as systemd starts it."""

from datetime import UTC, datetime

from edge_csms.services.update_spool import REQUESTED, RESULT, Result, Spool, Wish
from edge_csms.updates.journal import State


def options(tmp_path):
    own = {"--trees": tmp_path / "trees", "--state": tmp_path / "state", "--service": "/bin/true"}
    return [str(part) for option in own.items() for part in option]


def test_there_may_be_nothing_to_do(edge_csms, complaint, tmp_path):
    assert "nobody has asked for an update" in complaint("apply-update", *options(tmp_path))
    spool = Spool(tmp_path / "edge-csms-data")
    spool.path.mkdir(parents=True)
    done = edge_csms("apply-update", *options(tmp_path))
    assert (done.returncode, done.stdout) == (0, "nobody has asked for an update\n")


def test_what_can_not_be_done_is_said_and_left_for_the_page(edge_csms, complaint, tmp_path):
    spool = Spool(tmp_path / "edge-csms-data")
    spool.path.mkdir(parents=True)
    (tmp_path / "trees").mkdir()
    spool.write(REQUESTED, Wish(version="2.0.0", username="anna", address="", at=datetime.now(UTC)))
    done = edge_csms("apply-update", *options(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("edge-csms: refused: nothing was changed: ")
    result = spool.read(RESULT, Result)
    assert (result.outcome, result.code, result.to_version) == ("refused", "no_trees", "2.0.0")
    assert not spool.has(REQUESTED)


def test_two_at_a_time_would_be_one_too_many(complaint, tmp_path):
    Spool(tmp_path / "edge-csms-data").path.mkdir(parents=True)
    with State(tmp_path / "state").locked():
        assert "carried out already" in complaint("apply-update", *options(tmp_path))
