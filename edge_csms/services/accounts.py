"""What happens with accounts: people and programs come, log in and out, are given roles, and go."""

from datetime import UTC, datetime, timedelta

from edge_csms.domain.accounts import Account, Actor, username_faults
from edge_csms.domain.errors import Conflict, Forbidden, Invalid, NotFound, TokenRefused
from edge_csms.domain.roles import Role
from edge_csms.services import audit
from edge_csms.storage import revoked_tokens, users

NAME_TAKEN = "A user with that username already exists."
# A token is remembered for longer than it lives, so that a clock which is set back does not bring it to life again.
REMEMBERED = timedelta(days=30)


def any_exist() -> bool:
    """Say whether there ever was an account; while there was none, the set-up code makes the first."""
    return users.count_ever() > 0


def find(username: str) -> Account | None:
    """Find an account by its name, without regard to case."""
    return users.find_by_username(username)


def get(username: str) -> Account:
    """Find an account by its name; raises NotFound."""
    account = users.find_by_username(username)
    if account is None:
        raise NotFound(f"there is no user {username}")
    return account


def list_(after: str = "", limit: int | None = None, active: bool | None = None) -> list[Account]:
    """List accounts in the order of their names from behind `after`."""
    return users.list_(after=after, limit=limit, active=active)


def add(
    now: datetime, who: Actor, username: str, password_hash: str, role: Role, active: bool = True, email: str = ""
) -> Account:
    """Make an account; raises Invalid for a bad name and Conflict for one that is taken."""
    if faults := username_faults(username):
        raise Invalid(" ".join(faults), {"username": faults})
    account = users.add(now, username, email, role, active, password_hash)
    if account is None:
        raise Conflict(NAME_TAKEN)
    audit.record(now, who, "add user", username, f"role {role}" if active else f"role {role}, waits for approval")
    return account


def add_first(now: datetime, who: Actor, username: str, password_hash: str, email: str = "") -> Account:
    """Make the first account, an administrator; raises Forbidden when another came first."""
    users.lock()
    if any_exist():
        raise Forbidden("The set-up code has been used.")
    return add(now, who, username, password_hash, Role.ADMIN, True, email)


def change(
    now: datetime,
    who: Actor,
    username: str,
    role: Role | None = None,
    active: bool | None = None,
    password_hash: str | None = None,
    email: str | None = None,
) -> Account:
    """Change what is given; raises NotFound, and Conflict when no active administrator would be left.

    A new password and a deactivation void all tokens of the account.
    """
    users.lock()
    account = get(username)
    wanted = {"role": role, "active": active, "password_hash": password_hash, "email": email}
    asked = {name: value for name, value in wanted.items() if value is not None}
    if not asked:
        return account
    voided = {"tokens_after": now} if password_hash is not None or active is False else {}
    users.update(account.user_id, asked | voided)
    _check_admin_left(account)
    shown = ("new password" if name == "password_hash" else f"{name} {value}" for name, value in asked.items())
    audit.record(now, who, "change user", account.username, ", ".join(shown))
    return get(username)


def remove(now: datetime, who: Actor, username: str) -> None:
    """Retire an account; raises NotFound, and Conflict when no active administrator would be left."""
    users.lock()
    account = get(username)
    users.delete(account.user_id, now)
    _check_admin_left(account)
    audit.record(now, who, "delete user", account.username)


def note_login(now: datetime, user_id: int) -> None:
    """Remember when the user was last here."""
    users.update(user_id, {"last_login": now})


def token_holder(user_id: str, token_id: str, issued_at: int) -> Account:
    """Give the account whose token this is; raises TokenRefused when it is logged out or void, or its account gone."""
    if revoked_tokens.get(token_id) is not None:
        raise TokenRefused("Token is blacklisted")
    account = users.get(int(user_id)) if user_id.isdecimal() and len(user_id) < 19 else None
    if account is None or not account.active:
        raise TokenRefused("User is inactive")
    if account.tokens_after is not None and issued_at <= int(account.tokens_after.timestamp()):
        raise TokenRefused("Token is older than the last change of the password")
    return account


def revoke(tokens: list[tuple[str, int]]) -> None:
    """Log tokens out for good, each given by its id and its expiry in seconds since 1970."""
    for token_id, expires_at in tokens:
        revoked_tokens.add(token_id, datetime.fromtimestamp(expires_at, UTC))


def purge_revoked(now: datetime) -> int:
    """Forget tokens that expired long ago and say how many they were."""
    return revoked_tokens.delete_before(now - REMEMBERED)


def _check_admin_left(before: Account) -> None:
    if before.role is Role.ADMIN and before.active and users.count_active_admins() == 0:
        raise Conflict(f"{before.username} is the last active administrator: nobody could let others in")
