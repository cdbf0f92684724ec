"""Charge points, and what is remembered of each."""

from peewee import BigAutoField, BigIntegerField, BlobField, BooleanField, ForeignKeyField, IntegerField, TextField

from edge_csms.storage.tables.columns import Table, UtcTime


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


class TrustedRoot(Table):
    """A root certificate that a charge point took when it was told to trust it."""

    key = BigAutoField()
    charge_point = ForeignKeyField(ChargePoint, index=False)  # that below begins with it
    charge_point_id: int  # Peewee adds it to the foreign key
    serial_number = TextField()  # in hex
    of_manufacturer = BooleanField()  # for its firmware, else to know central systems by
    subject = TextField()
    not_after = UtcTime()

    class Meta:
        indexes = ((("charge_point", "serial_number"), True),)


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


class CommissioningRun(Table):
    """A check of a charge point when it was handed over, and what it brought."""

    run_id = BigAutoField()
    charge_point = ForeignKeyField(ChargePoint)
    charge_point_id: int  # Peewee adds it to the foreign key
    connector_id = BigIntegerField()
    id_tag = TextField()
    technician = TextField()
    asked_by = TextField()
    state = TextField(index=True)
    started_at = UtcTime()
    finished_at = UtcTime(null=True)
    plate = BlobField()  # what the charge point said of itself, as JSON, as the next two
    steps = BlobField()
    remarks = BlobField()

    class Meta:
        indexes = ((("charge_point", "run_id"), False),)
