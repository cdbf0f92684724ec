"""How a fleet is doing, on the terminal: one line that changes, or plain lines where nothing can be overwritten."""

import asyncio
from typing import TextIO

import msgspec

_REDRAW_SECONDS = 0.5
_PLAIN_LINE_SECONDS = 5.0
_ERASE_LINE = "\r\x1b[K"


class Tally(msgspec.Struct):
    """What a fleet has done so far, and what it is doing."""

    charge_points: int = 0
    online: int = 0
    waiting: int = 0
    charging: int = 0
    power_w: float = 0.0
    sessions: int = 0
    refused: int = 0
    energy_wh: int = 0

    def text(self) -> str:
        """Return it as one line."""
        parts = [
            f"{self.online}/{self.charge_points} online",
            f"{self.waiting} waiting to be accepted" if self.waiting else "",
            f"{self.charging} charging with {self.power_w / 1000:.1f} kW",
            f"{self.sessions} sessions done, {self.energy_wh / 1000:.1f} kWh",
            f"{self.refused} refused" if self.refused else "",
        ]
        return " · ".join(filter(None, parts))


class Progress:
    """Writes a tally again and again, and notices in between, each of them once."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._overwrites = out.isatty()
        self._noticed: set[str] = set()
        self._last = ""

    def notice(self, text: str) -> None:
        """Say something that happened."""
        if text not in self._noticed:
            self._noticed.add(text)
            self._write(f"{_ERASE_LINE if self._overwrites else ''}{text}\n")
            self._last = ""

    def show(self, tally: Tally) -> None:
        """Write the tally, if it has changed."""
        text = tally.text()
        if text == self._last:
            return
        self._last = text
        self._write(f"{_ERASE_LINE}{text}" if self._overwrites else f"{text}\n")

    async def wait(self) -> None:
        """Wait until it is time to show the tally again."""
        await asyncio.sleep(_REDRAW_SECONDS if self._overwrites else _PLAIN_LINE_SECONDS)

    def end(self, tally: Tally) -> None:
        """Write the last line."""
        self._last = ""
        self.show(tally)
        if self._overwrites:
            self._write("\n")

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()
