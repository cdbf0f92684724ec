"""The phases of a load: many chargers at once against one server."""

import asyncio
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bench.charger import Charger, Script, Tally, boot
from bench.frames import Handshake
from bench.watch import Phase, Watch

STRAGGLER_SECONDS = 20.0  # in which the last answers of a phase must come
HANDSHAKES_AT_ONCE = 100
TICK_SECONDS = 0.0005  # with which CALLs come due

# Makes the script of a charger, which goes on for as long as it is told.
ScriptMaker: TypeAlias = Callable[[Charger, Callable[[], bool]], Script]
Keys: TypeAlias = dict[str, bytes] | None


@dataclass(frozen=True)
class Target:
    """The server under load; `path` holds {identity}."""

    pid: int
    port: int
    path: str
    tls: bool = False


class Load:
    """A number of chargers, connected to one server."""

    def __init__(self, target: Target, identities: Sequence[str], keys: Keys = None, *, rest_seconds: float) -> None:
        self._target = target
        self._identities = identities
        self._keys = keys or {}
        self._rest_seconds = rest_seconds
        self.chargers: list[Charger] = []

    async def storm(self) -> Phase:
        """Connect and boot all chargers, as after a power cut."""
        watch, gate = self._watch("storm"), asyncio.Semaphore(HANDSHAKES_AT_ONCE)
        await asyncio.gather(*(self._join(identity, gate, watch.tally) for identity in self._identities))
        watch.stop()
        return await watch.phase()

    async def closed(self, name: str, script: ScriptMaker, seconds: float) -> Phase:
        """Let every charger send its next CALL as soon as the one before is answered."""
        watch, until = self._watch(name), time.perf_counter() + seconds
        ends = [one.play(script(one, lambda: time.perf_counter() < until), watch.tally) for one in self.chargers]
        await asyncio.sleep(seconds)
        watch.stop()
        for charger in self.chargers:
            charger.count_in(watch.rest)  # the ends of what was begun, with fewer and fewer chargers
        await _all(ends, watch.rest)
        return await watch.phase()

    async def open(self, name: str, script: ScriptMaker, seconds: float, per_second: float) -> Phase:
        """Let CALLs come due at a fixed rate, whatever the server does: a stall of it shows in all that come due."""
        watch, goes_on = self._watch(name), True
        for charger in self.chargers:
            charger.play(script(charger, lambda: goes_on), watch.tally, paced=True)
        await self._pace(int(seconds * per_second), per_second)
        await _all([charger.caught_up() for charger in self.chargers], watch.tally)
        watch.stop()
        goes_on = False
        await _all([charger.unpace(watch.rest) for charger in self.chargers], watch.rest)
        return await watch.phase()

    async def play(self, name: str, scripts: Sequence[Script]) -> Phase:
        """Let each charger carry out its own script to the end, as fast as it goes."""
        watch = self._watch(name)
        ends = [one.play(script, watch.tally) for one, script in zip(self.chargers, scripts, strict=False)]
        await asyncio.gather(*ends)
        watch.stop()
        return await watch.phase()

    def hang_up(self) -> None:
        """Let all chargers leave."""
        for charger in self.chargers:
            charger.hang_up()
        self.chargers.clear()

    def _watch(self, name: str) -> Watch:
        return Watch(name, len(self._identities), self._target.pid, self._rest_seconds)

    async def _join(self, identity: str, gate: asyncio.Semaphore, tally: Tally) -> None:
        target, key = self._target, self._keys.get(identity)
        basic = None if key is None else identity.encode() + b":" + key
        path = target.path.format(identity=identity)
        charger = Charger(identity, Handshake(f"127.0.0.1:{target.port}", path, basic))
        context = _trusting_anybody() if target.tls else None
        connect = asyncio.get_running_loop().create_connection
        try:
            async with gate, asyncio.timeout(STRAGGLER_SECONDS):
                await connect(lambda: charger, "127.0.0.1", target.port, ssl=context)
                await charger.opened
                await charger.play(boot(charger), tally)
            self.chargers.append(charger)
        except (OSError, TimeoutError) as error:
            tally.faults[str(error) or "no answer in time"] += 1

    async def _pace(self, count: int, per_second: float) -> None:
        begun, number = time.perf_counter(), 0
        while number < count:
            while number < count and (due := begun + number / per_second) <= time.perf_counter():
                self.chargers[number % len(self.chargers)].due(due)
                number += 1
            await asyncio.sleep(TICK_SECONDS)


async def _all(ends: Sequence[asyncio.Future[None]], tally: Tally) -> None:
    _, late = await asyncio.wait(ends, timeout=STRAGGLER_SECONDS)
    if late:
        tally.faults["no answer in time"] += len(late)


def _trusting_anybody() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # it is our own server, on this machine
    return context
