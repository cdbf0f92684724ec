"""Boxes whose program is updated."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.updates.box import Box


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """Give a box with the old version installed, and nothing running."""
    box = Box(tmp_path)
    box.install()
    yield box
    box.close()
