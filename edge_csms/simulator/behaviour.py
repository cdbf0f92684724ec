"""How a charge point deviates from the standard: hooks that a test sets, so that it acts like some real one."""

import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, TypeAlias

import msgspec

from edge_csms.ocpp.errors import WireError
from edge_csms.ocpp.operation import Response
from edge_csms.simulator.transfer import UploadMethod


class Silence:
    """The type of SILENCE."""


SILENCE: Final = Silence()
"""Instead of an answer: none at all."""


class RawFrame(msgspec.Struct, frozen=True):
    """Instead of an answer: this text as the whole frame. `{id}` in it becomes the CALL's message id."""

    text: str


FixedAnswer: TypeAlias = Response | dict[str, Any] | WireError | RawFrame | Silence
"""A payload (a dict goes out as it is), a CALLERROR, a whole frame, or nothing."""

AnswerHook: TypeAlias = Callable[[dict[str, Any]], FixedAnswer | Awaitable[FixedAnswer | None] | None]
"""Called with the payload of the CALL; None stands for the truthful answer. An async one may answer late."""

Frames: TypeAlias = Iterable[str | bytes]


class Behaviour:
    """What a test may change in a charge point. As it comes, nothing is changed.

    `answers`        by Action (or `*` for all others), what to answer instead of the truth
    `edit_frame`     gets every frame before it leaves and returns those that leave instead: none, two, a broken one
    `headers`        of the handshake, added or replaced; None removes one
    `subprotocols`   offered in this order; none at all if empty
    `path`           of the handshake, to the letter, instead of the one made of URL and identity
    `sends_pong`     answers WebSocket pings
    `sends_key_as_hex`  uses the hex text of an AuthorizationKey as password, not its bytes
    `accepts_image`  judges a firmware image: whether its signature is good, whether it can be installed
    `download_breaks_after_bytes`  cuts the line once in the middle of a download
    `upload_method`  for diagnostics and logs; `form` is a POST like that of a web page
    `log_content`    what uploads deliver, instead of a real log
    `reconnects`     comes back by itself when the connection is lost
    `reconnects_after_close`  does so too when the connection was closed properly, with a Close frame
    `reboots`        boots again after a reconnect, though it did not restart
    `reports_status` sends StatusNotifications by itself
    """

    def __init__(self) -> None:
        self.answers: dict[str, FixedAnswer | AnswerHook] = {}
        self.edit_frame: Callable[[bytes], Frames] = lambda frame: (frame,)
        self.headers: dict[str, str | None] = {}
        self.subprotocols: tuple[str, ...] = ("ocpp1.6",)
        self.path: str | None = None
        self.sends_pong = True
        self.sends_key_as_hex = False
        self.accepts_image: Callable[[bytes], bool] = bool
        self.download_breaks_after_bytes: int | None = None
        self.upload_method: UploadMethod = "PUT"
        self.log_content: bytes | None = None
        self.reconnects = True
        self.reconnects_after_close = True
        self.reboots = False
        self.reports_status = True

    async def answer_instead(self, action: str, payload: dict[str, Any]) -> FixedAnswer | None:
        """Return what to answer instead of the truth, or None."""
        answer = self.answers.get(action, self.answers.get("*"))
        if not callable(answer):
            return answer
        result = answer(payload)
        return await result if inspect.isawaitable(result) else result

    def comes_back(self, close_code: int | None) -> bool:
        """Whether it reconnects after this end of a connection; without a code the line was lost."""
        return self.reconnects and (close_code is None or self.reconnects_after_close)
