"""Firmware images and the files that go to and come from chargers."""

from peewee import BigAutoField, BigIntegerField, BlobField, BooleanField, ForeignKeyField, IntegerField, TextField

from edge_csms.storage.tables.charge_points import ChargePoint
from edge_csms.storage.tables.columns import Table, UtcTime


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
