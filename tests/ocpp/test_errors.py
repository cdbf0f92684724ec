"""Tests of the wire errors."""

import pytest

from edge_csms.ocpp import errors


def test_codes_are_spelt_as_the_standard_spells_them():
    assert {error.code for error in errors.ERRORS} == {
        "NotImplemented",
        "NotSupported",
        "InternalError",
        "ProtocolError",
        "SecurityError",
        "FormationViolation",
        "PropertyConstraintViolation",
        "OccurenceConstraintViolation",
        "TypeConstraintViolation",
        "GenericError",
    }


@pytest.mark.parametrize("error", errors.ERRORS)
def test_every_code_is_found_again(error):
    assert errors.by_code(error.code) is error


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("OccurrenceConstraintViolation", errors.OccurenceConstraintViolation),
        ("FormatViolation", errors.FormationViolation),
        ("AnythingElse", errors.GenericError),
        ("", errors.GenericError),
    ],
)
def test_other_spellings_are_understood(code, error):
    assert errors.by_code(code) is error


def test_error_carries_what_the_frame_needs():
    error = errors.SecurityError("not yet accepted", {"retry": 15})
    assert (error.code, error.description, error.details) == ("SecurityError", "not yet accepted", {"retry": 15})
    assert str(error) == "not yet accepted"
    assert errors.GenericError().details == {}
