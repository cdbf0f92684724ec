"""Frames made by hand arrive as what they are."""

from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.simulator.raw_frames import PING, fragments, frame
from tests.simulator.central import Central


async def test_a_message_in_fragments_is_one_message(charge_point: ChargePoint, central: Central) -> None:
    for part in fragments(b'[2,"1","Heartbeat",{}]', size=5):
        charge_point.send_bytes(part)
    await central.until(lambda: central.of("Heartbeat"))


async def test_long_payloads_have_long_lengths(charge_point: ChargePoint, central: Central) -> None:
    for size in (0, 125, 126, 65535, 65536):
        charge_point.send_bytes(frame(b"x" * size))
    await central.until(lambda: len(central.sockets[0].frames) == 5)
    assert [len(text) for text in central.sockets[0].frames] == [0, 125, 126, 65535, 65536]


async def test_a_control_frame_gets_through(charge_point: ChargePoint, central: Central) -> None:
    charge_point.send_bytes(frame(b"hello", opcode=PING))
    await charge_point.heartbeat()
    assert central.sockets[0].pings == 1


async def test_a_reserved_bit_ends_the_connection_at_a_server_that_knows_none(
    charge_point: ChargePoint, central: Central
) -> None:
    charge_point.send_bytes(frame(b"compressed?", rsv1=True))
    await central.until(lambda: central.sockets[0].is_gone)


def test_a_length_may_lie() -> None:
    assert frame(b"", announced=1 << 30)[2:10] == (1 << 30).to_bytes(8, "big")
