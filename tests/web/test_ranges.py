"""Parts of a file that are asked for."""

import pytest

from edge_csms.web.ranges import NotSatisfiable, part_of


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=10-", (10, 100)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-500", (0, 100)),
        ("Bytes = 10 - 19", (10, 20)),
    ],
)
def test_one_part(wanted: str, part: tuple[int, int]) -> None:
    assert part_of(100, wanted) == part


@pytest.mark.parametrize(
    "wanted",
    [None, "", "bytes=", "bytes=-", "bytes=0-1,5-6", "bytes=9-1", "items=0-1", "bytes=a-b", "bytes=" + "9" * 30],
)
def test_anything_else_is_the_whole(wanted: str | None) -> None:
    assert part_of(100, wanted) is None


@pytest.mark.parametrize("wanted", ["bytes=100-", "bytes=500-600", "bytes=-0"])
def test_a_part_that_is_not_there(wanted: str) -> None:
    with pytest.raises(NotSatisfiable):
        part_of(100, wanted)
