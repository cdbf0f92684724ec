"""The machine as the server's home: what it is called, how others find it, and whether it is fit."""

import logging
import socket
from collections.abc import Callable
from datetime import datetime

from edge_csms.config import Config
from edge_csms.domain.errors import Conflict
from edge_csms.jobs.announcement import Announcement, Plan, label_of, make_plan
from edge_csms.network import Network
from edge_csms.services.preflight import Check, Port, Verdict, check_file_system, inspect, own_addresses
from edge_csms.web.server import own_names

log = logging.getLogger(__name__)

SETTINGS = {"http": "[server] port", "https": "[tls] port", "ftp": "[files] ftp_port"}


class Machine:
    """What is known of this machine; `config` gives the settings in force."""

    def __init__(self, network: Network, config: Callable[[], Config], now: Callable[[], datetime]) -> None:
        self.announcement = Announcement(self._plan_announcement)
        self._network = network
        self._config = config
        self._now = now

    def hosts(self) -> list[str]:
        """List the names beside its host name by which it may be called."""
        name = self.announcement.name_in_use or label_of(self._wished_name())
        return [*self._config().server.allowed_hosts, f"{name}.local"]

    def names(self) -> list[str]:
        """List every name and address by which it can be called: its certificate must hold them."""
        return own_names(self.hosts())

    def check(self) -> list[Check]:
        """Look whether it is fit for the server."""
        config = self._config()
        ports = [
            Port(SETTINGS[name], config.server.host, number, ours=True)
            for name, number in self._network.ports.numbers.items()
        ]
        return [*inspect(config.data_dir, ports, own_addresses(), self._now()), self._check_name()]

    def warn(self) -> None:
        """Log what of it hinders the server."""
        for check in self.check():
            if check.verdict != Verdict.OK:
                log.warning("preflight: %s", check)

    def refuse_to_damage(self) -> None:
        """Raise Refusal where a database would get damaged."""
        check = check_file_system(self._config().data_dir)
        if check.verdict == Verdict.FAULT:
            raise Conflict(f"{check.words}: {check.fix}")

    def _check_name(self) -> Check:
        told = self.announcement
        if told.words:
            fix = "give one of the two machines another name: [mdns] name here"
            return Check(told.name, Verdict.WARNING, told.words, fix)
        return Check(told.name, Verdict.OK, f"{told.name_in_use}.local" if told.name_in_use else "not told just now")

    def _wished_name(self) -> str:
        return self._config().mdns.name or socket.gethostname()

    def _plan_announcement(self) -> Plan | None:
        if not self._config().mdns.enabled or not self._network.ports.numbers:
            return None
        place = self._network.place
        services = {"_http._tcp": place.port, "_ocpp._tcp": place.port}
        if place.tls:
            services["_https._tcp"] = place.tls_port
        return make_plan(self._wished_name(), place.host, services)
