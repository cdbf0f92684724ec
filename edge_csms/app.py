"""The composition root: builds every part of the server, and says in which order they start and stop."""

import asyncio
import faulthandler
import logging
import signal
import sys
from datetime import timedelta

import msgspec

from edge_csms import control
from edge_csms.central import quirks_file
from edge_csms.central.admission import Admission
from edge_csms.central.attempts import Attempts
from edge_csms.central.captures import Captures
from edge_csms.central.clock import SiteClock
from edge_csms.central.commissioning import Commissioning
from edge_csms.central.context import Context
from edge_csms.central.dialect_v16 import DialectV16
from edge_csms.central.event_bus import EventBus
from edge_csms.central.file_commands import FileCommands
from edge_csms.central.file_transfers import FileTransfers
from edge_csms.central.known_certificates import KnownCertificates
from edge_csms.central.settings import CentralSettings, FileSettings
from edge_csms.central.system import CentralSystem
from edge_csms.central.updates import Updates
from edge_csms.config import Config
from edge_csms.control import ControlServer, locked
from edge_csms.domain.errors import Refusal
from edge_csms.domain.events import Event, TransactionEnded, TransactionStarted
from edge_csms.jobs.backup import DailyBackup
from edge_csms.jobs.boot_data import BootData
from edge_csms.jobs.certificates import Ends, HandOver, Renewal
from edge_csms.jobs.clock import ClockWatch
from edge_csms.jobs.configuration import ConfigurationChanges
from edge_csms.jobs.expiry import Expiry
from edge_csms.jobs.file_jobs import FileJobs
from edge_csms.jobs.firmware_rollouts import FirmwareRollouts
from edge_csms.jobs.integrity import Integrity
from edge_csms.jobs.limit_check import LimitCheck
from edge_csms.jobs.liveness import Liveness
from edge_csms.jobs.local_auth_list import LocalAuthLists
from edge_csms.jobs.reservations import Reservations
from edge_csms.jobs.retention import Retention
from edge_csms.jobs.runner import Job, Runner
from edge_csms.jobs.storage_watch import StorageWatch
from edge_csms.jobs.update import Update
from edge_csms.jobs.watchdog import Watchdog
from edge_csms.machine import Machine
from edge_csms.network import Network
from edge_csms.network_trial import NetworkTrial
from edge_csms.restores import Restores, lively
from edge_csms.services import accounts, installation, passwords
from edge_csms.services import clock as clock_service
from edge_csms.services.certificate_authority import CertificateAuthority
from edge_csms.services.file_store import MEGABYTE, FileStore
from edge_csms.services.log_lines import lines_for
from edge_csms.services.recent_log import RecentLog
from edge_csms.services.secret_file import SecretFile
from edge_csms.services.service_manager import ServiceManager
from edge_csms.services.setup_code import SetupCode
from edge_csms.services.signs_of_life import SignsOfLife
from edge_csms.services.update_spool import Spool
from edge_csms.site_settings import SiteSettings, spread
from edge_csms.storage import ballast, meter_values, recovery, sequences, transactions
from edge_csms.storage.database import Database
from edge_csms.storage.highest_id import HighestId
from edge_csms.web.application import make_application, make_redirecting_application
from edge_csms.web.hashing import HashingThreads
from edge_csms.web.hosts import Hosts
from edge_csms.web.log_levels import LogLevels
from edge_csms.web.metrics import Metrics
from edge_csms.web.parts import Parts, WebSettings
from edge_csms.web.ports import Ports, allow_many_connections
from edge_csms.web.tokens import Tokens

log = logging.getLogger(__name__)

CLOSE_GOING_AWAY = 1001


class App:
    """The server, built from its configuration; `start` opens what was built, `stop` closes it in reverse."""

    def __init__(self, config: Config) -> None:
        data_dir = config.data_dir
        self.database = _make_database(config)
        self.highest_id = HighestId(data_dir)
        self.clock = SiteClock()
        self.clock_watch = ClockWatch(self.database, self.clock)
        self.bus = EventBus()
        self.authority = CertificateAuthority(data_dir, config.site.name)
        quirks, self.quirk_faults = quirks_file.load(data_dir)
        self._central_settings, self._web_settings, self._hosts = CentralSettings(), WebSettings(), Hosts()
        context = Context(self.database, self.clock, self.bus, self._central_settings, self.authority, quirks)
        self.attempts = Attempts(self.database, self.clock, self.bus)
        self.network = Network(config, self.attempts, self.authority, lambda: self.machine.names(), self.clock.now)
        trial = NetworkTrial(self.network, self.database, self.clock.now)
        self.settings = SiteSettings(config, self.database, trial, self.clock.now)
        self.machine = Machine(self.network, lambda: self.config, self.clock.now)
        self.central = CentralSystem(context)
        self.central.speak(DialectV16(context))
        self.commissioning = Commissioning(self.central, self.database)
        self.captures = Captures(self.central.inspector, data_dir / "captures", self.clock.now)
        self.setup_code = SetupCode(data_dir)
        self.integrity = Integrity(self.database)
        self.backup = DailyBackup(self.database, self.clock, data_dir / "backups")
        self.retention = _retention(config, self.database, self.clock)
        self.hashing = HashingThreads()
        self.charger_passwords = passwords.ChargerPasswords()
        self.runner = Runner()
        self.recent_log, self.log_levels = RecentLog(), LogLevels(self.clock.now)
        self.restores = Restores(data_dir)
        self.updates = Updates(self.central, self.database, Spool(data_dir), installation.find())
        self.control = ControlServer(data_dir, self.database, self.updates.commands())
        self.tokens = Tokens(SecretFile(data_dir).key("token_key"))
        files = _file_settings(config, self.ports.numbers)
        self.transfers = FileTransfers(context, FileStore(data_dir / "files", files.total_bytes), files)
        self.file_commands = FileCommands(self.central, self.database, files)
        self.certificates = KnownCertificates(self.central, self.database, self.network.certificate_files)
        self._make_applications(Admission(context, self.check_key))
        self._recovered: str | None = None
        self._apply(config)

    @property
    def config(self) -> Config:
        """Give the settings in force."""
        return self.settings.config

    @property
    def ports(self) -> Ports:
        """Give the ports."""
        return self.network.ports

    @property
    def port(self) -> int:
        """Give the plain port."""
        return self.ports.numbers["http"]

    @property
    def tls_port(self) -> int:
        """Give the encrypted port, of a server that has one."""
        return self.ports.numbers["https"]

    def states(self) -> dict[str, str]:
        """Say how the parts are that people can't see otherwise, by name."""
        own = {"quirks": "; ".join(self.quirk_faults) or "ok"}
        if self.machine.announcement.words:
            own[self.machine.announcement.name] = self.machine.announcement.words
        if self.settings.faults:
            own["settings"] = "; ".join(map(str, self.settings.faults))
        if self.clock_watch.words:
            own[self.clock_watch.name] = self.clock_watch.words
        if self.restores.trouble:
            own["restore"] = self.restores.trouble
        if self.certificates.words:
            own["certificates in use"] = self.certificates.words
        if trouble := self.backup.trouble or self.retention.history.trouble:
            own["backups"] = trouble
        if self.integrity.words:
            own[self.integrity.name] = self.integrity.words
        if self._recovered is not None:
            own["recovery"] = self._recovered
        return {**self.runner.states(), **own}

    def _make_applications(self, admission: Admission) -> None:
        parts = self._make_parts()
        self._pages = parts.pages
        self._application = make_application(parts, admission)
        self._redirecting = make_redirecting_application(parts, admission, lambda: self.tls_port)

    def _make_parts(self) -> Parts:
        return Parts(
            database=self.database,
            central=self.central,
            attempts=self.attempts,
            captures=self.captures,
            commissioning=self.commissioning,
            backup=self.backup,
            restores=self.restores,
            authority=self.authority,
            certificates=self.certificates,
            file_commands=self.file_commands,
            transfers=self.transfers,
            updates=self.updates,
            probation=self.central.probation,
            tokens=self.tokens,
            setup_code=self.setup_code,
            hashing=self.hashing,
            strangers=self.ports.strangers,
            settings=self._web_settings,
            site_settings=self.settings,
            hosts=self._hosts,
            now=self.clock.now,
            clock=self.clock,
            states=self.states,
            integrity=lambda: self.integrity.report,
            metrics=Metrics(self.central, self.database, self.states).render,
            recent_log=self.recent_log.text,
            log_levels=self.log_levels,
            preflight=self.machine.check,
            own_names=self.machine.names,
            configuration=lambda: msgspec.to_builtins(self.config),
        )

    async def start(self) -> None:
        """Start everything; the port opens last. Raises Refusal in words for the user."""
        self.recent_log.attach()
        self.machine.refuse_to_damage()
        await self._open_ports_and_database()
        await self.settings.trial.recall()
        self.clock.go_on_from(
            await self.database.look_up(_last_arrival), await self.database.look_up(clock_service.get_lead)
        )
        self.bus.subscribe(self._note_transaction_id)
        self.updates.prepare()
        await self.transfers.prepare()
        await self.commissioning.prepare()
        for job in self._make_jobs():
            self.runner.start(job)
        await self.control.start()
        code = self.setup_code.prepare(await self.database.look_up(accounts.any_exist))
        self.network.open(self._application, self._redirecting, self.transfers)
        self.machine.announcement.look_again()
        self.updates.serving = True
        if code is not None:
            sys.stdout.write(f"set-up code: {code}\n")
            sys.stdout.flush()
        self.machine.warn()
        log.info("serving on %s port %s, data in %s", self.config.server.host, self.port, self.config.data_dir)

    def _make_jobs(self) -> tuple[Job, ...]:
        return (
            StorageWatch(self.database, self.clock),
            self.clock_watch,
            self.integrity,
            self.backup,
            Liveness(self.central, self.attempts),
            BootData(self.central),
            ConfigurationChanges(self.central, self.database),
            HandOver(self.central, self.database),
            Expiry(self.database, self.clock, self.transfers),
            self.retention,
            FileJobs(self.central, self.database),
            FirmwareRollouts(self.central, self.file_commands, self.database),
            Reservations(self.central, self.database, self.clock),
            LocalAuthLists(self.central, self.database),
            LimitCheck(self.central, self.database),
            Update(self.updates, self.clock),
            Renewal(self.network.renew),
            self.machine.announcement,
            Ends(self.certificates, self.clock),
        )

    async def _open_ports_and_database(self) -> None:
        """Take the ports as they are set, for which the database must be open; raises Refusal with nothing open.

        Where there is no database yet, only the file has set them: a port that can't be had leaves nothing behind.
        """
        if not self.database.path.exists():
            self.network.take(self.config)
        try:
            await self._open_database()
        except Refusal:
            self.ports.give_back()
            raise
        try:
            await self.settings.load(self._apply)
            self.network.take(self.config)
        except Refusal:
            await self._close_database()
            raise

    async def _open_database(self) -> None:
        """Open the database, or the backup that must take its place; raises Refusal where neither can be served."""
        path = self.database.path
        loop = asyncio.get_running_loop()
        self._recovered = await loop.run_in_executor(None, recovery.examine, path, self.clock.now())
        self.integrity.scan_at_once = path.exists() and not recovery.is_scanned_at_start(path)
        await self.database.open()
        if self.database.state == "ok":
            recovery.note_in_use(path)
        taken, above = await self.database.look_up(sequences.get, sequences.TRANSACTION), self.highest_id.value
        if above > taken:
            await self.database.run(sequences.raise_to, sequences.TRANSACTION, above)

    async def _close_database(self) -> None:
        await self.database.close()
        recovery.note_closed(self.database.path)

    async def stop(self) -> None:
        """Stop everything in reverse; chargers are told first."""
        await self.settings.trial.stop()
        await self.ports.stop()
        await self.control.stop()
        self.updates.close()
        await self.commissioning.stop()
        await self.runner.stop()
        if self.database.state == "ok":
            flushed = self.central.flush(), self.central.flush_last_seen(), self.attempts.flush()
            await asyncio.gather(*flushed, return_exceptions=True)
        self.central.close_all(CLOSE_GOING_AWAY, "the central system stops")
        for page in tuple(self._pages):
            page.leave()
        await self.ports.close()
        await self._close_database()
        self.captures.close()
        self.transfers.close()
        self.hashing.close()
        self.highest_id.close()
        self.recent_log.detach()
        self.log_levels.clear()

    async def check_key(self, credential: str, charge_point_id: str, presented: bytes) -> str | None:
        """Compare a charger's key with its credential, in a thread where that is slow; gives the form it came in."""
        verify = self.charger_passwords.verify
        if self.charger_passwords.is_quick(credential, charge_point_id, presented):
            return verify(credential, charge_point_id, presented)
        return await self.hashing.run(verify, credential, charge_point_id, presented)

    def _apply(self, config: Config) -> None:
        """Let settings hold from now on that need no other ports."""
        spread(config, self._central_settings, self._web_settings)
        self._hosts.configure(self.machine.hosts())
        self.log_levels.use(config.log.level)
        self.machine.announcement.look_again()
        self.authority.rename(config.site.name)
        self.tokens.live(access_minutes=config.auth.access_token_minutes, refresh_days=config.auth.refresh_token_days)

    def _note_transaction_id(self, event: Event) -> None:
        if isinstance(event, TransactionStarted | TransactionEnded):
            self.highest_id.note(event.transaction_id)


def serve(config: Config) -> None:
    """Run the server until SIGTERM or SIGINT."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(lines_for(sys.stderr))
    logging.basicConfig(level=logging.INFO, handlers=[lines])
    logging._srcfile = ""  # no line names its place in the code, so none is looked for
    logging.getLogger("tornado.access").setLevel(logging.WARNING)
    logging.getLogger("peewee.migrations").setLevel(logging.WARNING)  # why a start failed shall be the only line
    logging.getLogger("tornado.general").setLevel(logging.ERROR)  # attempts tell, once a kind, where TLS fails
    faulthandler.enable()  # a watchdog ends with SIGABRT what hangs: then the log says where it hung
    allow_many_connections()
    with locked(config.data_dir):
        asyncio.run(_serve(config))


async def _serve(config: Config) -> None:
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    manager, trouble = ServiceManager(), ""
    life = SignsOfLife(manager, config.data_dir)
    while not stopped.is_set():
        app = App(config)
        app.restores.trouble = trouble
        await lively(life.shown_while(app.start()), life.look)
        if manager.watchdog_seconds is not None:
            app.runner.start(Watchdog(manager, app.database, manager.watchdog_seconds))
        manager.tell("READY=1", f"STATUS=serving on port {app.port}")
        await app.restores.wait_for_order(stopped)
        manager.tell("STOPPING=1" if stopped.is_set() else "STATUS=restoring a backup")
        log.info("stopping")
        await app.stop()
        trouble = await app.restores.carry_out(life.look)


def _last_arrival() -> int:
    return max(meter_values.get_last_arrival(), transactions.get_last_arrival())


def _make_database(config: Config) -> Database:
    path, patience = config.data_dir / control.DATABASE, config.storage.patient_commit_seconds
    return Database(path, patient_commit_seconds=patience, ballast_bytes=ballast.BYTES)


def _retention(config: Config, database: Database, clock: SiteClock) -> Retention:
    storage = config.storage
    return Retention(
        database,
        clock,
        config.data_dir / "backups",
        keep_days=storage.meter_values_keep_days,
        with_archives=storage.meter_values_archives,
        anonymous_after_days=storage.anonymous_after_days,
    )


def _file_settings(config: Config, ports: dict[str, int]) -> FileSettings:
    files = config.files
    return FileSettings(
        upload_bytes=files.max_upload_megabytes * MEGABYTE,
        image_bytes=files.max_image_megabytes * MEGABYTE,
        total_bytes=files.max_total_megabytes * MEGABYTE,
        kept=timedelta(days=files.keep_days),
        ports=ports,
    )
