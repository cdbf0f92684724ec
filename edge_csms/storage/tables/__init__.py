"""The Peewee models: every table of the site's database, in columns that any SQL engine keeps alike.

Ids and numbers from the wire are BigInteger, times are UtcTime, text from the wire has no length, and what must be
found without regard to case has a stored folded column beside it. The migrations create the tables; these models use
them.
"""

from edge_csms.storage.tables.charge_points import (
    Certificate,
    ChargePoint,
    CommissioningRun,
    ConfigurationChange,
    ConfigurationEntry,
    ConfigurationTemplate,
    Connector,
    Finding,
    RefusedAttempt,
    SecurityEvent,
    TrustedRoot,
)
from edge_csms.storage.tables.charging import (
    ChargingProfile,
    FollowerCursor,
    IdTag,
    InstalledProfile,
    LocalAuthList,
    MeterValue,
    Reservation,
    Transaction,
)
from edge_csms.storage.tables.columns import DATABASE, EPOCH, MICROSECOND, Table, UtcTime
from edge_csms.storage.tables.files import FileJob, FirmwareImage, FirmwareRollout, FirmwareRolloutStep
from edge_csms.storage.tables.people import AuditEntry, RevokedToken, Sequence, Setting, User

TABLES = (
    Sequence,
    ChargePoint,
    Connector,
    Finding,
    ConfigurationEntry,
    ConfigurationTemplate,
    ConfigurationChange,
    CommissioningRun,
    IdTag,
    Transaction,
    MeterValue,
    FollowerCursor,
    FirmwareImage,
    FirmwareRollout,
    FirmwareRolloutStep,
    FileJob,
    Reservation,
    ChargingProfile,
    InstalledProfile,
    LocalAuthList,
    User,
    RevokedToken,
    AuditEntry,
    RefusedAttempt,
    Certificate,
    TrustedRoot,
    SecurityEvent,
    Setting,
)

__all__ = [
    "DATABASE",
    "EPOCH",
    "MICROSECOND",
    "TABLES",
    "AuditEntry",
    "Certificate",
    "ChargePoint",
    "ChargingProfile",
    "CommissioningRun",
    "ConfigurationChange",
    "ConfigurationEntry",
    "ConfigurationTemplate",
    "Connector",
    "FileJob",
    "Finding",
    "FirmwareImage",
    "FirmwareRollout",
    "FirmwareRolloutStep",
    "FollowerCursor",
    "IdTag",
    "InstalledProfile",
    "LocalAuthList",
    "MeterValue",
    "RefusedAttempt",
    "Reservation",
    "RevokedToken",
    "SecurityEvent",
    "Sequence",
    "Setting",
    "Table",
    "Transaction",
    "TrustedRoot",
    "User",
    "UtcTime",
]
