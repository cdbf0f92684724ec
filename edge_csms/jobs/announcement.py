"""Tells the box's name in the local network by multicast DNS, so that it is found there without a DNS server."""

import asyncio
import logging
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from edge_csms.domain.errors import Refusal
from edge_csms.services.preflight import own_addresses

if TYPE_CHECKING:
    from zeroconf import ServiceInfo
    from zeroconf.asyncio import AsyncZeroconf

log = logging.getLogger(__name__)

NO_LABEL = re.compile("[^A-Za-z0-9-]")

LOOK_SECONDS = 60.0  # between two looks at the addresses of the box
ASK_MILLISECONDS = 1000  # that a machine with the same name has to answer
MOST_NAMES = 20  # that are tried: a network with more boxes of one name has another problem


@dataclass(frozen=True, slots=True)
class Plan:
    """What to tell: the name without .local, the addresses it stands for, and what is served on which port."""

    name: str
    addresses: tuple[str, ...]
    services: dict[str, int] = field(default_factory=dict)  # such as "_http._tcp" -> 8001


class NoNameLeft(Refusal):
    """Other machines have the name of the box, with every number behind it."""


def make_plan(name: str, host: str, services: dict[str, int]) -> Plan | None:
    """Plan what to tell of a server that listens on `host`; None where nobody else could reach it."""
    addresses = own_addresses()
    if host in ("", "0.0.0.0"):
        addresses = [one for one in addresses if ip_address(one).version == 4]
    elif host != "::":
        addresses = [one for one in addresses if one == host]
    return Plan(label_of(name), tuple(addresses), services) if addresses else None


def label_of(name: str) -> str:
    """Give the first part of a host name as what multicast DNS takes."""
    return NO_LABEL.sub("-", name.partition(".")[0]).strip("-")[:63] or "edge-csms"


class Announcement:
    """The job. `name_in_use` is the name that the box has got, None while it tells none."""

    name = "network name"
    per_fleet = False

    def __init__(self, plan: Callable[[], Plan | None], interfaces: Iterable[str] | None = None) -> None:
        self.name_in_use: str | None = None
        self.words = ""
        self._plan = plan
        self._interfaces = None if interfaces is None else list(interfaces)
        self._changed = asyncio.Event()

    def look_again(self) -> None:
        """Tell something else if the plan is another one by now."""
        self._changed.set()

    async def run(self) -> None:
        """Tell what is planned, and tell it anew when the plan changes, be it that the box gets another address."""
        while True:
            plan = self._plan()
            if plan is None:
                await self._wait()
                continue
            try:
                await self._tell(plan)
            finally:
                self.name_in_use = None

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self._changed.wait()
        self._changed.clear()

    async def _tell(self, plan: Plan) -> None:
        from zeroconf.asyncio import AsyncZeroconf  # 4 MiB that only a box pays which has something to tell

        interfaces = self._interfaces or [one for one in plan.addresses if ip_address(one).version == 4]
        zeroconf = AsyncZeroconf(interfaces=interfaces)
        try:
            name = await self._free_name(zeroconf, plan)
            wanted = [zeroconf.async_register_service(one, allow_name_change=True) for one in _infos(plan, name)]
            await asyncio.gather(*wanted)
            self.name_in_use = name
            log.info("this box is %s.local", name)
            while self._plan() == plan:
                await self._wait()
        finally:
            await zeroconf.async_close()

    async def _free_name(self, zeroconf: "AsyncZeroconf", plan: Plan) -> str:
        """Give the name, or with a number behind it where other machines have it already."""
        self.words = ""
        for name in (plan.name, *(f"{plan.name[:60]}-{number}" for number in range(2, MOST_NAMES))):
            others = await _addresses_of(zeroconf, name) - set(plan.addresses)
            if not others:
                self.words += f"this box is {name}.local" if self.words else ""
                return name
            self.words += f"{name}.local is taken by {', '.join(sorted(others))}; "
            log.warning("%s.local is taken by %s", name, ", ".join(sorted(others)))
        raise NoNameLeft(f"every name from {plan.name}.local to {name}.local is taken: set another one, [mdns] name")


async def _addresses_of(zeroconf: "AsyncZeroconf", name: str) -> set[str]:
    from zeroconf import AddressResolver  # type: ignore[attr-defined]

    resolver: Any = AddressResolver(f"{name}.local.")
    await resolver.async_request(zeroconf.zeroconf, ASK_MILLISECONDS)
    return set(resolver.parsed_addresses())


def _infos(plan: Plan, name: str) -> "list[ServiceInfo]":
    from zeroconf import ServiceInfo

    return [
        ServiceInfo(
            f"{kind}.local.",
            f"{name}.{kind}.local.",
            port=port,
            properties={"path": "/ocpp/" if "_ocpp" in kind else "/"},
            server=f"{name}.local.",
            parsed_addresses=list(plan.addresses),
        )
        for kind, port in plan.services.items()
    ]
