"""The words for settings."""

from typing import Annotated

import pytest
from msgspec import Meta

from edge_csms.config import SECTIONS, wording


def test_there_are_words_for_every_key():
    for section in SECTIONS.values():
        for key, annotation in zip(section.__struct_fields__, section.__annotations__.values(), strict=True):
            assert "None" not in wording.describe(key, annotation)


def test_a_unit_is_read_from_the_name_of_the_key():
    assert wording.describe("wait_seconds", Annotated[float, Meta(ge=0, le=9)]) == "a number from 0 to 9 (seconds)"


@pytest.mark.parametrize(
    ("word", "hint"),
    [("prot", "did you mean port?"), ("PORT", "did you mean port?"), ("xyz", "")],
)
def test_the_nearest_word_is_suggested(word, hint):
    assert wording.suggest(word, ["host", "port"]) == hint


def test_a_key_of_another_section_is_sent_home():
    assert wording.suggest_key("storage", "port") == "port belongs to [server] or [tls]"


def test_where_nothing_is_near_all_keys_are_listed():
    assert wording.suggest_key("site", "xyz") == "[site] has name, timezone"


def test_a_long_value_is_cut_and_control_characters_are_escaped():
    assert wording.show("a\x1b[2J\n" + "b" * 100) == '"a\\u001b[2J\\n' + "b" * 44 + "..."


@pytest.mark.parametrize(
    ("name", "zone"),
    [("Berlin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("new york", "America/New_York")],
)
def test_a_time_zone_is_found_by_its_city(name, zone):
    assert wording.suggest_time_zone(name) == f"did you mean {zone}?"
