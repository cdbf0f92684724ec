"""Tests of findings and of what a strict receiver answers to them."""

import pytest

from edge_csms.ocpp.finding import Finding, example_of, shorten


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("not_an_object", "FormationViolation"),
        ("unknown_field", "FormationViolation"),
        ("field_case", "FormationViolation"),
        ("missing_field", "OccurenceConstraintViolation"),
        ("too_few_items", "OccurenceConstraintViolation"),
        ("null_field", "TypeConstraintViolation"),
        ("wrong_type", "TypeConstraintViolation"),
        ("unreadable", "TypeConstraintViolation"),
        ("out_of_range", "PropertyConstraintViolation"),
        ("too_long", "PropertyConstraintViolation"),
        ("control_characters", "PropertyConstraintViolation"),
        ("unknown_word", "PropertyConstraintViolation"),
        ("word_case", "PropertyConstraintViolation"),
        ("too_many_decimals", "PropertyConstraintViolation"),
        ("odd_time", "PropertyConstraintViolation"),
        ("unreadable_time", "PropertyConstraintViolation"),
        ("odd_format", "PropertyConstraintViolation"),
    ],
)
def test_every_finding_has_its_verdict(code, verdict):
    assert Finding(code, "x", "expected y", "z", "x").as_error().code == verdict


def test_error_says_where_what_is_expected_and_what_was_found():
    finding = Finding("wrong_type", "list[].value", "expected text", "6", "list[3].value")
    assert finding.as_error().description == "list[3].value: expected text, found 6"
    missing = Finding("missing_field", "idTag", "is required", "", "idTag")
    assert missing.as_error().description == "idTag: is required"
    whole = Finding("not_an_object", "", "expected a JSON object", "[]", "")
    assert whole.as_error().description == "expected a JSON object, found []"


def test_example_is_short_and_in_one_line():
    assert example_of({"a": "ü\x10\n\x7f"}) == '{"a": "ü\\u0010\\n\\x7f"}'
    assert len(example_of("x" * 1_000_000)) == 60
    assert shorten("a\x00b") == "a\\x00b"
    assert shorten("x" * 60) == "x" * 60
    assert shorten("x" * 61) == "x" * 59 + "…"
