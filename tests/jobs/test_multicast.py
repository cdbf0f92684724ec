"""The sockets of multicast DNS, shared with others on the same machine."""

import asyncio

import pytest

from edge_csms.jobs.multicast import PORT, Multicast


async def test_what_one_says_all_others_hear() -> None:
    heard: list[asyncio.Queue[tuple[bytes, tuple[str, int]]]] = [asyncio.Queue(), asyncio.Queue()]
    try:
        ears = [Multicast(["127.0.0.1"], lambda data, sender, one=one: one.put_nowait((data, sender))) for one in heard]
    except OSError as error:
        pytest.skip(f"this machine has no multicast on loopback: {error}")
    try:
        ears[0].say(b"hello")
        for one in heard:
            async with asyncio.timeout(5):
                while (await one.get()) != (b"hello", ("127.0.0.1", PORT)):
                    continue  # somebody else on this machine may speak too
    finally:
        for one in ears:
            one.close()


async def test_an_interface_that_is_not_there_leaves_nothing_open() -> None:
    with pytest.raises(OSError, match="address"):
        Multicast(["192.0.2.77"], lambda data, sender: None)
