"""People and programs, what they did, and what they may change."""

from peewee import BigAutoField, BigIntegerField, BooleanField, TextField

from edge_csms.storage.tables.columns import Table, UtcTime


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


class Setting(Table):
    """One value that the admin page may change."""

    name = TextField(primary_key=True)
    value = TextField()


class Sequence(Table):
    """Numbers that are handed out once and never again, even when rows go away or an old backup comes back."""

    name = TextField(primary_key=True)
    value = BigIntegerField()
