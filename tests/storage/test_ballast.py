"""The ballast takes up room, lets it go once, and comes back when there is room again."""

from pathlib import Path

from edge_csms.storage.ballast import Ballast

SIZE = 2**20


def test_it_takes_up_real_room(tmp_path: Path) -> None:
    assert Ballast(tmp_path / "ballast", SIZE).hold()
    assert (tmp_path / "ballast").stat().st_blocks * 512 >= SIZE


def test_it_is_let_go_once_and_comes_back(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "ballast", SIZE)
    ballast.hold()
    assert ballast.release()
    assert ballast.is_released
    assert not ballast.release()
    assert ballast.hold()
    assert not ballast.is_released


def test_without_room_beside_it_it_is_not_taken(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "ballast", 2**60)
    assert not ballast.hold()
    assert not (tmp_path / "ballast").exists()


def test_a_size_of_nothing_means_none(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "ballast", 0)
    assert ballast.hold()
    assert not ballast.release()
    assert not ballast.is_released
    assert list(tmp_path.iterdir()) == []
