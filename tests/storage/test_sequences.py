"""Numbers that are handed out once."""

import asyncio

from edge_csms.storage import sequences
from edge_csms.storage.database import Database


async def test_numbers_begin_at_one_and_grow(database: Database) -> None:
    assert await database.read(sequences.get, "a") == 0
    assert [await database.run(sequences.take, "a") for _ in range(3)] == [1, 2, 3]
    assert await database.read(sequences.get, "a") == 3


async def test_each_sequence_goes_its_own_way(database: Database) -> None:
    await database.run(sequences.take, "a")
    assert await database.run(sequences.take, "b") == 1


async def test_no_number_is_handed_out_twice_however_many_ask(database: Database) -> None:
    taken = await asyncio.gather(*(database.run(sequences.take, "a") for _ in range(1000)))
    assert sorted(taken) == list(range(1, 1001))


async def test_a_sequence_goes_on_above_what_it_was_raised_to(database: Database) -> None:
    await database.run(sequences.raise_to, "a", 100)
    assert await database.run(sequences.take, "a") == 101


async def test_a_sequence_never_goes_back(database: Database) -> None:
    await database.run(sequences.raise_to, "a", 100)
    await database.run(sequences.raise_to, "a", 7)
    assert await database.run(sequences.take, "a") == 101


async def test_a_number_goes_back_with_the_work_that_needed_it(database: Database) -> None:
    def take_and_fail() -> None:
        sequences.take("a")
        raise ValueError

    await asyncio.gather(database.run(take_and_fail), return_exceptions=True)
    assert await database.run(sequences.take, "a") == 1  # nobody was told of the first
