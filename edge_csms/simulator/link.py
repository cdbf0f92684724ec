"""The way to the central system: one connection at a time, and coming back with growing pauses after a loss."""

import asyncio
import random
from collections.abc import Awaitable, Callable

from edge_csms.simulator.behaviour import Behaviour
from edge_csms.simulator.connection import Connection
from edge_csms.simulator.errors import CannotConnect, Offline, SimulatorError
from edge_csms.simulator.handshake import Handshake

_LONGEST_PAUSE_SECONDS = 60.0


class Link:
    """Keeps a connection: comes back by itself for as long as the network is there."""

    def __init__(
        self,
        behaviour: Behaviour,
        handshake: Callable[[], Handshake],
        new_connection: Callable[[], Connection],
        came_back: Callable[[], Awaitable[None]],
        went_away: Callable[[], None],
        first_pause_seconds: float,
    ) -> None:
        self.connections = 0  # opened so far
        self._behaviour = behaviour
        self._handshake = handshake
        self._new_connection = new_connection
        self._came_back = came_back
        self._went_away = went_away
        self._first_pause_seconds = first_pause_seconds
        self._connection: Connection | None = None
        self._dead: list[Connection] = []
        self._keeper: asyncio.Task[None] | None = None
        self._online = asyncio.Event()
        self._offline = asyncio.Event()
        self._offline.set()

    @property
    def is_online(self) -> bool:
        """Whether there is a connection now."""
        return self._connection is not None and self._connection.is_open

    @property
    def connection(self) -> Connection:
        """The connection of now. Raises Offline."""
        if self._connection is None or not self._connection.is_open:
            raise Offline("no connection")
        return self._connection

    async def connect(self, *, patiently: bool = False) -> None:
        """Open the connection and keep it from now on. Raises CannotConnect, unless it waits patiently."""
        self._let_go()
        await (self._reopen() if patiently else self._open())
        self._keeper = asyncio.create_task(self._keep())

    def disconnect(self, code: int = 1000) -> None:
        """Close the connection properly and stay away."""
        if self._connection is not None:
            self._connection.close(code)
        self._let_go()

    def drop(self, *, half_open: bool = False) -> None:
        """Lose the network. Half open means that nobody tells the other side."""
        if self._connection is not None and half_open:
            self._connection.go_deaf()
            self._dead.append(self._connection)
        elif self._connection is not None:
            self._connection.abort()
        self._let_go()

    def release(self) -> None:
        """Close the sockets that were left half open."""
        for connection in self._dead:
            connection.abort()
        self._dead.clear()

    async def wait_online(self) -> None:
        """Wait until there is a connection."""
        await self._online.wait()

    async def wait_offline(self) -> None:
        """Wait until there is none."""
        await self._offline.wait()

    def _let_go(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            self._keeper = None
        self._connection = None
        self._mark_offline()

    def _mark_offline(self) -> None:
        self._online.clear()
        self._offline.set()
        self._went_away()

    async def _open(self) -> None:
        connection = self._new_connection()
        await connection.open(self._handshake())
        self._connection = connection
        self.connections += 1
        self._offline.clear()
        self._online.set()

    async def _keep(self) -> None:
        while True:
            connection = self._connection
            if connection is None:
                return
            await connection.wait_closed()
            self._mark_offline()
            if not self._behaviour.comes_back(connection.close_code):
                return
            await self._reopen()
            try:
                await self._came_back()
            except SimulatorError:  # lost again, or refused: the next round tells
                continue

    async def _reopen(self) -> None:
        pause = self._first_pause_seconds
        while True:
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            try:
                await self._open()
                return
            except CannotConnect:
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
