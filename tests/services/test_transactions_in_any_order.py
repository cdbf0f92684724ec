"""Whatever chargers send, in any order and however often: nothing is lost, nothing doubled, nobody else's touched."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tornado.ioloop import IOLoop

from edge_csms.domain.model import Transaction, fold
from edge_csms.services import transactions
from edge_csms.storage.tables import MeterValue
from tests.services.charging import MINUTE, NOON, Charger, Site

STRANGE_IDS = (None, 0, -1, 2**63 - 1)

chargers = st.integers(0, 1)
connectors = st.integers(1, 2)
minutes = st.integers(0, 6)
registers = st.sampled_from([None, 0, 1000, 2000])
references = st.one_of(st.sampled_from(STRANGE_IDS), st.integers(0, 5).map("start {}".format))


@dataclass(frozen=True)
class Start:
    """A StartTransaction; tags that differ in case only are the same."""

    charger: int
    connector_id: int
    id_tag: str
    minute: int
    register: int | None

    @property
    def content(self) -> tuple[Any, ...]:
        """Give what makes it the same as another."""
        return (self.charger, self.connector_id, fold(self.id_tag), self.minute, self.register)


@dataclass(frozen=True)
class Stop:
    """A StopTransaction, under a strange id or that of one of the transactions so far, whoever's it is."""

    charger: int
    reference: object
    register: int | None
    minute: int


@dataclass(frozen=True)
class Meter:
    """A MeterValues message."""

    charger: int
    reference: object
    connector_id: int
    register: int | None
    minute: int


@dataclass(frozen=True)
class Free:
    """A StatusNotification that says Available."""

    charger: int
    connector_id: int
    minute: int


Message = Start | Stop | Meter | Free

messages = st.lists(
    st.one_of(
        st.builds(Start, chargers, connectors, st.sampled_from(["CAFE", "cafe", "BEEF"]), minutes, registers),
        st.builds(Stop, chargers, references, registers, minutes),
        st.builds(Meter, chargers, references, connectors, registers, minutes),
        st.builds(Free, chargers, connectors, minutes),
    ),
    max_size=15,
)


class Play:
    """Plays messages to the services and remembers what was acknowledged."""

    def __init__(self, books: Site, names: list[str], pair: list[Charger]) -> None:
        self.books = books
        self.names = names
        self.pair = pair
        self.started: dict[tuple[Any, ...], Any] = {}
        self.orphaned: dict[tuple[Any, ...], int] = {}
        self.metered: set[tuple[Any, ...]] = set()

    async def send(self, message: Message) -> None:
        """Send one message and check its answer against those before."""
        charger, at = self.pair[message.charger], NOON + message.minute * MINUTE
        others = await self._transactions_of(1 - message.charger)
        match message:
            case Start(_, connector_id, id_tag, _, register):
                started = await charger.start(connector_id, id_tag, register, at=at)
                answer = (started.transaction_id, started.verdict)
                assert started.is_new == (message.content not in self.started)
                assert self.started.setdefault(message.content, answer) == answer
            case Stop(_, reference, register, _):
                wire_id = self._wire_id(reference)
                stopped = await charger.stop(wire_id, register, at=at)
                await self._check_stop(message, wire_id, stopped.transaction_id)
            case Meter(_, reference, connector_id, register, _):
                wire_id = self._wire_id(reference)
                content = (message.charger, wire_id, connector_id, register, message.minute)
                metered = await charger.meter(wire_id, register, connector_id=connector_id, at=at)
                assert metered.is_new == (content not in self.metered)
                self.metered.add(content)
            case Free(_, connector_id, _):
                await charger.become_free(connector_id, at=at)
        assert await self._transactions_of(1 - message.charger) == others

    async def _check_stop(self, stop: Stop, wire_id: object, transaction_id: int) -> None:
        """Look for what a Stop was said to have done."""
        stored = await self.books.transaction(transaction_id)
        assert stored.charge_point_key == self.pair[stop.charger].key
        own = [of for (charger, *_), (of, _) in self.started.items() if charger == stop.charger]
        if wire_id in own:
            assert (stored.transaction_id, stored.state.value in {"closed", "closed_late"}) == (wire_id, True)
        else:
            content = (stop.charger, wire_id, stop.register, stop.minute)
            assert self.orphaned.setdefault(content, transaction_id) == transaction_id
            assert stored.state.value in {"orphan", "closed"}
            assert (stored.meter_stop_wh, stored.stopped_at) == (stop.register, NOON + stop.minute * MINUTE)

    def _wire_id(self, reference: object) -> object:
        """Give the id that is meant: a strange one, or that of the nth transaction."""
        if not isinstance(reference, str):
            return reference
        ids = [transaction_id for transaction_id, _ in self.started.values()]
        return ids[int(reference.split()[1]) % len(ids)] if ids else -1

    async def _transactions_of(self, charger: int) -> list[Transaction]:
        return await self.books.database.read(transactions.list_, charge_point_id=self.names[charger])

    async def check(self) -> None:
        """Compare the books with all that was acknowledged."""
        stored = await self._transactions_of(0) + await self._transactions_of(1)
        ids = {one.transaction_id for one in stored}
        orphans = {one.transaction_id for one in stored if one.state.value == "orphan"}
        assert len(ids) == len(stored) == len(self.started) + len(orphans)
        assert {transaction_id for transaction_id, _ in self.started.values()} == ids - orphans
        assert orphans <= set(self.orphaned.values())
        assert all(one.transaction_id > 0 and (one.energy_wh or 0) >= 0 for one in stored)
        assert await self.books.database.read(count_meter_values, [one.key for one in self.pair]) == len(self.metered)


def count_meter_values(keys: list[int]) -> int:
    return int(MeterValue.select().where(MeterValue.charge_point_key.in_(keys)).count())


numbers = count()


async def play(books: Site, sent: list[Message], restart: bool) -> None:
    names = [f"CP{next(numbers)}" for _ in range(2)]
    game = Play(books, names, [await books.charger(name) for name in names])
    for message in sent:
        await game.send(message)
    if restart:
        await books.restart()
    for message in sent:  # as a charger that had no answers sends all of it again
        await game.send(message)
    await game.check()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages, st.sampled_from([False, False, False, True]))
def test_nothing_is_lost_and_nothing_doubled(io_loop: IOLoop, books: Site, sent: list[Message], restart: bool) -> None:
    run: Callable[[], Any] = lambda: play(books, sent, restart)
    io_loop.run_sync(run)
