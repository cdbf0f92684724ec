"""Who may charge, what was charged, and what was agreed about it."""

from peewee import BigAutoField, BigIntegerField, BlobField, BooleanField, ForeignKeyField, TextField

from edge_csms.storage.tables.charge_points import ChargePoint
from edge_csms.storage.tables.columns import Table, UtcTime


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
    """One charging transaction, from the charger's Start and Stop; times are the charger's where they are plausible.

    One that has no `stopped_at` is open, and the other way round: what is open is found by small indexes of its own.
    Lists go by `listed_at`, and their indexes hold what may be filtered by, so that no row is read in vain.
    """

    transaction_id = BigIntegerField(primary_key=True)  # from Sequence
    charge_point = ForeignKeyField(ChargePoint, index=False)  # several of the indexes below begin with it
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
    listed_at = UtcTime()  # when it started, or stopped if nobody knows its start
    stop_reason = TextField(null=True)
    stop_id_tag = TextField(null=True)
    stop_id_tag_status = TextField(null=True)  # the verdict on it, which a resent Stop gets again
    stop_id_tag_expires_at = UtcTime(null=True)
    stop_parent_id_tag = TextField(null=True)
    state = TextField()
    clock_doubt = BooleanField(default=False)  # our own clock stood in doubt at its Start or Stop
    start_plausible = BooleanField(default=True)  # the charger's time could be believed
    anonymous = BooleanField(default=False)  # its tags were replaced by made-up names
    values_from = UtcTime(null=True)  # bounds for finding its meter values, where some lie before the Start
    values_until = UtcTime(null=True)  # or after the Stop; of an open one: up to where last_register_wh knows them
    start_arrival = BigIntegerField(null=True)
    stop_arrival = BigIntegerField(null=True)
    start_key = BlobField(null=True)  # content of the Start: a resent one finds the row
    stop_key = BlobField(null=True)  # content of a Stop under an id that isn't ours, for the same reason
    start_payload = BlobField(null=True)  # as sent
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


class FollowerCursor(Table):
    """Up to which arrival a follower, such as the link to a cloud system, has read what came of a charge point."""

    key = BigAutoField()
    follower = TextField()
    charge_point_key = BigIntegerField()
    arrival = BigIntegerField()

    class Meta:
        indexes = ((("follower", "charge_point_key"), True),)


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
