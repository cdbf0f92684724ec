"""DNS messages as multicast DNS uses them (RFC 1035 §4, RFC 6762 §18): written without compression, read with it."""

import struct
from dataclasses import dataclass, field
from ipaddress import ip_address

A, PTR, TXT, AAAA, SRV, ANY = 1, 12, 16, 28, 33, 255
INTERNET, TOP_BIT = 1, 0x8000  # the top bit of a class: "forget others" in a record, "answer me alone" in a question
RESPONSE = 0x8400  # and the sender is the one who knows
POINTER = 0xC0
MOST_POINTERS = 20
MOST_ENTRIES = 200  # of one message that is read


class Unreadable(Exception):
    """Bytes that are no DNS message."""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks for; `alone` = the answer need not go to everybody."""

    name: str
    kind: int
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of a name. `unique` says that only the sender has such records of it."""

    name: str
    kind: int
    data: bytes
    ttl: int = field(default=120, compare=False)
    unique: bool = field(default=False, compare=False)

    @property
    def address(self) -> str | None:
        """Give the address, of a record that holds one."""
        if (self.kind, len(self.data)) in ((A, 4), (AAAA, 16)):
            return str(ip_address(self.data))
        return None


@dataclass(frozen=True, slots=True)
class Message:
    """One datagram; what a probe claims stands among its records."""

    is_response: bool
    questions: tuple[Question, ...] = ()
    records: tuple[Record, ...] = ()
    message_id: int = 0


def address_record(name: str, address: str) -> Record:
    """Make the record of an address."""
    packed = ip_address(address).packed
    return Record(name, A if len(packed) == 4 else AAAA, packed, unique=True)


def write_name(name: str) -> bytes:
    """Write a name, label by label."""
    labels = [label.encode() for label in name.rstrip(".").split(".")]
    return b"".join(bytes((len(label),)) + label for label in labels) + b"\0"


def write(message: Message) -> bytes:
    """Write a message; the records of a question are what its sender would like to have (§8.2), else answers."""
    claims = 0 if message.is_response else len(message.records)
    answers = len(message.records) - claims
    flags = RESPONSE if message.is_response else 0
    head = struct.pack("!6H", message.message_id, flags, len(message.questions), answers, claims, 0)
    questions = (
        write_name(one.name) + struct.pack("!HH", one.kind, INTERNET | (TOP_BIT if one.alone else 0))
        for one in message.questions
    )
    return head + b"".join(questions) + b"".join(map(_write_record, message.records))


def read(data: bytes) -> Message:
    """Read a message; raises Unreadable. Names come in small letters, as they are compared."""
    try:
        message_id, flags, *counts = struct.unpack_from("!6H", data)
        if sum(counts) > MOST_ENTRIES:
            raise Unreadable("too many entries")
        at, questions, records = 12, [], []
        for _ in range(counts[0]):
            name, at = _read_name(data, at)
            kind, kind_of_class = struct.unpack_from("!HH", data, at)
            at += 4
            questions.append(Question(name, kind, bool(kind_of_class & TOP_BIT)))
        for _ in range(sum(counts[1:])):
            record, at = _read_record(data, at)
            records.append(record)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise Unreadable(str(error)) from None
    return Message(bool(flags & 0x8000), tuple(questions), tuple(records), message_id)


def _write_record(record: Record) -> bytes:
    kind_of_class = INTERNET | (TOP_BIT if record.unique else 0)
    head = struct.pack("!HHIH", record.kind, kind_of_class, record.ttl, len(record.data))
    return write_name(record.name) + head + record.data


def _read_record(data: bytes, at: int) -> tuple[Record, int]:
    name, at = _read_name(data, at)
    kind, kind_of_class, ttl, length = struct.unpack_from("!HHIH", data, at)
    at += 10
    end = at + length
    if end > len(data):
        raise Unreadable("a record is cut off")
    own = write_name(_read_name(data, at)[0]) if kind == PTR else data[at:end]
    return Record(name, kind, own, ttl, bool(kind_of_class & TOP_BIT)), end


def _read_name(data: bytes, at: int) -> tuple[str, int]:
    """Read a name and give the place behind it."""
    labels: list[str] = []
    behind = None
    for _ in range(MOST_POINTERS + 127):
        length = data[at]
        if length >= POINTER:  # the rest of the name stands elsewhere
            behind = behind or at + 2
            at = struct.unpack_from("!H", data, at)[0] & 0x3FFF
        elif length == 0:
            return ".".join(labels).lower(), behind or at + 1
        else:
            labels.append(data[at + 1 : at + 1 + length].decode())
            at += 1 + length
    raise Unreadable("a name that has no end")
