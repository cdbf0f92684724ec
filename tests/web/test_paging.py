"""Pages of lists."""

import pytest

from edge_csms.domain.errors import Invalid
from edge_csms.web.paging import MAX_PAGE, PageQuery, cursor_number, page


def test_one_item_too_many_says_that_more_follow() -> None:
    first = page([1, 2, 3], 2, lambda item: item * 10)
    assert (first.items, first.next) == ([1, 2], "20")


@pytest.mark.parametrize("found", [[], [1], [1, 2]])
def test_the_last_page_has_no_next(found: list[int]) -> None:
    last = page(found, 2, lambda item: item)
    assert (last.items, last.next) == (found, None)


def test_a_limit_has_a_limit() -> None:
    assert PageQuery(limit=MAX_PAGE + 1).limit == MAX_PAGE
    assert PageQuery().limit == 100


def test_a_cursor_that_is_a_number_is_read() -> None:
    assert cursor_number(None) is None
    assert cursor_number("12") == 12


@pytest.mark.parametrize("cursor", ["", "x", "-1", "1.5", "٣", "9" * 19])
def test_any_other_cursor_is_none_of_ours(cursor: str) -> None:
    with pytest.raises(Invalid):
        cursor_number(cursor)
