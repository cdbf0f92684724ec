"""idTags: judged, and kept by the technicians."""

from typing import Any

import pytest

from edge_csms.domain.errors import Conflict, Invalid, NotFound
from edge_csms.domain.model import IdTag
from edge_csms.services import id_tags
from tests.services.charging import HOUR, NOON, Charger, Site


async def judge(books: Site, id_tag: str, accept_unknown: bool = False) -> str:
    verdict = await books.database.read(id_tags.judge, id_tag, NOON, accept_unknown)
    return verdict.status.value


async def same_group(books: Site, id_tag: str, other: str | None) -> bool:
    return await books.database.read(id_tags.same_group, id_tag, other)


async def listed(books: Site, *arguments: Any) -> list[str]:
    return [tag.id_tag for tag in await books.database.read(id_tags.list_, *arguments)]


# --- judging ---


@pytest.mark.parametrize(
    ("columns", "status"),
    [({}, "Accepted"), ({"blocked": True}, "Blocked"), ({"expires_at": NOON}, "Expired")],
    ids=["good", "blocked", "expired"],
)
async def test_a_tag_is_judged_by_what_is_stored_of_it(books: Site, columns: dict[str, Any], status: str) -> None:
    await books.tag("CAFE", **columns)
    assert await judge(books, "CAFE") == status


@pytest.mark.parametrize("id_tag", ["cafe", "Cafe", " CAFE ", "CAFE"])
async def test_tags_are_the_same_without_regard_to_case(books: Site, id_tag: str) -> None:
    await books.tag("CAFE")
    assert await judge(books, id_tag) == "Accepted"


async def test_an_unknown_tag_is_judged_as_the_site_wants_it_and_told_apart(books: Site) -> None:
    assert await judge(books, "CAFE") == "Invalid"
    assert await judge(books, "CAFE", accept_unknown=True) == "Accepted"
    is_known, _ = await books.database.read(id_tags.authorize, "CAFE", NOON, True)
    assert not is_known
    await books.tag("CAFE")
    is_known, verdict = await books.database.read(id_tags.authorize, "CAFE", NOON, True)
    assert (is_known, verdict.accepted) == (True, True)


async def test_authorize_is_never_answered_concurrent(books: Site, charger: Charger) -> None:
    await books.tag("CAFE", max_active_transactions=1)
    await charger.start(id_tag="CAFE")
    assert await judge(books, "CAFE") == "Accepted"


# --- groups ---


async def test_tags_of_one_parent_are_a_group_and_others_are_not(books: Site) -> None:
    await books.tag("A1", parent_id_tag="Group")
    await books.tag("A2", parent_id_tag="GROUP")
    await books.tag("B1", parent_id_tag="OTHER")
    await books.tag("C1")
    await books.tag("C2")
    assert await same_group(books, "a1", "A2")
    assert await same_group(books, "C1", "c1")
    assert await same_group(books, "unknown", "Unknown")
    for id_tag, other in [("A1", "B1"), ("A1", "C1"), ("C1", "C2"), ("A1", "unknown"), ("no", "none"), ("A1", None)]:
        assert not await same_group(books, id_tag, other), (id_tag, other)


# --- keeping ---


async def test_a_tag_is_kept_changed_and_retired(books: Site) -> None:
    await books.tag("CAFE", note="Ann's card", expires_at=NOON + HOUR, parent_id_tag="GROUP", max_active_transactions=2)
    kept = await books.database.read(id_tags.get, "cafe")
    assert kept == IdTag("CAFE", False, NOON + HOUR, "GROUP", 2, "Ann's card")
    changed = await books.database.run(id_tags.update, "Cafe", {"blocked": True, "parent_id_tag": None})
    assert (changed.blocked, changed.parent_id_tag, changed.note) == (True, None, "Ann's card")
    await books.database.run(id_tags.delete, "CAFE", NOON)
    with pytest.raises(NotFound, match="no idTag CAFE"):
        await books.database.read(id_tags.get, "CAFE")


async def test_a_retired_tag_is_unknown_and_its_transactions_keep_its_text(books: Site, charger: Charger) -> None:
    await books.tag("CAFE")
    await charger.start(id_tag="cafe")
    await books.database.run(id_tags.delete, "CAFE", NOON)
    assert await judge(books, "CAFE") == "Invalid"
    assert (await books.transaction(1)).id_tag == "cafe"


async def test_a_tag_may_come_back(books: Site) -> None:
    await books.tag("CAFE", blocked=True)
    await books.database.run(id_tags.delete, "CAFE", NOON)
    await books.tag("cafe")
    assert await judge(books, "CAFE") == "Accepted"


@pytest.mark.parametrize("id_tag", ["CAFE", "cafe"])
async def test_a_tag_that_exists_is_refused(books: Site, id_tag: str) -> None:
    await books.tag("CAFE")
    with pytest.raises(Conflict, match="already"):
        await books.tag(id_tag)


@pytest.mark.parametrize("id_tag", ["", "x" * 21, " CAFE", "CA\x00FE", "CA\nFE"])
@pytest.mark.parametrize("field", ["id_tag", "parent_id_tag"])
async def test_a_text_that_no_charger_could_send_is_refused(books: Site, id_tag: str, field: str) -> None:
    columns = {"id_tag": "CAFE", field: id_tag}
    with pytest.raises(Invalid) as refused:
        await books.tag(**columns)
    assert list(refused.value.fields) == [field]


async def test_a_parent_that_no_charger_could_send_is_refused_in_a_change_too(books: Site) -> None:
    await books.tag("CAFE")
    with pytest.raises(Invalid):
        await books.database.run(id_tags.update, "CAFE", {"parent_id_tag": "x" * 21})


async def test_what_is_not_there_is_told(books: Site) -> None:
    for job in (
        (id_tags.update, "CAFE", {"blocked": True}),
        (id_tags.update, "CAFE", {}),
        (id_tags.delete, "CAFE", NOON),
    ):
        with pytest.raises(NotFound, match="no idTag CAFE"):
            await books.database.run(*job)


async def test_tags_are_listed_in_their_order_page_by_page_and_found_by_their_words(books: Site) -> None:
    for id_tag, note in (("Beef", "Bob"), ("CAFE", "Ann's"), ("abba", "100% Ann")):
        await books.tag(id_tag, note=note)
    assert await listed(books, "", 10) == ["abba", "Beef", "CAFE"]
    assert await listed(books, "abba", 1) == ["Beef"]
    assert await listed(books, "", 10, "ann") == ["abba", "CAFE"]
    assert await listed(books, "", 10, "EE") == ["Beef"]
    assert await listed(books, "", 10, "%") == ["abba"]  # a percent sign is a percent sign
    assert await listed(books, "", 10, "_") == []
