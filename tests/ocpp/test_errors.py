"""Tests of the wire errors."""

from edge_csms.ocpp import errors


def test_codes_are_spelt_as_the_standard_spells_them():
    assert {error.code for error in errors.WireError.__subclasses__()} == {
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


def test_error_carries_what_the_frame_needs():
    error = errors.SecurityError("not yet accepted", {"retry": 15})
    assert (error.code, error.description, error.details) == ("SecurityError", "not yet accepted", {"retry": 15})
    assert str(error) == "not yet accepted"
    assert errors.GenericError().details == {}
