"""Refusals: what the site says no to, each with words for the person or program that asked."""

from collections.abc import Mapping, Sequence


class Refusal(Exception):
    """Base of everything that is refused for a reason which the asker can understand and act on."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NotFound(Refusal):
    """The thing asked for does not exist, or is retired."""


class Conflict(Refusal):
    """The request does not fit the present state, e.g. a name that is taken."""


class Declined(Conflict):
    """A charge point understood the wish and said no; `status` is its word for it."""

    def __init__(self, status: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Forbidden(Refusal):
    """The asker is known but may not do this."""


class Invalid(Refusal):
    """The request itself is wrong; `fields` says where: field name -> what is wrong with it."""

    def __init__(self, detail: str, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(detail)
        self.fields = {name: list(texts) for name, texts in (fields or {}).items()}


class TokenRefused(Refusal):
    """A token that was never valid, or is no longer."""


class TooManyAttempts(Refusal):
    """The asker guessed too often, or all together ask too much; after `retry_after_seconds` it may try again."""

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__(f"too many attempts, try again in {max(1, round(retry_after_seconds))} seconds")
        self.retry_after_seconds = retry_after_seconds


class Gone(Refusal):
    """What was asked for was there, and is there no more."""


class TooLarge(Refusal):
    """What is handed over has more bytes than are taken."""


class NoRoom(Refusal):
    """There is no space left for a file; the last of it is kept for transactions."""


class Offline(Refusal):
    """The charge point is not connected, or may not be commanded yet."""


class NoAnswer(Refusal):
    """The charge point is connected but did not answer in time."""


class CallRefused(Refusal):
    """The charge point answered a CALL with a CALLERROR."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(
            f"the charge point answered with {code}: {description}"
            if description
            else f"the charge point answered with {code}"
        )
        self.code = code
        self.description = description


class StorageUnavailable(Refusal):
    """What had to be remembered could not be written; `state` says why, e.g. "disk full", "read-only", "damaged"."""

    def __init__(self, state: str) -> None:
        super().__init__(f"the database can't be written: {state}")
        self.state = state


class FilesUnavailable(StorageUnavailable):
    """The same, of the files beside the database."""

    def __init__(self, state: str) -> None:
        Refusal.__init__(self, f"files can't be written: {state}")
        self.state = state
