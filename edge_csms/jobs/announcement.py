"""Tells the box's name in the local network by multicast DNS (RFC 6762), so that it is found without a DNS server.

It is a responder of our own, since the library for it would take four megabytes of the box's memory for a few records.
"""

import asyncio
import logging
import re
import struct
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from ipaddress import ip_address

from edge_csms.domain.errors import Refusal
from edge_csms.jobs.multicast import PORT, Multicast
from edge_csms.services.dns_messages import (
    ANY,
    PTR,
    SRV,
    TXT,
    Message,
    Question,
    Record,
    Unreadable,
    address_record,
    read,
    write,
    write_name,
)
from edge_csms.services.preflight import every_address, own_addresses

log = logging.getLogger(__name__)

LOOK_SECONDS = 60.0  # between two looks at the addresses of the box
PROBES, PROBE_SECONDS = 3, 0.25  # RFC 6762 §8.1
TELLINGS, TELLING_SECONDS = 2, 1.0  # §8.3
REPEAT_SECONDS = 1.0  # a record is not said to everybody again sooner (§6)
LONG_TTL = 4500
MOST_NAMES = 20  # that are tried: a network with more boxes of one name has another problem
ALL_SERVICES = "_services._dns-sd._udp.local"
NO_LABEL = re.compile("[^a-z0-9-]")


class NoNameLeft(Refusal):
    """Other machines have the name of the box, with every number behind it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to tell: the name without .local, the addresses it stands for, and what is served on which port."""

    name: str
    addresses: tuple[str, ...]
    services: dict[str, int] = field(default_factory=dict)  # such as "_http._tcp" -> 8001
    own: frozenset[str] = frozenset()  # every address of this machine: others with the name are other machines


def make_plan(name: str, host: str, services: dict[str, int]) -> Plan | None:
    """Plan what to tell of a server that listens on `host`; None where nobody else could reach it."""
    addresses = own_addresses()
    if host in ("", "0.0.0.0"):
        addresses = [one for one in addresses if ip_address(one).version == 4]
    elif host != "::":
        addresses = [one for one in addresses if one == host]
    if not _interfaces(addresses):
        return None
    return Plan(label_of(name), tuple(addresses), services, frozenset(every_address()))


def label_of(name: str) -> str:
    """Give the first part of a host name as what multicast DNS takes, in small letters, as all names are compared."""
    return NO_LABEL.sub("-", name.partition(".")[0].lower()).strip("-")[:63] or "edge-csms"


class Announcement:
    """The job. `name_in_use` is the name that the box has got, None while it tells none."""

    name = "network name"
    per_fleet = False

    def __init__(self, plan: Callable[[], Plan | None]) -> None:
        self.name_in_use: str | None = None
        self.words = ""
        self._plan = plan
        self._changed = asyncio.Event()
        self._wanted = ""
        self._others: set[str] = set()  # addresses of other machines that have the wanted name
        self._records: tuple[Record, ...] = ()
        self._told_at: dict[Record, float] = {}
        self._multicast: Multicast | None = None
        self._own: frozenset[str] = frozenset()

    def look_again(self) -> None:
        """Tell something else if the plan is another one by now."""
        self._changed.set()

    async def run(self) -> None:
        """Tell what is planned, and tell it anew when the plan changes, be it that the box gets another address."""
        while True:
            plan = self._plan()
            if plan is None:
                await self._wait()
            else:
                await self._tell(plan)

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self._changed.wait()
        self._changed.clear()

    async def _tell(self, plan: Plan) -> None:
        self._own, self._told_at = plan.own | set(plan.addresses), {}
        self._multicast = Multicast(_interfaces(plan.addresses), self._hear)
        try:
            name = await self._free_name(plan)
            self._records = tuple(_records(plan, name))
            for _ in range(TELLINGS):
                self._say(self._records)
                self.name_in_use = name
                await asyncio.sleep(TELLING_SECONDS)
            log.info("this box is %s.local", name)
            while self._plan() == plan and not self._others:
                await self._wait()
        finally:
            self._say(replace(one, ttl=0) for one in self._records)  # which means: forget it
            self._records, self.name_in_use = (), None
            self._multicast.close()

    async def _free_name(self, plan: Plan) -> str:
        """Give the name, or with a number behind it where other machines have it already."""
        self.words = ""
        for name in (plan.name, *(f"{plan.name[:60]}-{number}" for number in range(2, MOST_NAMES))):
            if not await self._is_taken(name, plan):
                self.words += f"this box is {name}.local" if self.words else ""
                return name
            self.words += f"{name}.local is taken by {', '.join(sorted(self._others))}; "
            log.warning("%s.local is taken by %s", name, ", ".join(sorted(self._others)))
        raise NoNameLeft(f"every name from {plan.name}.local to {name}.local is taken: set another one, [mdns] name")

    async def _is_taken(self, name: str, plan: Plan) -> bool:
        self._wanted, self._others = f"{name}.local", set()
        wished = tuple(address_record(f"{name}.local", address) for address in plan.addresses)
        for _ in range(PROBES):
            self._send(Message(False, (Question(f"{name}.local", ANY, alone=True),), wished))
            await asyncio.sleep(PROBE_SECONDS)
            if self._others:
                return True
        return False

    def _hear(self, data: bytes, sender: tuple[str, int]) -> None:
        try:
            message = read(data)
        except Unreadable:
            return
        if message.is_response:
            found = {one.address for one in message.records if one.name == self._wanted and one.ttl}
            if others := found - {None} - self._own:
                self._others = {str(one) for one in others}
                self._changed.set()
        else:
            self._answer(message, sender)

    def _answer(self, message: Message, sender: tuple[str, int]) -> None:
        asked = [one for one in self._records if any(_fits(one, question) for question in message.questions)]
        known = set(message.records)
        wanted = [one for one in asked if one not in known]
        if not wanted:
            return
        if any(one.kind in (PTR, SRV) for one in wanted):  # what comes next is asked for anyway
            wanted += [one for one in self._records if one not in wanted and one.kind != PTR]
        if sender[1] != PORT:  # somebody who speaks plain DNS, and wants it back as such (§6.7)
            plain = tuple(replace(one, ttl=10, unique=False) for one in wanted)
            self._send(Message(True, message.questions, plain, message.message_id), sender)
            return
        is_probe = any(question.kind == ANY for question in message.questions)  # whoever probes doesn't wait long
        pause, now = PROBE_SECONDS / 2 if is_probe else REPEAT_SECONDS, time.monotonic()
        self._say(one for one in wanted if now - self._told_at.get(one, -pause) >= pause)

    def _say(self, records: Iterable[Record]) -> None:
        told = tuple(records)
        if told:
            self._told_at.update(dict.fromkeys(told, time.monotonic()))
            self._send(Message(True, (), told))

    def _send(self, message: Message, to: tuple[str, int] | None = None) -> None:
        if self._multicast is not None:
            self._multicast.say(write(message), *(() if to is None else (to,)))


def _interfaces(addresses: Iterable[str]) -> list[str]:
    return [one for one in addresses if ip_address(one).version == 4]


def _fits(record: Record, question: Question) -> bool:
    return record.name == question.name and question.kind in (record.kind, ANY)


def _records(plan: Plan, name: str) -> Iterable[Record]:
    host = f"{name}.local"
    yield from (address_record(host, address) for address in plan.addresses)
    for kind, port in plan.services.items():
        path = b"path=/ocpp/" if "_ocpp" in kind else b"path=/"
        own = f"{name}.{kind}.local"
        yield Record(ALL_SERVICES, PTR, write_name(f"{kind}.local"), LONG_TTL)
        yield Record(f"{kind}.local", PTR, write_name(own), LONG_TTL)
        yield Record(own, SRV, struct.pack("!HHH", 0, 0, port) + write_name(host), unique=True)
        yield Record(own, TXT, bytes((len(path),)) + path, LONG_TTL, unique=True)
