"""The Peewee models: every table of the site's database, in columns that any SQL engine keeps alike.

Ids and numbers from the wire are BigInteger, times are UtcTime, text from the wire has no length, and what must be
found without regard to case has a stored folded column beside it. The migrations create the tables; these models use
them.
"""

from datetime import UTC, datetime, timedelta

from peewee import (
    BigAutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    DatabaseProxy,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

DATABASE = DatabaseProxy()

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class UtcTime(BigIntegerField):
    """An aware UTC datetime, kept as integer microseconds since 1970: Peewee's own field loses the zone elsewhere."""

    def db_value(self, value: datetime | None) -> int | None:
        """Give the stored integer."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    def python_value(self, value: int | None) -> datetime | None:
        """Give the aware datetime."""
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Table(Model):
    """Base of all tables."""

    class Meta:
        database = DATABASE
        legacy_table_names = False


class Sequence(Table):
    """Numbers that are handed out once and never again, even when rows go away or an old backup comes back."""

    name = TextField(primary_key=True)
    value = BigIntegerField()


class ChargePoint(Table):
    """A charger that the site knows; a retired one keeps its row, for the transactions that name it."""

    key = BigAutoField()
    charge_point_id = TextField()  # as first seen
    folded = TextField()
    registration = TextField()
    accepted_at = UtcTime(null=True)  # the first time, which a later Pending doesn't undo
    name = TextField(null=True)
    vendor = TextField(null=True)
    model = TextField(null=True)
    serial_number = TextField(null=True)
    firmware_version = TextField(null=True)
    boot_payload = BlobField(null=True)  # as sent
    boot_at = UtcTime(null=True)
    subprotocol = TextField(null=True)
    security_profile = IntegerField(default=0)
    credential = TextField(null=True)  # a hash that names its own kind, never the key
    next_credentials = TextField(null=True)  # of keys that were sent, one a line; see services/charger_keys.py
    token_id = TextField(null=True)  # the charger token that holds, if any
    last_seen = UtcTime(null=True)
    switches = TextField(null=True)  # what a technician has set to differ from the rule, as JSON
    created_at = UtcTime()
    retired_at = UtcTime(null=True)


ChargePoint.add_index(
    ChargePoint.index(
        ChargePoint.folded, unique=True, where=ChargePoint.retired_at.is_null(), name="charge_point_in_use"
    )
)


class Connector(Table):
    """The last status of a connector; connector 0 is the charge point itself."""

    key = BigAutoField()
    charge_point = ForeignKeyField(ChargePoint)
    charge_point_id: int  # Peewee adds it to the foreign key
    connector_id = BigIntegerField()
    status = TextField()
    error_code = TextField(null=True)
    info = TextField(null=True)
    vendor_error_code = TextField(null=True)
    status_at = UtcTime()

    class Meta:
        indexes = ((("charge_point", "connector_id"), True),)


class Finding(Table):
    """One way in which a charge point deviates from the standard."""

    key = BigAutoField()
    charge_point = ForeignKeyField(ChargePoint)
    charge_point_id: int  # Peewee adds it to the foreign key
    code = TextField()
    field = TextField()
    explanation = TextField()
    example = TextField()
    count = BigIntegerField()
    first_seen = UtcTime()
    last_seen = UtcTime()

    class Meta:
        indexes = ((("charge_point", "code", "field"), True),)


class ConfigurationEntry(Table):
    """A configuration key of a charge point as last read or written, and what we want it to be."""

    key = BigAutoField()
    charge_point = ForeignKeyField(ChargePoint)
    charge_point_id: int  # Peewee adds it to the foreign key
    name = TextField()
    folded = TextField()
    value = TextField(null=True)
    readonly = BooleanField(null=True)
    unknown = BooleanField(default=False)  # the charge point said that it has no such setting
    reboot_required = BooleanField(default=False)
    wanted = TextField(null=True)
    read_at = UtcTime(null=True)

    class Meta:
        indexes = ((("charge_point", "folded"), True),)


class ConfigurationTemplate(Table):
    """Settings that charge points of some makes and models shall have."""

    template_id = BigAutoField()
    name = TextField()
    folded = TextField(unique=True)
    vendor = TextField()  # a pattern, as the next
    model = TextField()
    automatic = BooleanField(default=False)  # applied by itself, else when somebody asks for it
    settings = TextField()  # name -> value, as JSON
    updated_at = UtcTime()


class ConfigurationChange(Table):
    """Settings that a charge point is given together once it is idle, and what it had before."""

    change_id = BigAutoField()
    charge_point = ForeignKeyField(ChargePoint)
    charge_point_id: int  # Peewee adds it to the foreign key
    kind = TextField()
    state = TextField()
    wanted = TextField()  # name -> value, as JSON
    before = TextField(default="{}")  # name -> value, null where it was unknown
    results = TextField(default="{}")  # name -> what the charge point answered
    asked_by = TextField()
    asked_at = UtcTime()
    finished_at = UtcTime(null=True)

    class Meta:
        indexes = ((("charge_point", "change_id"), False), (("state",), False))


class IdTag(Table):
    """A card, fob or app account that may charge here."""

    key = BigAutoField()
    id_tag = TextField()
    folded = TextField()
    kind = TextField(null=True)
    blocked = BooleanField(default=False)
    expires_at = UtcTime(null=True)
    parent_id_tag = TextField(null=True)
    max_active_transactions = BigIntegerField(null=True)
    note = TextField(default="")
    created_at = UtcTime()
    retired_at = UtcTime(null=True)


IdTag.add_index(IdTag.index(IdTag.folded, unique=True, where=IdTag.retired_at.is_null(), name="id_tag_in_use"))


class Transaction(Table):
    """One charging transaction, from the charger's Start and Stop; times are the charger's where they are plausible."""

    transaction_id = BigIntegerField(primary_key=True)  # from Sequence
    charge_point = ForeignKeyField(ChargePoint)
    charge_point_id: int  # Peewee adds it to the foreign key
    wire_id = TextField()  # as the charger knows it
    connector_id = BigIntegerField(null=True)
    plug_id = BigIntegerField(null=True)
    id_tag = TextField(null=True)
    id_tag_folded = TextField(null=True)
    id_tag_status = TextField(null=True)
    id_tag_expires_at = UtcTime(null=True)  # with status and parent: the verdict that a resent Start gets again
    parent_id_tag = TextField(null=True)
    reservation_id = BigIntegerField(null=True)
    meter_start_wh = BigIntegerField(null=True)
    meter_stop_wh = BigIntegerField(null=True)
    last_register_wh = BigIntegerField(null=True)
    started_at = UtcTime(null=True)
    stopped_at = UtcTime(null=True)
    stop_reason = TextField(null=True)
    stop_id_tag = TextField(null=True)
    stop_id_tag_status = TextField(null=True)  # the verdict on it, which a resent Stop gets again
    stop_id_tag_expires_at = UtcTime(null=True)
    stop_parent_id_tag = TextField(null=True)
    state = TextField()
    clock_doubt = BooleanField(default=False)  # our own clock stood in doubt
    start_plausible = BooleanField(default=True)  # the charger's time could be believed
    values_from = UtcTime(null=True)  # bounds for finding its meter values, where some lie before the Start
    values_until = UtcTime(null=True)  # or after the Stop
    start_arrival = BigIntegerField(null=True)
    stop_arrival = BigIntegerField(null=True)
    start_key = BlobField(null=True)  # content of the Start: a resent one finds the row
    stop_key = BlobField(null=True)  # content of a Stop under an id that isn't ours, for the same reason
    start_payload = BlobField(null=True)  # as sent
    stop_payload = BlobField(null=True)

    class Meta:
        indexes = (
            (("charge_point", "start_key"), True),
            (("charge_point", "stop_key"), True),
            (("charge_point", "wire_id"), False),
            (("charge_point", "connector_id", "state"), False),
            (("id_tag_folded", "state"), False),
            (("started_at",), False),
            (("state",), False),
        )


class MeterValue(Table):
    """One MeterValues message, kept as sent.

    The unique index starts with the time, so that live traffic touches its last page only: an index in another order
    writes a page per charger and message, which wears an SD card out.
    """

    key = BigAutoField()
    charge_point_key = BigIntegerField()
    connector_id = BigIntegerField()
    transaction_id = BigIntegerField(null=True)
    taken_at = UtcTime()  # the first timestamp inside, or ours where that is implausible
    arrival = BigIntegerField()
    content_hash = BigIntegerField()
    register_wh = BigIntegerField(null=True)  # the energy register inside, where there is one
    payload = BlobField()  # as sent, packed

    class Meta:
        indexes = ((("taken_at", "charge_point_key", "content_hash"), True),)


class FirmwareImage(Table):
    """A firmware file that charge points may be given; the file itself lies beside the database."""

    image_id = BigAutoField()
    name = TextField()
    version = TextField(null=True)
    size_bytes = BigIntegerField()
    sha256 = TextField()
    stored_as = TextField()
    signing_certificate = TextField(null=True)
    signature = TextField(null=True)
    note = TextField(default="")
    uploaded_by = TextField()
    uploaded_at = UtcTime()


class FirmwareRollout(Table):
    """One image for several charge points, one after the other."""

    rollout_id = BigAutoField()
    image_id = BigIntegerField()
    state = TextField()
    reason = TextField(null=True)
    signed = BooleanField(null=True)  # None = as the image
    protocol = TextField(null=True)
    force = BooleanField(default=False)
    asked_by = TextField()
    asked_at = UtcTime()
    finished_at = UtcTime(null=True)

    class Meta:
        indexes = ((("state",), False),)


class FirmwareRolloutStep(Table):
    """One charge point of a roll-out, and the job that it got when its turn came."""

    key = BigAutoField()
    rollout = ForeignKeyField(FirmwareRollout)
    position = IntegerField()
    charge_point = ForeignKeyField(ChargePoint)
    charge_point_id: int  # Peewee adds it to the foreign key
    job_id = BigIntegerField(null=True)

    class Meta:
        indexes = ((("rollout", "position"), True),)


class FileJob(Table):
    """A file on its way to a charge point (firmware) or from it (diagnostics, logs)."""

    job_id = BigAutoField()
    charge_point = ForeignKeyField(ChargePoint)
    charge_point_id: int  # Peewee adds it to the foreign key
    kind = TextField()
    log_type = TextField(null=True)
    state = TextField()
    reason = TextField(null=True)
    last_status = TextField(null=True)
    request_id = BigIntegerField(null=True)
    asked_by = TextField()
    asked_at = UtcTime()
    changed_at = UtcTime()
    finished_at = UtcTime(null=True)
    deadline = UtcTime()
    retrieve_at = UtcTime(null=True)
    install_at = UtcTime(null=True)
    image_id = BigIntegerField(null=True)
    rollout_id = BigIntegerField(null=True)
    version_before = TextField(null=True)
    location = TextField(null=True)
    token_hash = BlobField(null=True, unique=True)  # of the one-time path; the token itself is nowhere
    expires_at = UtcTime(null=True)
    file_name = TextField(null=True)
    stored_as = TextField(null=True)
    size_bytes = BigIntegerField(null=True)
    sha256 = TextField(null=True)
    moved_bytes = BigIntegerField(default=0)

    class Meta:
        indexes = ((("charge_point", "job_id"), False), (("state",), False))


class Reservation(Table):
    """A connector that is or was kept free for an idTag."""

    key = BigAutoField()
    charge_point = ForeignKeyField(ChargePoint)
    charge_point_id: int  # Peewee adds it to the foreign key
    reservation_id = BigIntegerField(index=True)  # as the charge point knows it
    connector_id = BigIntegerField()
    id_tag = TextField()
    id_tag_folded = TextField(index=True)
    parent_id_tag = TextField(null=True)
    status = TextField()
    detail = TextField(default="")
    unsure = BooleanField(default=False)  # no answer came: the charge point may keep the connector free all the same
    expires_at = UtcTime()
    created_at = UtcTime()
    settled_at = UtcTime(null=True)
    transaction_id = BigIntegerField(null=True)

    class Meta:
        indexes = (
            (("charge_point", "reservation_id"), True),
            (("charge_point", "expires_at"), False),
            (("status", "expires_at"), False),
        )


class ChargingProfile(Table):
    """A charging profile that the site keeps under a name, to be installed on charge points."""

    key = BigAutoField()
    name = TextField()
    folded = TextField(unique=True)
    note = TextField(default="")
    profile = BlobField()  # domain.charging_profile.ChargingProfile as JSON
    created_at = UtcTime()
    updated_at = UtcTime()


class InstalledProfile(Table):
    """A charging profile that a charge point was given."""

    key = BigAutoField()
    charge_point = ForeignKeyField(ChargePoint)
    charge_point_id: int  # Peewee adds it to the foreign key
    connector_id = BigIntegerField()
    charging_profile_id = BigIntegerField()  # as the charge point knows it
    purpose = TextField()
    stack_level = BigIntegerField()
    id_tag = TextField(null=True)  # of the remote start that brought it: it waits for that transaction
    origin = TextField()  # the name under which the site keeps it, "limit", or empty
    confirmed = BooleanField()  # whether the charge point said that it took it
    profile = BlobField()
    installed_at = UtcTime()

    class Meta:
        indexes = ((("charge_point", "charging_profile_id"), True),)


class LocalAuthList(Table):
    """The idTags that a charge point knows while offline, as far as we sent them and it took them."""

    key = BigAutoField()
    charge_point = ForeignKeyField(ChargePoint, unique=True)
    charge_point_id: int  # Peewee adds it to the foreign key
    enabled = BooleanField(default=False)  # whether it is kept in step by itself
    supported = BooleanField(null=True)  # as the charge point answered
    version = BigIntegerField(default=0)  # the newest that it took
    entries = BlobField(null=True)  # what it holds under that version, as JSON; null where that is unknown
    sent_at = UtcTime(null=True)
    version_read = BigIntegerField(null=True)
    read_at = UtcTime(null=True)
    outcome = TextField(default="")  # of the last attempt, in words


class User(Table):
    """A person or program that may log in."""

    key = BigAutoField()
    username = TextField()
    folded = TextField()
    email = TextField(default="")
    first_name = TextField(default="")
    last_name = TextField(default="")
    role = TextField()
    active = BooleanField(default=True)
    password_hash = TextField()
    tokens_after = UtcTime(null=True)  # tokens issued before are void
    created_at = UtcTime()
    last_login = UtcTime(null=True)
    retired_at = UtcTime(null=True)


User.add_index(User.index(User.folded, unique=True, where=User.retired_at.is_null(), name="user_in_use"))


class RevokedToken(Table):
    """A refresh token that was logged out before its time."""

    token_id = TextField(primary_key=True)
    expires_at = UtcTime(index=True)


class AuditEntry(Table):
    """Who commanded, accepted, edited or deleted what."""

    key = BigAutoField()
    at = UtcTime(index=True)
    username = TextField()
    address = TextField()
    action = TextField()
    subject = TextField()
    details = TextField()
    result = TextField()


class RefusedAttempt(Table):
    """One kind of refused connection attempt, and how often it came."""

    key = BigAutoField()
    address = TextField()
    identity = TextField()
    stage = TextField()
    cause = TextField()
    fix = TextField()
    count = BigIntegerField()
    first_at = UtcTime()
    last_at = UtcTime(index=True)

    class Meta:
        indexes = ((("address", "identity", "stage", "cause"), True),)


class Certificate(Table):
    """A certificate that the site made for a charge point."""

    key = BigAutoField()
    charge_point = ForeignKeyField(ChargePoint)
    charge_point_id: int  # Peewee adds it to the foreign key
    serial_number = TextField()
    fingerprint = TextField(unique=True)
    chain = TextField()
    state = TextField()  # "signed", then what the charge point answered, or "revoked"
    not_after = UtcTime()
    created_at = UtcTime()


class SecurityEvent(Table):
    """A security event as a charge point told it, or as the server saw it."""

    key = BigAutoField()
    charge_point = ForeignKeyField(ChargePoint)
    charge_point_id: int  # Peewee adds it to the foreign key
    kind = TextField()
    at = UtcTime()
    received_at = UtcTime()
    details = TextField(null=True)

    class Meta:
        indexes = ((("charge_point", "at"), False),)


class Setting(Table):
    """One value that the admin page may change."""

    name = TextField(primary_key=True)
    value = TextField()


TABLES = (
    Sequence,
    ChargePoint,
    Connector,
    Finding,
    ConfigurationEntry,
    ConfigurationTemplate,
    ConfigurationChange,
    IdTag,
    Transaction,
    MeterValue,
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
    SecurityEvent,
    Setting,
)
