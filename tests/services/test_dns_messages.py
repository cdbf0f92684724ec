"""DNS messages: as another implementation reads and writes them, and whatever else may come by the network."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zeroconf import DNSIncoming, DNSOutgoing, DNSPointer, DNSQuestion

from edge_csms.services import dns_messages
from edge_csms.services.dns_messages import ANY, PTR, Message, Question, Record, Unreadable, address_record

BOX = address_record("box.local", "192.0.2.1")


def test_another_implementation_reads_what_is_written() -> None:
    pointer = Record("_http._tcp.local", PTR, dns_messages.write_name("box._http._tcp.local"), 4500)
    read = DNSIncoming(dns_messages.write(Message(True, (), (BOX, address_record("box.local", "fd00::1"), pointer))))
    assert read.valid
    assert [(one.key, one.ttl, one.unique) for one in read.answers()] == [
        ("box.local.", 120, True),
        ("box.local.", 120, True),
        ("_http._tcp.local.", 4500, False),
    ]
    assert read.answers()[2].alias == "box._http._tcp.local."


def test_what_another_implementation_writes_with_compression_is_read() -> None:
    out = DNSOutgoing(0)
    out.add_question(DNSQuestion("_http._tcp.local.", PTR, 1))
    out.add_answer_at_time(DNSPointer("_http._tcp.local.", PTR, 1, 4500, "Box._http._tcp.local."), 0)
    (packet,) = out.packets()
    assert dns_messages.read(packet) == Message(
        False,
        (Question("_http._tcp.local", PTR),),
        (Record("_http._tcp.local", PTR, dns_messages.write_name("box._http._tcp.local")),),
    )


def test_a_probe_says_what_it_would_like_to_have() -> None:
    probe = Message(False, (Question("box.local", ANY, alone=True),), (BOX,))
    data = dns_messages.write(probe)
    assert DNSIncoming(data).num_authorities == 1
    assert dns_messages.read(data) == probe


def test_an_address_is_told_from_other_records() -> None:
    assert BOX.address == "192.0.2.1"
    assert address_record("box.local", "fd00::1").address == "fd00::1"
    assert Record("box.local", PTR, b"\0\0\0\0").address is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 11,
        b"\0\0\0\0\xff\xff\0\0\0\0\0\0",
        b"\0\0\0\0\0\1\0\0\0\0\0\0\xc0\x0c\0\1\0\1",  # a name that points at itself
        b"\0\0\0\0\0\1\0\0\0\0\0\0\x3fab",
        dns_messages.write(Message(True, (), (BOX,)))[:-1],
    ],
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        dns_messages.read(data)


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    with suppress(Unreadable):
        dns_messages.read(data)
