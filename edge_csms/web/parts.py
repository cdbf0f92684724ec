"""The parts of the site that handlers work with: app.py builds them, Tornado's Application carries them."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from edge_csms import VERSION
from edge_csms.central.clock import SiteClock
from edge_csms.central.probation import Probation
from edge_csms.domain.accounts import Actor
from edge_csms.domain.settings import Setting, Trial
from edge_csms.web.hosts import Hosts
from edge_csms.web.strangers import Bodies, Strangers
from edge_csms.web.throttle import Pace, Throttle

if TYPE_CHECKING:
    from edge_csms.central.attempts import Attempts
    from edge_csms.central.captures import Captures
    from edge_csms.central.commissioning import Commissioning
    from edge_csms.central.file_commands import FileCommands
    from edge_csms.central.file_transfers import FileTransfers
    from edge_csms.central.known_certificates import KnownCertificates
    from edge_csms.central.system import CentralSystem
    from edge_csms.central.updates import Updates
    from edge_csms.services.backups import Backup
    from edge_csms.services.certificate_authority import CertificateAuthority
    from edge_csms.services.preflight import Check
    from edge_csms.services.setup_code import SetupCode
    from edge_csms.storage.database import Database
    from edge_csms.web.hashing import HashingThreads
    from edge_csms.web.live import EventsSocket
    from edge_csms.web.log_levels import LogLevels
    from edge_csms.web.tokens import Tokens

RegistrationPolicy = Literal["closed", "approval", "open"]


def utc_now() -> datetime:
    """Give the time of the site's clock."""
    return datetime.now(UTC)


@dataclass(kw_only=True)
class WebSettings:
    """What of the configuration concerns people and programs that call the server; changes hold from then on."""

    registration: RegistrationPolicy = "closed"
    version: str = VERSION
    site_name: str = "Charging site"
    timezone: str = "UTC"


class BackupMaker(Protocol):
    """What makes backups, by itself and when asked."""

    directory: Path
    trouble: str

    async def make(self, *, complete: bool = False) -> "Backup | None":
        """Make one now, with all history if it is `complete`; None where that failed, for the reason in `trouble`."""


class TrialKeeper(Protocol):
    """What knows how the last change of the network is."""

    @property
    def last(self) -> Trial | None:
        """Give it; None where there was none."""

    async def take_back(self, who: Actor) -> None:
        """Go back from what is on trial."""


class SettingsKeeper(Protocol):
    """What knows the settings and changes them."""

    @property
    def trial(self) -> TrialKeeper:
        """Give the trial of changes of the network."""

    def list_(self) -> list[Setting]:
        """Give every key."""

    async def change(self, who: Actor, values: Mapping[str, Any]) -> str | None:
        """Change settings, and give the code that confirms it where that is on trial now."""

    async def use_certificate(self, who: Actor, certificate: str, key: str) -> str | None:
        """Show the certificate in these files, or "" = the site's own."""

    async def confirm(self, code: str, scheme: str, port: int, who: Actor) -> None:
        """Keep what is on trial."""


class RestoreOrders(Protocol):
    """What puts a backup in the place of the data, for which the server stops and starts."""

    def order(self, source: Path, recovery_code: str | None) -> None:
        """Ask for it."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a handler function finds in its request."""

    database: "Database"
    central: "CentralSystem"
    attempts: "Attempts"
    captures: "Captures"
    commissioning: "Commissioning"
    backup: "BackupMaker"
    restores: "RestoreOrders"
    authority: "CertificateAuthority"
    certificates: "KnownCertificates"
    file_commands: "FileCommands"
    transfers: "FileTransfers"
    updates: "Updates"
    tokens: "Tokens"
    setup_code: "SetupCode"
    hashing: "HashingThreads"
    site_settings: "SettingsKeeper"
    hosts: Hosts = field(default_factory=Hosts)
    settings: WebSettings = field(default_factory=WebSettings)
    logins: Throttle = field(default_factory=lambda: Throttle(10))  # by address and user name
    guessers: Throttle = field(default_factory=lambda: Throttle(100))  # by address: one that tries many names
    # By address and identity; a charger with a wrong password that dials every ten seconds is not to be kept off.
    charger_logins: Throttle = field(default_factory=lambda: Throttle(10, longest_seconds=5.0))
    registrations: Throttle = field(default_factory=lambda: Throttle(30))  # by address
    refusals: Pace = field(default_factory=lambda: Pace(at_once=100, per_second=200))  # of handshakes, by address
    strangers: Strangers = field(default_factory=Strangers)
    bodies: Bodies = field(default_factory=Bodies)
    run: str = field(default_factory=lambda: secrets.token_hex(4))  # tells this start of the server from others
    now: Callable[[], datetime] = utc_now
    clock: SiteClock = field(default_factory=SiteClock)
    pages: "set[EventsSocket]" = field(default_factory=set)  # that are open right now
    states: Callable[[], dict[str, str]] = dict  # of the parts that work by themselves, by name
    integrity: Callable[[], str] = str  # how far the database file was read, and what was found
    metrics: Callable[[], bytes] = bytes  # in Prometheus' format
    recent_log: Callable[[], str] = str
    log_levels: "LogLevels"
    preflight: Callable[[], "list[Check]"] = list
    own_names: Callable[[], list[str]] = list  # of this machine, host names and addresses
    probation: Probation = field(default_factory=Probation)  # of this version, after an update
    configuration: Callable[[], dict[str, Any]] = dict  # as it was read, by section
