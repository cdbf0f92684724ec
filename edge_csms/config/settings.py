"""What can be set, with types, limits and defaults; config.example.toml explains each key to people."""

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

Port = Annotated[int, Meta(ge=0, le=65535)]
Line = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]*$", description="a text of one line")]
FilledLine = Annotated[
    str, Meta(pattern=r"^[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$", description="a text of one line, not empty")
]
Address = Annotated[str, Meta(pattern=r"^[\w.:%-]+$", description="an IP address or a host name, without a port")]
HostName = Annotated[str, Meta(pattern=r"^[\w.-]+$", description="a host name, without http:// and port")]
Label = Annotated[
    str,
    Meta(
        pattern=r"^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)?$",
        description="a name of letters, digits and hyphens, at most 63, without .local",
    ),
]


class Site(Struct, frozen=True, kw_only=True):
    """The place where the chargers stand."""

    name: FilledLine = "Charging site"
    timezone: FilledLine = "UTC"


class Server(Struct, frozen=True, kw_only=True):
    """The plain port: for chargers, and without TLS for people too."""

    host: Address = "0.0.0.0"
    port: Port = 8001
    allowed_hosts: tuple[HostName, ...] = ()


class Tls(Struct, frozen=True, kw_only=True):
    """The encrypted port, beside the plain one."""

    enabled: bool = False
    port: Port = 8443
    certificate: Line = ""
    key: Line = ""
    client_ca: Line = ""


class Storage(Struct, frozen=True, kw_only=True):
    """Where all that must be remembered lies, how patiently it is written, and how long it is kept."""

    data_dir: FilledLine = "edge-csms-data"
    patient_commit_seconds: Annotated[float, Meta(ge=0, le=1)] = 0.0
    meter_values_keep_days: Annotated[int, Meta(ge=0, le=36_500)] = 400
    meter_values_archives: bool = True
    anonymous_after_days: Annotated[int, Meta(ge=0, le=36_500)] = 0


class Ocpp(Struct, frozen=True, kw_only=True):
    """How chargers are treated."""

    new_charge_points: Literal["approve", "accept", "reject"] = "approve"
    unknown_id_tags: Literal["reject", "accept"] = "reject"
    heartbeat_interval_seconds: Annotated[int, Meta(ge=1, le=86400)] = 300
    call_timeout_seconds: Annotated[float, Meta(ge=0.1, le=600)] = 30.0
    validation: Literal["tolerant", "strict"] = "tolerant"


class Files(Struct, frozen=True, kw_only=True):
    """Firmware for chargers, and what they upload."""

    max_image_megabytes: Annotated[int, Meta(ge=1, le=10_000)] = 500
    max_upload_megabytes: Annotated[int, Meta(ge=1, le=10_000)] = 100
    max_total_megabytes: Annotated[int, Meta(ge=1, le=1_000_000)] = 4000
    keep_days: Annotated[int, Meta(ge=1, le=3650)] = 30
    ftp_enabled: bool = False
    ftp_port: Port = 2121


class Auth(Struct, frozen=True, kw_only=True):
    """How people get accounts, and how long a login lasts."""

    registration: Literal["closed", "approval", "open"] = "closed"
    access_token_minutes: Annotated[int, Meta(ge=1, le=1440)] = 15
    refresh_token_days: Annotated[int, Meta(ge=1, le=365)] = 7


class Mdns(Struct, frozen=True, kw_only=True):
    """How the box tells its name in the local network, where no DNS server knows it."""

    enabled: bool = True
    name: Label = ""


class Log(Struct, frozen=True, kw_only=True):
    """How much is logged."""

    level: Literal["info", "debug", "warning", "error"] = "info"


class Config(Struct, frozen=True, kw_only=True):
    """All settings of one server; `given` says of each that the file or the environment sets where that stands."""

    site: Site = Site()
    server: Server = Server()
    tls: Tls = Tls()
    storage: Storage = Storage()
    ocpp: Ocpp = Ocpp()
    files: Files = Files()
    auth: Auth = Auth()
    mdns: Mdns = Mdns()
    log: Log = Log()
    given: dict[str, str] = {}  # "section.key" -> its place, in words

    @property
    def data_dir(self) -> Path:
        """The data directory as an absolute path; a relative one counts from the working directory."""
        return Path(self.storage.data_dir).absolute()


SECTIONS: dict[str, type[Struct]] = {
    "site": Site,
    "server": Server,
    "tls": Tls,
    "storage": Storage,
    "ocpp": Ocpp,
    "files": Files,
    "auth": Auth,
    "mdns": Mdns,
    "log": Log,
}
