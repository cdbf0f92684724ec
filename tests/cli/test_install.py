"""`install` lays a tree down so that a service starts from it; `uninstall` leaves what people would miss."""

import os
import stat
from pathlib import Path

import pytest

from edge_csms import VERSION
from edge_csms.cli.common import UserFault
from edge_csms.cli.install import Box, check_box, find_data_dir, find_tree, lay_down, take_away

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root installs")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Give a program as it is built, unpacked by somebody who lets others write."""
    tree = tmp_path / "edge-csms-9-x86_64"
    (tree / "_internal" / "systemd").mkdir(parents=True)
    (tree / "edge-csms").write_text("the program")
    (tree / "edge-csms").chmod(0o777)
    (tree / "_internal" / "config.example.toml").write_text("# port = 8001\n")
    (tree / "_internal" / "systemd" / "edge-csms.service").write_text("[Install]\n")
    (tree / "_internal").chmod(0o777)
    return tree


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "root")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_program_lies_where_an_update_expects_it(tree: Path, box: Box) -> None:
    lay_down(tree, box)
    trees = box.installation.trees
    assert (trees / "current").readlink() == Path(VERSION)
    assert box.command.readlink() == trees / "current" / "edge-csms"
    assert box.command.read_text() == "the program"
    assert (box.units / "edge-csms.service").exists()
    assert box.settings.read_text() == "# port = 8001\n"
    assert list(trees.glob(".*")) == []


def test_nobody_but_root_may_write_what_root_will_run(tree: Path, box: Box) -> None:
    lay_down(tree, box)
    laid = box.installation.tree(VERSION)
    assert (mode(laid), mode(laid / "edge-csms"), mode(laid / "_internal")) == (0o755, 0o755, 0o755)
    assert mode(laid / "_internal" / "config.example.toml") == 0o644


def test_settings_that_are_there_stay_as_they_are(tree: Path, box: Box) -> None:
    box.settings.parent.mkdir(parents=True)
    box.settings.write_text("[server]\nport = 80\n")
    lay_down(tree, box)
    lay_down(box.installation.tree(VERSION), box)  # from its own place: nothing to copy
    assert box.settings.read_text() == "[server]\nport = 80\n"
    assert box.command.read_text() == "the program"


def test_the_key_that_updates_are_checked_with_is_pinned(tree: Path, box: Box) -> None:
    (tree / "_internal" / "release-key.pub").write_text("the key")
    lay_down(tree, box)
    assert box.installation.key_file.read_text() == "the key"


def test_what_is_taken_away_leaves_the_settings(tree: Path, box: Box) -> None:
    lay_down(tree, box)
    box.updater_state.mkdir(parents=True)
    take_away(box)
    assert not box.updater_state.exists()
    left = [path for path in box.root.rglob("*") if not path.is_dir()]
    assert left == [box.settings]


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Give a data directory in which a site has lived."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "edge-csms.db").touch()
    return tmp_path / "data"


@pytest.mark.parametrize("fault", ["", "[server]\nprot = 8001\n", "[server]\nport = true\n"])
def test_where_the_data_are_is_found_also_in_settings_with_a_fault(tmp_path: Path, data_dir: Path, fault: str) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text(f'[storage]\ndata_dir = "{data_dir}"\n{fault}')
    assert find_data_dir(settings) == (data_dir, "")


@pytest.mark.parametrize(
    "text",
    [
        None,
        "[server",
        "[server]\nprot = 8001\n",
        "storage = 1\n",
        "[storage]\ndata_dir = 1\n",
        '[storage]\ndata_dir = ""\n',
        '[storage]\ndata_dir = "/"\n[server]\nprot = 8001\n',
    ],
)
def test_where_the_settings_do_not_tell_it_is_the_directory_of_every_box_and_the_doubt_is_told(
    tmp_path: Path, text: str | None
) -> None:
    settings = tmp_path / "config.toml"
    if text is not None:
        settings.write_text(text)
    found, doubt = find_data_dir(settings)
    assert found == Path("/var/lib/edge-csms")
    assert str(settings) in doubt


@needs_root
def test_an_older_version_is_refused(tree: Path, box: Box) -> None:
    lay_down(tree, box)
    check_box(box)
    box.installation.switch("999.0.0")
    with pytest.raises(UserFault, match=r"version 999\.0\.0 is installed"):
        check_box(box)


@needs_root
def test_a_box_with_the_package_is_left_to_the_package(box: Box) -> None:
    files = box.root / "var/lib/dpkg/info/edge-csms.list"
    files.parent.mkdir(parents=True)
    files.write_text("/.\n/etc/edge-csms/config.toml\n")  # as after `apt remove`: the settings alone are left
    check_box(box)
    files.write_text("/.\n/usr/bin/edge-csms\n")
    with pytest.raises(UserFault, match="Debian package"):
        check_box(box)


def test_the_source_tree_is_told_to_build_first() -> None:
    with pytest.raises(UserFault, match="make binary"):  # asked in here: as root, the command itself would do it
        find_tree()
