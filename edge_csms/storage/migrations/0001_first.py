"""The first schema. A frozen copy of its tables: it never changes, whatever the models become."""

from typing import Any

from peewee import (
    BigAutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    Database,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)


def up(migrator: Any, db: Database) -> None:
    class Table(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Sequence(Table):
        name = TextField(primary_key=True)
        value = BigIntegerField()

    class ChargePoint(Table):
        key = BigAutoField()
        charge_point_id = TextField()
        folded = TextField()
        registration = TextField()
        accepted_at = BigIntegerField(null=True)
        name = TextField(null=True)
        vendor = TextField(null=True)
        model = TextField(null=True)
        serial_number = TextField(null=True)
        firmware_version = TextField(null=True)
        boot_payload = BlobField(null=True)
        boot_at = BigIntegerField(null=True)
        subprotocol = TextField(null=True)
        security_profile = IntegerField(default=0)
        credential = TextField(null=True)
        next_credentials = TextField(null=True)
        token_id = TextField(null=True)
        last_seen = BigIntegerField(null=True)
        switches = TextField(null=True)
        created_at = BigIntegerField()
        retired_at = BigIntegerField(null=True)

    ChargePoint.add_index(
        ChargePoint.index(
            ChargePoint.folded, unique=True, where=ChargePoint.retired_at.is_null(), name="charge_point_in_use"
        )
    )

    class Connector(Table):
        key = BigAutoField()
        charge_point = ForeignKeyField(ChargePoint)
        connector_id = BigIntegerField()
        status = TextField()
        error_code = TextField(null=True)
        info = TextField(null=True)
        vendor_error_code = TextField(null=True)
        status_at = BigIntegerField()

        class Meta:
            indexes = ((("charge_point", "connector_id"), True),)

    class Finding(Table):
        key = BigAutoField()
        charge_point = ForeignKeyField(ChargePoint)
        code = TextField()
        field = TextField()
        explanation = TextField()
        example = TextField()
        count = BigIntegerField()
        first_seen = BigIntegerField()
        last_seen = BigIntegerField()

        class Meta:
            indexes = ((("charge_point", "code", "field"), True),)

    class ConfigurationEntry(Table):
        key = BigAutoField()
        charge_point = ForeignKeyField(ChargePoint)
        name = TextField()
        folded = TextField()
        value = TextField(null=True)
        readonly = BooleanField(null=True)
        unknown = BooleanField(default=False)
        reboot_required = BooleanField(default=False)
        wanted = TextField(null=True)
        read_at = BigIntegerField(null=True)

        class Meta:
            indexes = ((("charge_point", "folded"), True),)

    class ConfigurationTemplate(Table):
        template_id = BigAutoField()
        name = TextField()
        folded = TextField(unique=True)
        vendor = TextField()
        model = TextField()
        automatic = BooleanField(default=False)
        settings = TextField()
        updated_at = BigIntegerField()

    class ConfigurationChange(Table):
        change_id = BigAutoField()
        charge_point = ForeignKeyField(ChargePoint)
        kind = TextField()
        state = TextField()
        wanted = TextField()
        before = TextField(default="{}")
        results = TextField(default="{}")
        asked_by = TextField()
        asked_at = BigIntegerField()
        finished_at = BigIntegerField(null=True)

        class Meta:
            indexes = ((("charge_point", "change_id"), False), (("state",), False))

    class CommissioningRun(Table):
        run_id = BigAutoField()
        charge_point = ForeignKeyField(ChargePoint)
        connector_id = BigIntegerField()
        id_tag = TextField()
        technician = TextField()
        asked_by = TextField()
        state = TextField(index=True)
        started_at = BigIntegerField()
        finished_at = BigIntegerField(null=True)
        plate = BlobField()
        steps = BlobField()
        remarks = BlobField()

        class Meta:
            indexes = ((("charge_point", "run_id"), False),)

    class IdTag(Table):
        key = BigAutoField()
        id_tag = TextField()
        folded = TextField()
        kind = TextField(null=True)
        blocked = BooleanField(default=False)
        expires_at = BigIntegerField(null=True)
        parent_id_tag = TextField(null=True)
        max_active_transactions = BigIntegerField(null=True)
        note = TextField(default="")
        created_at = BigIntegerField()
        retired_at = BigIntegerField(null=True)

    IdTag.add_index(IdTag.index(IdTag.folded, unique=True, where=IdTag.retired_at.is_null(), name="id_tag_in_use"))

    class Transaction(Table):
        transaction_id = BigIntegerField(primary_key=True)
        charge_point = ForeignKeyField(ChargePoint, index=False)
        wire_id = TextField()
        connector_id = BigIntegerField(null=True)
        plug_id = BigIntegerField(null=True)
        id_tag = TextField(null=True)
        id_tag_folded = TextField(null=True)
        id_tag_status = TextField(null=True)
        id_tag_expires_at = BigIntegerField(null=True)
        parent_id_tag = TextField(null=True)
        reservation_id = BigIntegerField(null=True)
        meter_start_wh = BigIntegerField(null=True)
        meter_stop_wh = BigIntegerField(null=True)
        last_register_wh = BigIntegerField(null=True)
        started_at = BigIntegerField(null=True)
        stopped_at = BigIntegerField(null=True)
        listed_at = BigIntegerField()
        stop_reason = TextField(null=True)
        stop_id_tag = TextField(null=True)
        stop_id_tag_status = TextField(null=True)
        stop_id_tag_expires_at = BigIntegerField(null=True)
        stop_parent_id_tag = TextField(null=True)
        state = TextField()
        clock_doubt = BooleanField(default=False)
        start_plausible = BooleanField(default=True)
        anonymous = BooleanField(default=False)
        values_from = BigIntegerField(null=True)
        values_until = BigIntegerField(null=True)
        start_arrival = BigIntegerField(null=True)
        stop_arrival = BigIntegerField(null=True)
        start_key = BlobField(null=True)
        stop_key = BlobField(null=True)
        start_payload = BlobField(null=True)
        stop_payload = BlobField(null=True)

        class Meta:
            indexes = (
                (("charge_point", "start_key"), True),
                (("charge_point", "wire_id"), False),
                (("listed_at", "transaction_id", "connector_id"), False),
                (("charge_point", "listed_at", "transaction_id", "connector_id", "id_tag_folded"), False),
                (("id_tag_folded", "listed_at", "transaction_id", "charge_point", "connector_id"), False),
            )

    _is_open = Transaction.stopped_at.is_null()
    Transaction.add_index(
        Transaction.index(
            Transaction.charge_point,
            Transaction.stop_key,
            unique=True,
            where=Transaction.stop_key.is_null(False),
            name="transaction_strange_stop",
        )
    )
    Transaction.add_index(
        Transaction.index(
            Transaction.charge_point,
            Transaction.listed_at,
            Transaction.transaction_id,
            Transaction.connector_id,
            where=_is_open,
            name="transaction_open_at",
        )
    )
    Transaction.add_index(
        Transaction.index(
            Transaction.id_tag_folded,
            Transaction.listed_at,
            Transaction.transaction_id,
            where=_is_open,
            name="transaction_open_for",
        )
    )
    Transaction.add_index(Transaction.index(Transaction.listed_at, where=_is_open, name="transaction_open"))

    class MeterValue(Table):
        key = BigAutoField()
        charge_point_key = BigIntegerField()
        connector_id = BigIntegerField()
        transaction_id = BigIntegerField(null=True)
        taken_at = BigIntegerField()
        arrival = BigIntegerField()
        content_hash = BigIntegerField()
        register_wh = BigIntegerField(null=True)
        payload = BlobField()

        class Meta:
            indexes = ((("taken_at", "charge_point_key", "content_hash"), True),)

    class FollowerCursor(Table):
        key = BigAutoField()
        follower = TextField()
        charge_point_key = BigIntegerField()
        arrival = BigIntegerField()

        class Meta:
            indexes = ((("follower", "charge_point_key"), True),)

    class FirmwareImage(Table):
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
        uploaded_at = BigIntegerField()

    class FirmwareRollout(Table):
        rollout_id = BigAutoField()
        image_id = BigIntegerField()
        state = TextField()
        reason = TextField(null=True)
        signed = BooleanField(null=True)
        protocol = TextField(null=True)
        force = BooleanField(default=False)
        asked_by = TextField()
        asked_at = BigIntegerField()
        finished_at = BigIntegerField(null=True)

        class Meta:
            indexes = ((("state",), False),)

    class FirmwareRolloutStep(Table):
        key = BigAutoField()
        rollout = ForeignKeyField(FirmwareRollout)
        position = IntegerField()
        charge_point = ForeignKeyField(ChargePoint)
        job_id = BigIntegerField(null=True)

        class Meta:
            indexes = ((("rollout", "position"), True),)

    class FileJob(Table):
        job_id = BigAutoField()
        charge_point = ForeignKeyField(ChargePoint)
        kind = TextField()
        log_type = TextField(null=True)
        state = TextField()
        reason = TextField(null=True)
        last_status = TextField(null=True)
        request_id = BigIntegerField(null=True)
        asked_by = TextField()
        asked_at = BigIntegerField()
        changed_at = BigIntegerField()
        finished_at = BigIntegerField(null=True)
        deadline = BigIntegerField()
        retrieve_at = BigIntegerField(null=True)
        install_at = BigIntegerField(null=True)
        image_id = BigIntegerField(null=True)
        rollout_id = BigIntegerField(null=True)
        version_before = TextField(null=True)
        location = TextField(null=True)
        token_hash = BlobField(null=True, unique=True)
        expires_at = BigIntegerField(null=True)
        file_name = TextField(null=True)
        stored_as = TextField(null=True)
        size_bytes = BigIntegerField(null=True)
        sha256 = TextField(null=True)
        moved_bytes = BigIntegerField(default=0)

        class Meta:
            indexes = ((("charge_point", "job_id"), False), (("state",), False))

    class Reservation(Table):
        key = BigAutoField()
        charge_point = ForeignKeyField(ChargePoint)
        reservation_id = BigIntegerField(index=True)
        connector_id = BigIntegerField()
        id_tag = TextField()
        id_tag_folded = TextField(index=True)
        parent_id_tag = TextField(null=True)
        status = TextField()
        detail = TextField(default="")
        unsure = BooleanField(default=False)
        expires_at = BigIntegerField()
        created_at = BigIntegerField()
        settled_at = BigIntegerField(null=True)
        transaction_id = BigIntegerField(null=True)

        class Meta:
            indexes = (
                (("charge_point", "reservation_id"), True),
                (("charge_point", "expires_at"), False),
                (("status", "expires_at"), False),
            )

    class ChargingProfile(Table):
        key = BigAutoField()
        name = TextField()
        folded = TextField(unique=True)
        note = TextField(default="")
        profile = BlobField()
        created_at = BigIntegerField()
        updated_at = BigIntegerField()

    class InstalledProfile(Table):
        key = BigAutoField()
        charge_point = ForeignKeyField(ChargePoint)
        connector_id = BigIntegerField()
        charging_profile_id = BigIntegerField()
        purpose = TextField()
        stack_level = BigIntegerField()
        id_tag = TextField(null=True)
        origin = TextField()
        confirmed = BooleanField()
        profile = BlobField()
        installed_at = BigIntegerField()

        class Meta:
            indexes = ((("charge_point", "charging_profile_id"), True),)

    class LocalAuthList(Table):
        key = BigAutoField()
        charge_point = ForeignKeyField(ChargePoint, unique=True)
        enabled = BooleanField(default=False)
        supported = BooleanField(null=True)
        version = BigIntegerField(default=0)
        entries = BlobField(null=True)
        sent_at = BigIntegerField(null=True)
        version_read = BigIntegerField(null=True)
        read_at = BigIntegerField(null=True)
        outcome = TextField(default="")

    class User(Table):
        key = BigAutoField()
        username = TextField()
        folded = TextField()
        email = TextField(default="")
        first_name = TextField(default="")
        last_name = TextField(default="")
        role = TextField()
        active = BooleanField(default=True)
        password_hash = TextField()
        tokens_after = BigIntegerField(null=True)
        created_at = BigIntegerField()
        last_login = BigIntegerField(null=True)
        retired_at = BigIntegerField(null=True)

    User.add_index(User.index(User.folded, unique=True, where=User.retired_at.is_null(), name="user_in_use"))

    class RevokedToken(Table):
        token_id = TextField(primary_key=True)
        expires_at = BigIntegerField(index=True)

    class AuditEntry(Table):
        key = BigAutoField()
        at = BigIntegerField(index=True)
        username = TextField()
        address = TextField()
        action = TextField()
        subject = TextField()
        details = TextField()
        result = TextField()

    class RefusedAttempt(Table):
        key = BigAutoField()
        address = TextField()
        identity = TextField()
        stage = TextField()
        cause = TextField()
        fix = TextField()
        count = BigIntegerField()
        first_at = BigIntegerField()
        last_at = BigIntegerField(index=True)

        class Meta:
            indexes = ((("address", "identity", "stage", "cause"), True),)

    class Certificate(Table):
        key = BigAutoField()
        charge_point = ForeignKeyField(ChargePoint)
        serial_number = TextField()
        fingerprint = TextField(unique=True)
        chain = TextField()
        state = TextField()
        not_after = BigIntegerField()
        created_at = BigIntegerField()

    class TrustedRoot(Table):
        key = BigAutoField()
        charge_point = ForeignKeyField(ChargePoint, index=False)
        serial_number = TextField()
        of_manufacturer = BooleanField()
        subject = TextField()
        not_after = BigIntegerField()

        class Meta:
            indexes = ((("charge_point", "serial_number"), True),)

    class SecurityEvent(Table):
        key = BigAutoField()
        charge_point = ForeignKeyField(ChargePoint)
        kind = TextField()
        at = BigIntegerField()
        received_at = BigIntegerField()
        details = TextField(null=True)

        class Meta:
            indexes = ((("charge_point", "at"), False),)

    class Setting(Table):
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

    db.create_tables(TABLES)
