"""`/api/v1/users`, where administrators keep the accounts, and `/api/v1/account`, where everybody sees their own."""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

from edge_csms.domain.accounts import Account, email_faults, password_faults
from edge_csms.domain.errors import Invalid
from edge_csms.domain.roles import Role
from edge_csms.services import accounts
from edge_csms.services.passwords import hash_password
from edge_csms.web.auth import Email, NewPassword, Username, account_with
from edge_csms.web.paging import Page, PageQuery, page
from edge_csms.web.request import Request
from edge_csms.web.route import Route


class UserItem(msgspec.Struct, kw_only=True):
    """An account."""

    username: str
    role: Role
    active: bool
    email: str
    created_at: datetime
    last_login: datetime | None


class NewUser(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An account to be made."""

    username: Username
    password: NewPassword
    role: Role
    active: bool = True
    email: Email = ""


class UserChanges(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What shall be different; `active` true approves, a new password and `active` false void all tokens."""

    role: Role | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    password: NewPassword | UnsetType = UNSET
    email: Email | UnsetType = UNSET


class OwnPassword(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The password of who asks."""

    password: str


class UserQuery(PageQuery):
    """Which users; those that wait for approval are not active."""

    active: bool | None = None


async def list_users(request: Request, query: UserQuery) -> Page[UserItem]:
    """List the accounts in the order of their names."""
    found = await request.database.read(accounts.list_, query.cursor or "", query.limit + 1, query.active)
    return page([_item(account) for account in found], query.limit, lambda item: item.username)


async def add_user(request: Request, body: NewUser) -> UserItem:
    """Make an account that may log in at once."""
    _check(body.password, body.username, body.email)
    password_hash = await request.parts.hashing.run(hash_password, body.password)
    account = await request.database.run(
        accounts.add, request.now, request.actor, body.username, password_hash, body.role, body.active, body.email
    )
    return _item(account)


async def get_user(request: Request, username: str) -> UserItem:
    """Show one account."""
    return _item(await request.database.read(accounts.get, username))


async def change_user(request: Request, username: str, body: UserChanges) -> UserItem:
    """Approve, deactivate, promote, demote, or set a new password."""
    password, email = body.password or None, body.email
    _check(body.password, username, email)
    password_hash = None if password is None else await request.parts.hashing.run(hash_password, password)
    account = await request.database.run(
        accounts.change,
        request.now,
        request.actor,
        username,
        role=body.role or None,
        active=None if body.active is UNSET else body.active,
        password_hash=password_hash,
        email=None if email is UNSET else email,
    )
    return _item(account)


async def delete_user(request: Request, username: str) -> None:
    """Retire an account: it can't log in any more, and its name may be taken again."""
    await request.database.run(accounts.remove, request.now, request.actor, username)


async def get_own_account(request: Request) -> UserItem:
    """Show the caller's own account with its role."""
    return _item(request.account)


async def check_own_password(request: Request, password: str) -> None:
    """Ask for the caller's own password again; raises Invalid."""
    if await account_with(request, request.account.username, password) is None:
        text = "The password is wrong."
        raise Invalid(text, {"password": [text]})


async def confirm_password(request: Request, body: OwnPassword) -> None:
    """Check the caller's own password again, as the admin page does before an act that can't be taken back."""
    await check_own_password(request, body.password)


def _check(password: str | UnsetType, username: str, email: str | UnsetType) -> None:
    faults = {
        "password": [] if password is UNSET else password_faults(password, username),
        "email": [] if email is UNSET else email_faults(email),
    }
    if wrong := {name: texts for name, texts in faults.items() if texts}:
        raise Invalid(" ".join(text for texts in wrong.values() for text in texts), wrong)


def _item(account: Account) -> UserItem:
    return UserItem(
        username=account.username,
        role=account.role,
        active=account.active,
        email=account.email,
        created_at=account.created_at,
        last_login=account.last_login,
    )


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/users",
        function=list_users,
        role=Role.ADMIN,
        summary="List users",
        query=UserQuery,
        returns=Page[UserItem],
    ),
    Route(
        method="POST",
        path="/api/v1/users",
        function=add_user,
        role=Role.ADMIN,
        summary="Make a user",
        body=NewUser,
        returns=UserItem,
        status=201,
        errors=(409, 429),
    ),
    Route(
        method="GET",
        path="/api/v1/users/{username}",
        function=get_user,
        role=Role.ADMIN,
        summary="Show a user",
        returns=UserItem,
    ),
    Route(
        method="PATCH",
        path="/api/v1/users/{username}",
        function=change_user,
        role=Role.ADMIN,
        summary="Change or approve a user",
        body=UserChanges,
        returns=UserItem,
        errors=(409, 429),
    ),
    Route(
        method="DELETE",
        path="/api/v1/users/{username}",
        function=delete_user,
        role=Role.ADMIN,
        summary="Remove a user",
        status=204,
        errors=(409,),
    ),
    Route(
        method="GET",
        path="/api/v1/account",
        function=get_own_account,
        role=Role.VIEWER,
        summary="Show the own account with its role",
        returns=UserItem,
    ),
    Route(
        method="POST",
        path="/api/v1/account/password/confirm",
        function=confirm_password,
        role=Role.VIEWER,
        summary="Check the own password again",
        body=OwnPassword,
        status=204,
        errors=(429,),
        audit="account.password_confirmed",
    ),
]
