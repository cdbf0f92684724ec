"""The tree of wire errors, one class per CALLERROR code."""

from typing import Any, ClassVar


class WireError(Exception):
    """An error that the other side is told of, or told us of, with a CALLERROR."""

    code: ClassVar[str]

    def __init__(self, description: str = "", details: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.description = description
        self.details = details or {}


class NotImplemented_(WireError):
    """The action is unknown."""

    code = "NotImplemented"


class NotSupported(WireError):
    """The action is known, but not supported."""

    code = "NotSupported"


class InternalError(WireError):
    """The receiver failed by its own fault."""

    code = "InternalError"


class ProtocolError(WireError):
    """The payload is incomplete."""

    code = "ProtocolError"


class SecurityError(WireError):
    """The action is not allowed now or to this sender."""

    code = "SecurityError"


class FormationViolation(WireError):
    """The payload has not the form of this action."""

    code = "FormationViolation"


class PropertyConstraintViolation(WireError):
    """A field holds a value that it may not hold."""

    code = "PropertyConstraintViolation"


class OccurenceConstraintViolation(WireError):
    """A field is missing, or has too few items. The spelling is the standard's."""

    code = "OccurenceConstraintViolation"


class TypeConstraintViolation(WireError):
    """A field holds the wrong type of value."""

    code = "TypeConstraintViolation"


class GenericError(WireError):
    """Any other error."""

    code = "GenericError"
