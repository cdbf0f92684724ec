"""Tests of the tolerant reading, rule by rule."""

from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from edge_csms.ocpp import reading
from edge_csms.ocpp.operation import WireStruct
from edge_csms.ocpp.v16.types import AnyUri, DateTime, Decimal, IdToken, Integer, Text20

MAX = 2**63 - 1


class Part(WireStruct):
    """An object inside the payload."""

    number: Integer
    word: Literal["Yes", "No", "NotNow"] | None = None


class Sample(WireStruct):
    """A payload with one field of every kind."""

    number: Integer | None = None
    limit: Decimal | None = None
    flag: bool | None = None
    text: Text20 | None = None
    free_text: str | None = None
    word: Literal["Yes", "No", "NotNow"] | None = None
    token: IdToken | None = None
    time: DateTime | None = None
    uri: AnyUri | None = None
    part: Part | None = None
    parts: Annotated[list[Part], Meta(min_length=1)] | None = None
    texts: list[Text20] | None = None


class Strict(WireStruct):
    """A payload with a field that it can't be without."""

    needed: Text20
    other: Integer | None = None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def read_one(name: str, value: Any) -> tuple[Any, list[str]]:
    wire_name = "freeText" if name == "free_text" else name
    payload, findings = reading.read(Sample, {wire_name: value})
    return getattr(payload, name), [f"{finding.code} {finding.field}" for finding in findings]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", 6),
        ("number", -MAX - 1),
        ("limit", 6),
        ("limit", 16.1),
        ("limit", 16.100000000000005),
        ("limit", 0.1 + 0.2),
        ("limit", 16.100000381469727),
        ("limit", 123456.7),
        ("limit", 1.7e308),
        ("flag", False),
        ("text", ""),
        ("text", "x" * 20),
        ("free_text", "x" * 5000),
        ("word", "NotNow"),
        ("token", "04A1 ü"),
        ("time", "2026-01-31T12:00:00Z"),
        ("time", "2026-01-31T12:00:00.123+01:00"),
        ("uri", "ftp://user:secret@10.0.0.1:21/log%20files/?a=b"),
        ("texts", []),
    ],
)
def test_what_the_standard_allows_gives_no_finding(name, value):
    assert read_one(name, value) == (value, [])


@pytest.mark.parametrize(
    ("name", "value", "meaning", "code"),
    [
        # numbers
        ("number", "6", 6, "wrong_type"),
        ("number", " 6\x00", 6, "wrong_type"),
        ("number", 6.0, 6, "wrong_type"),
        ("number", "6.0", 6, "wrong_type"),
        ("number", 10560.4, 10560, "wrong_type"),
        ("number", 2**63, MAX, "out_of_range"),
        ("number", -(2**80), -MAX - 1, "out_of_range"),
        ("number", "9" * 5000, MAX, "out_of_range"),
        ("number", 1e30, MAX, "out_of_range"),
        ("number", "six", None, "unreadable"),
        ("number", "NaN", None, "unreadable"),
        ("number", "", None, "unreadable"),
        ("number", True, None, "unreadable"),
        ("number", [6], None, "unreadable"),
        ("limit", "16.5", 16.5, "wrong_type"),
        ("limit", 16.55, 16.55, "too_many_decimals"),
        ("limit", "NaN", None, "unreadable"),
        ("limit", "1e400", None, "unreadable"),
        ("limit", {}, None, "unreadable"),
        ("flag", "true", True, "wrong_type"),
        ("flag", " False ", False, "wrong_type"),
        ("flag", 1, True, "wrong_type"),
        ("flag", 0, False, "wrong_type"),
        ("flag", "maybe", None, "unreadable"),
        ("flag", [], None, "unreadable"),
        # text
        ("text", 6, "6", "wrong_type"),
        ("text", 604.213, "604.213", "wrong_type"),
        ("text", True, "true", "wrong_type"),
        ("text", {"a": 1}, None, "unreadable"),
        ("text", "x" * 551, "x" * 551, "too_long"),
        ("free_text", {"a": [1, "ü"]}, '{"a":[1,"ü"]}', "wrong_type"),
        ("free_text", [1], "[1]", "wrong_type"),
        ("token", "0123456789012345678\x10\x0e", "0123456789012345678", "control_characters"),
        ("token", "04A1\n", "04A1", "control_characters"),
        ("token", "x" * 21, "x" * 21, "too_long"),
        ("token", 4711, "4711", "wrong_type"),
        ("token", ["x"], None, "unreadable"),
        # words
        ("word", "notnow", "NotNow", "word_case"),
        ("word", " Yes\r\n", "Yes", "word_case"),
        ("word", "Error", "Error", "unknown_word"),
        ("word", "", "", "unknown_word"),
        ("word", ["Yes"], None, "unreadable"),
        # times and places
        ("time", "2026-01-31T12:00:00", "2026-01-31T12:00:00", "odd_time"),
        ("time", "2026-01-31 12:00:00Z", "2026-01-31 12:00:00Z", "odd_time"),
        ("time", "222222017-10-27T19:10:11Z", "222222017-10-27T19:10:11Z", "unreadable_time"),
        ("time", "2026-01-31T12:00:00Z\n", "2026-01-31T12:00:00Z\n", "odd_time"),
        ("time", "", "", "unreadable_time"),
        ("time", ["now"], None, "unreadable"),
        ("uri", "C:\\log files", "C:\\log files", "odd_format"),
        ("uri", "http://h/\n", "http://h/\n", "odd_format"),
        # objects and lists
        ("part", [], None, "unreadable"),
        ("part", "x", None, "unreadable"),
        ("parts", [], [], "too_few_items"),
        ("parts", {"number": 1}, [Part(number=1)], "wrong_type"),
        ("texts", "a", ["a"], "wrong_type"),
        ("texts", {"a": 1}, None, "unreadable"),
    ],
)
def test_what_can_only_mean_one_thing_is_read_so(name, value, meaning, code):
    found, findings = read_one(name, value)
    assert found == meaning
    assert type(found) is type(meaning)
    assert findings == [f"{code} {'freeText' if name == 'free_text' else name}"]


def test_number_of_300_digits_is_still_a_limit():
    assert read_one("limit", int("9" * 300)) == (1e300, [])


@pytest.mark.parametrize("name", Sample.__struct_fields__)
def test_null_is_read_as_absent(name):
    wire_name = "freeText" if name == "free_text" else name
    assert read_one(name, None) == (None, [f"null_field {wire_name}"])


def test_number_that_is_text_on_a_text_field_can_deviate_twice():
    assert read_one("time", 1000000) == ("1000000", ["wrong_type time", "unreadable_time time"])


def test_missing_required_field_is_none():
    payload, findings = reading.read(Strict, {})
    assert payload == Strict(needed=None)
    assert [(finding.code, finding.place) for finding in findings] == [("missing_field", "needed")]


def test_unknown_fields_are_ignored():
    payload, findings = reading.read(Strict, {"needed": "x", "connectorId": 1})
    assert payload == Strict(needed="x")
    assert [(finding.code, finding.field, finding.example) for finding in findings] == [
        ("unknown_field", "connectorId", "1")
    ]


def test_field_names_differ_in_case():
    payload, findings = reading.read(Strict, {"Needed": "x", "OTHER": 5})
    assert payload == Strict(needed="x", other=5)
    assert {(finding.code, finding.field) for finding in findings} == {
        ("field_case", "needed"),
        ("field_case", "other"),
    }


def test_field_with_the_right_name_wins_over_one_in_another_case():
    payload, findings = reading.read(Strict, {"NEEDED": "wrong", "needed": "right"})
    assert payload == Strict(needed="right")
    assert [finding.code for finding in findings] == ["unknown_field"]


def test_parts_are_read_as_the_whole_and_what_cannot_be_read_is_left_out():
    payload, findings = reading.read(
        Sample, {"parts": [{"number": "1"}, 5, None, {"word": "yes"}, {"number": "2", "x": 0}], "texts": ["a", [], 5]}
    )
    assert payload.parts == [Part(number=1), Part(number=None, word="Yes"), Part(number=2)]
    assert payload.texts == ["a", "5"]
    assert [(finding.code, finding.place, finding.field) for finding in findings] == [
        ("wrong_type", "parts[0].number", "parts[].number"),
        ("unreadable", "parts[1]", "parts[]"),
        ("null_field", "parts[2]", "parts[]"),
        ("missing_field", "parts[3].number", "parts[].number"),
        ("word_case", "parts[3].word", "parts[].word"),
        ("unknown_field", "parts[4].x", "parts[].x"),
        ("unreadable", "texts[1]", "texts[]"),
        ("wrong_type", "texts[2]", "texts[]"),
    ]


def test_flood_of_deviations_gives_few_findings():
    payload, findings = reading.read(Strict, {"needed": "x"} | {f"{n}" * 100: "y" * 1000 for n in range(1000)})
    assert payload == Strict(needed="x")
    assert len(findings) == 20
    assert all(len(finding.field) <= 60 and len(finding.example) <= 60 for finding in findings)


@given(
    st.dictionaries(
        st.sampled_from(
            ["number", "limit", "flag", "text", "freeText", "word", "token", "time", "uri", "part", "parts"]
        )
        | st.text(max_size=5),
        JSON | st.fixed_dictionaries({}, optional={"number": JSON, "word": JSON}),
    )
)
def test_reading_never_raises_and_findings_can_be_shown(value):
    payload, findings = reading.read(Sample, value)
    assert isinstance(payload, Sample)
    for finding in findings:
        assert finding.explanation.isprintable()
        assert not set(finding.example + finding.place) & set(map(chr, range(32)))


def test_msgspec_cannot_count_decimals():
    assert reading.msgspec_suffices(msgspec.inspect.type_info(Strict))
    assert not reading.msgspec_suffices(msgspec.inspect.type_info(Sample))
    assert not reading.msgspec_suffices(msgspec.inspect.type_info(list[Sample]))
