"""The box's name is told by multicast DNS over real sockets, given up at the end, and changed where another has it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from zeroconf import AddressResolver
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from edge_csms.jobs.announcement import Announcement, Plan, label_of, make_plan
from edge_csms.jobs.multicast import GROUP, PORT, Multicast
from edge_csms.services.dns_messages import A, Message, Question, address_record, read, write

HERE = ["127.0.0.1"]
PLAN = Plan("edge-csms-test", ("127.0.0.1",), {"_http._tcp": 8001, "_ocpp._tcp": 8001})


@asynccontextmanager
async def telling(announcement: Announcement) -> AsyncIterator[Announcement]:
    task = asyncio.create_task(announcement.run())
    try:
        async with asyncio.timeout(30):
            while announcement.name_in_use is None:
                await asyncio.sleep(0.01)
                if task.done():
                    await task
        yield announcement
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def listener() -> AsyncIterator[AsyncZeroconf]:
    try:
        zeroconf = AsyncZeroconf(interfaces=HERE)
    except OSError as error:
        pytest.skip(f"this machine has no multicast on loopback: {error}")
    try:
        yield zeroconf
    finally:
        await zeroconf.async_close()


async def addresses_of(zeroconf: AsyncZeroconf, name: str) -> list[str]:
    resolver = AddressResolver(f"{name}.local.")
    await resolver.async_request(zeroconf.zeroconf, 1000)
    return resolver.parsed_addresses()


@pytest.mark.timeout(seconds=60)
async def test_others_find_the_box_and_what_it_serves_until_it_stops() -> None:
    async with listener() as other:
        async with telling(Announcement(lambda: PLAN)) as announcement:
            assert (announcement.name_in_use, announcement.words) == ("edge-csms-test", "")
            assert await addresses_of(other, "edge-csms-test") == ["127.0.0.1"]
            info = AsyncServiceInfo("_ocpp._tcp.local.", "edge-csms-test._ocpp._tcp.local.")
            assert await info.async_request(other.zeroconf, 3000)
            assert (info.port, info.properties) == (8001, {b"path": b"/ocpp/"})
        assert announcement.name_in_use is None


@pytest.mark.timeout(seconds=60)
async def test_a_name_that_another_machine_has_gets_a_number_and_that_is_said() -> None:
    async with listener(), telling(Announcement(lambda: PLAN)):
        second = Announcement(lambda: Plan(PLAN.name, ("127.0.0.2",), {"_http._tcp": 80}))
        async with telling(second):
            assert second.name_in_use == "edge-csms-test-2"
            assert second.words == "edge-csms-test.local is taken by 127.0.0.1; this box is edge-csms-test-2.local"


@pytest.mark.timeout(seconds=60)
async def test_another_plan_is_told_as_soon_as_it_is_made() -> None:
    plans: list[Plan | None] = [None]
    announcement = Announcement(lambda: plans[-1])
    task = asyncio.create_task(announcement.run())
    async with listener(), asyncio.timeout(30):
        for plan in (Plan("edge-csms-one", ("127.0.0.1",)), Plan("edge-csms-two", ("127.0.0.1",)), None):
            plans.append(plan)
            announcement.look_again()
            while announcement.name_in_use != (plan and plan.name):
                await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_a_box_that_only_it_can_reach_itself_tells_nothing() -> None:
    assert make_plan("box", "127.0.0.1", {}) is None


def test_the_host_name_becomes_a_label() -> None:
    assert label_of("edge_box.example.org") == "edge-box"
    assert label_of("--") == "edge-csms"


@pytest.mark.timeout(seconds=60)
async def test_a_machine_that_takes_the_name_later_lets_the_box_look_for_one_again() -> None:
    async with listener(), telling(Announcement(lambda: PLAN)) as announcement:
        intruder = Multicast(HERE, lambda data, sender: None)
        intruder.say(write(Message(True, (), (address_record("edge-csms-test.local", "192.0.2.7"),))))
        intruder.close()
        async with asyncio.timeout(30):
            for expected in (None, "edge-csms-test"):  # it has gone again, so that the name is free
                while announcement.name_in_use != expected:
                    await asyncio.sleep(0.01)


@pytest.mark.timeout(seconds=60)
async def test_who_speaks_plain_dns_is_answered_alone_and_in_kind() -> None:
    async with listener(), telling(Announcement(lambda: PLAN)):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.setblocking(False)
            client.bind(("127.0.0.1", 0))
            client.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
            question = Question("edge-csms-test.local", A)
            client.sendto(b"\x12\x34" + write(Message(False, (question,)))[2:], (GROUP, PORT))
            async with asyncio.timeout(10):
                answer = read(await asyncio.get_running_loop().sock_recv(client, 9000))
        assert (answer.message_id, answer.questions, answer.is_response) == (0x1234, (question,), True)
        assert [(one.address, one.ttl) for one in answer.records] == [("127.0.0.1", 10)]
