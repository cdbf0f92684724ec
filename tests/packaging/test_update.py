"""The executable as it is installed is updated by the updater inside it, and comes back where the new version fails."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_csms import VERSION
from tests.program import EXECUTABLE
from tests.updates.box import Box

TREE = Path(EXECUTABLE).parent
pytestmark = [
    pytest.mark.site,
    pytest.mark.timeout(150),
    pytest.mark.skipif(not EXECUTABLE, reason="no executable was built: `make site-test` does"),
]
NEWER, NEWEST = f"{VERSION}.1", f"{VERSION}.2"
ENDS = """
import sys
if "serve" in sys.argv:
    sys.exit("this version is broken")
"""


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """Give a box on which the executable is installed."""
    box = Box(tmp_path)
    shutil.copytree(TREE, box.installation.tree(VERSION), symlinks=True)
    box.installation.switch(VERSION)
    yield box
    box.close()


async def test_the_executable_updates_itself_and_comes_back(box: Box) -> None:
    await box.start()
    assert (await box.ask("GET", "/api/v1/update")).json["can_update"] is True
    assert (await box.bring(box.release(NEWEST, ENDS))).status == 201
    assert (await box.wish()).status == 202
    result = await box.update()
    assert (result.outcome, result.code) == ("returned", "not_started"), result
    assert box.version() == VERSION
    assert (await box.bring(box.release(NEWER))).status == 201
    assert (await box.wish()).status == 202
    result = await box.update()
    assert result.outcome == "updated", result
    assert box.version() == NEWER


async def test_a_release_file_holds_the_executable_as_it_was_built(box: Box, tmp_path: Path) -> None:
    box.install("0.0.1")
    await box.start()
    release = box.release_of(TREE, VERSION)
    brought = await box.bring(release)
    assert brought.status == 201, brought.body
    assert (await box.wish()).status == 202
    shutil.rmtree(box.installation.tree(VERSION))
    result = await box.update()
    assert result.outcome == "updated", result
    assert box.version() == VERSION
    built = {path.relative_to(TREE): path.stat().st_mode & 0o777 for path in TREE.rglob("*") if path.is_file()}
    tree = box.installation.tree(VERSION)
    laid_down = {path.relative_to(tree): path.stat().st_mode & 0o777 for path in tree.rglob("*") if path.is_file()}
    assert {path: bool(mode & 0o100) for path, mode in built.items()} == {
        path: bool(mode & 0o100) for path, mode in laid_down.items()
    }
