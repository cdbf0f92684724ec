"""Versions side by side, and the link that says which of them is started."""

from pathlib import Path

from edge_csms.services import installation
from edge_csms.services.installation import FRESH, UPDATER, Installation


def lay_down(trees: Path, *versions: str) -> Installation:
    for version in versions:
        (trees / version).mkdir(parents=True)
        (trees / version / "edge-csms").write_text(version)
    return Installation(trees)


def test_a_link_says_which_version_is_started(tmp_path: Path) -> None:
    trees = lay_down(tmp_path, "1.0.0", "1.0.1")
    assert trees.current is None
    trees.switch("1.0.0")
    assert trees.current == "1.0.0"
    trees.switch("1.0.1")
    assert (trees.current, trees.program().read_text()) == ("1.0.1", "1.0.1")
    assert trees.versions() == ["1.0.0", "1.0.1"]


def test_another_link_names_the_version_that_carries_an_update_out(tmp_path: Path) -> None:
    trees = lay_down(tmp_path, "1.0.0", "1.0.1")
    trees.switch("1.0.1")
    trees.switch("1.0.0", UPDATER)
    assert (trees.current, trees.program(UPDATER).read_text()) == ("1.0.1", "1.0.0")
    trees.end_update()
    trees.end_update()
    assert not (tmp_path / UPDATER).is_symlink()


def test_links_may_be_absolute_as_other_hands_make_them(tmp_path: Path) -> None:
    trees = lay_down(tmp_path, "1.0.0")
    (tmp_path / "current").symlink_to(tmp_path / "1.0.0")
    assert trees.current == "1.0.0"


def test_an_unpacked_version_gets_its_place_and_replaces_what_was_there(tmp_path: Path) -> None:
    trees = lay_down(tmp_path, "1.0.0")
    trees.fresh("1.0.0").mkdir()
    (trees.fresh("1.0.0") / "edge-csms").write_text("anew")
    trees.adopt("1.0.0")
    assert trees.program("1.0.0").read_text() == "anew"


def test_old_versions_go_and_nothing_else(tmp_path: Path) -> None:
    trees = lay_down(tmp_path, "0.9", "1.0.0", "1.0.1")
    trees.key_file.write_text("key")
    trees.switch("1.0.1")
    (tmp_path / f"{FRESH}1.0.2").mkdir()
    trees.keep_only(["1.0.0", "1.0.1"])
    assert {path.name for path in tmp_path.iterdir()} == {"1.0.0", "1.0.1", "current", "release-key.pub"}


def test_a_program_that_runs_from_elsewhere_has_no_installation() -> None:
    assert installation.find() is None
