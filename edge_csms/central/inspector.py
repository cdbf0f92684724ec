"""The last frames of every charge point, both directions paired, bounded in bytes as well as in number."""

import itertools
import re
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from edge_csms.central.event_bus import Bus
from edge_csms.domain.model import fold
from edge_csms.ocpp.frames import MessageId

MAX_FRAMES = 200  # kept of one charge point
SHARED_BYTES = 16 * 2**20  # for all charge points together
MIN_BYTES = 4 * 2**10  # kept of one charge point, however many there are
# In the URL of a one-time path, with which anybody could deliver a file for the charger.
ONE_TIME_TOKEN = re.compile(r"(/files/|ftp://job\d+:)[\w-]{32}")
LOGIN = re.compile(r"(://[^/@:\s\"]*:)[^/\s\"]+(?=@)")  # of a server elsewhere, which somebody typed


class Message:
    """One CALL and its answer; `direction` is that of the CALL: "in" from the charge point, "out" from us."""

    __slots__ = (
        "action",
        "answer",
        "answered_at",
        "at",
        "charge_point_id",
        "direction",
        "fault",
        "message_id",
        "number",
        "request",
    )

    def __init__(
        self,
        number: int,
        charge_point_id: str,
        direction: str,
        action: str,
        message_id: MessageId,
        request: str | bytes,
    ) -> None:
        self.number = number
        self.charge_point_id = charge_point_id
        self.direction = direction
        self.action = action
        self.message_id = message_id
        self.request = request
        self.at = time.time()
        self.answer: str | bytes | None = None
        self.answered_at: float | None = None
        self.fault: str | None = None

    @property
    def sent_at(self) -> datetime:
        """Give the time of the CALL."""
        return datetime.fromtimestamp(self.at, UTC)

    @property
    def answered(self) -> datetime | None:
        """Give the time of the answer."""
        return None if self.answered_at is None else datetime.fromtimestamp(self.answered_at, UTC)

    @property
    def latency_ms(self) -> float | None:
        """Give the time that the answer took."""
        return None if self.answered_at is None else round((self.answered_at - self.at) * 1000, 3)

    @property
    def size(self) -> int:
        """Give about how many bytes it occupies."""
        return len(self.request) + len(self.answer or "") + 200


class Recorder:
    """The latest messages of one charge point."""

    __slots__ = ("_bytes", "_charge_point_id", "_inspector", "_messages")

    def __init__(self, inspector: "Inspector", charge_point_id: str) -> None:
        self._inspector = inspector
        self._charge_point_id = charge_point_id
        self._messages: list[Message] = []  # short enough to be a queue; an empty deque is ten times as large
        self._bytes = 0

    def begin(self, direction: str, action: str, message_id: MessageId, request: str | bytes) -> Message:
        """Note a CALL."""
        message = Message(next(self._inspector.numbers), self._charge_point_id, direction, action, message_id, request)
        self._messages.append(message)
        self._bytes += message.size
        self._shorten()
        return message

    def end(self, message: Message, answer: str | bytes | None, fault: str | None = None) -> None:
        """Note what became of a CALL."""
        message.answer = answer
        message.answered_at = time.time()
        message.fault = fault
        if answer is not None and self._messages and message.number >= self._messages[0].number:  # it is kept still
            self._bytes += len(answer)
            self._shorten()
        self._inspector.tell(message)

    def note(self, request: str | bytes, fault: str) -> None:
        """Note a frame that is no CALL and answers none."""
        self.end(self.begin("in", "", "", request), None, fault)

    def list_(self) -> Iterable[Message]:
        """Give what is kept, the newest first."""
        return reversed(self._messages)

    def _shorten(self) -> None:
        limit = self._inspector.bytes_each
        while (self._bytes > limit and len(self._messages) > 1) or len(self._messages) > MAX_FRAMES:
            self._bytes -= self._messages.pop(0).size


class Inspector:
    """Every charge point's recorder, and the pages that watch live."""

    def __init__(self) -> None:
        self.numbers = itertools.count(1)
        self.bytes_each = SHARED_BYTES
        self._recorders: dict[str, Recorder] = {}
        self._complete = Bus[Message]()

    def recorder(self, charge_point_id: str) -> Recorder:
        """Give the recorder of a charge point, which outlives its sessions."""
        folded = fold(charge_point_id)
        recorder = self._recorders.get(folded)
        if recorder is None:
            recorder = self._recorders[folded] = Recorder(self, charge_point_id)
            self.bytes_each = max(MIN_BYTES, SHARED_BYTES // len(self._recorders))
        return recorder

    def forget(self, charge_point_id: str) -> None:
        """Drop what was kept of a charge point."""
        self._recorders.pop(fold(charge_point_id), None)

    def list_(self, charge_point_id: str) -> list[Message]:
        """Give the latest messages of a charge point, the newest first."""
        recorder = self._recorders.get(fold(charge_point_id))
        return [] if recorder is None else list(recorder.list_())

    def watch(self, watcher: Callable[[Message], None]) -> Callable[[], None]:
        """Tell `watcher` every message that is complete; the returned function ends that."""
        return self._complete.subscribe(watcher)

    def tell(self, message: Message) -> None:
        """Tell the watchers."""
        self._complete.publish(message)


def as_text(frame: str | bytes) -> str:
    """Give a frame as text that any file can hold, and without the logins and one-time paths in it."""
    data = frame.encode("utf-8", "replace") if isinstance(frame, str) else frame
    return LOGIN.sub(r"\1...", ONE_TIME_TOKEN.sub(r"\1...", data.decode(errors="replace")))
