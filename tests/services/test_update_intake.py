"""Release files as the server takes them in."""

import io
from pathlib import Path

import pytest

from edge_csms.domain.errors import TooLarge
from edge_csms.services import update_intake
from edge_csms.services.release_file import ReleaseRefused
from edge_csms.services.update_spool import Spool
from edge_csms.storage import schema
from tests.making_releases import VERSION, make, pin


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    spool = Spool(tmp_path)
    spool.prepare()
    return spool


def test_a_good_file_waits_in_the_spool_and_is_described(spool: Spool, tmp_path: Path) -> None:
    installation, content = pin(tmp_path / "trees"), make(schema=schema.newest() + 1)
    assert update_intake.look(spool, installation) is None
    taken = update_intake.accept(spool, installation, update_intake.copy(spool, io.BytesIO(content)))
    assert (taken.version, taken.size_bytes, taken.changes_database) == (VERSION, len(content), True)
    assert update_intake.look(spool, installation) == taken
    assert [path.name for path in spool.path.iterdir()] == ["release.update"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (make()[:-1], "damaged"),
        (make(architecture="sparc"), "architecture"),
        (make(version="0.0.1"), "downgrade"),
        (b"nothing of ours", "foreign"),
    ],
)
def test_a_bad_one_does_not_replace_it(spool: Spool, tmp_path: Path, content: bytes, reason: str) -> None:
    installation = pin(tmp_path / "trees")
    taken = update_intake.accept(spool, installation, update_intake.copy(spool, io.BytesIO(make())))
    with pytest.raises(ReleaseRefused) as refused:
        update_intake.accept(spool, installation, update_intake.copy(spool, io.BytesIO(content)))
    assert refused.value.code == reason
    assert update_intake.look(spool, installation) == taken


def test_a_file_that_does_not_fit_any_more_is_as_good_as_none(spool: Spool, tmp_path: Path) -> None:
    installation = pin(tmp_path / "trees")
    update_intake.accept(spool, installation, update_intake.copy(spool, io.BytesIO(make())))
    installation.key_file.unlink()
    assert update_intake.look(spool, installation) is None


def test_a_file_that_a_crash_cut_off_is_swept_and_the_one_that_waits_stays(spool: Spool, tmp_path: Path) -> None:
    taken = update_intake.accept(spool, pin(tmp_path / "trees"), update_intake.copy(spool, io.BytesIO(make())))
    update_intake.copy(spool, io.BytesIO(b"whole, and not checked yet"))
    (spool.path / f"{'a' * 32}.part").write_bytes(b"cut off")
    update_intake.sweep(spool)
    assert [path.name for path in spool.path.iterdir()] == ["release.update"]
    assert update_intake.look(spool, pin(tmp_path / "trees")) == taken


def test_a_file_that_is_far_too_large_is_not_copied(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update_intake, "MOST_BYTES", 1000)
    with pytest.raises(TooLarge):
        update_intake.copy(spool, io.BytesIO(bytes(1001)))
    assert list(spool.path.iterdir()) == []
