"""The seed's accounts API, `/api/auth/*`: statuses, keys and error bodies are those of dj-rest-auth with JWT."""

import logging
import time
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any

import msgspec

from edge_csms.domain.accounts import MAX_EMAIL_LENGTH, MIN_PASSWORD_LENGTH, Account, password_faults
from edge_csms.domain.errors import Invalid, StorageUnavailable, TokenRefused
from edge_csms.domain.model import fold
from edge_csms.domain.roles import Role
from edge_csms.services import accounts
from edge_csms.services.passwords import DUMMY_HASH, hash_password, verify_password
from edge_csms.web.base import Problem
from edge_csms.web.request import Request
from edge_csms.web.route import Method, Route
from edge_csms.web.tokens import authenticate

log = logging.getLogger(__name__)

MAX_TOKEN_BODY_BYTES = 2 << 20  # a token of a megabyte is no good token, and shall be told so


# What the document says about them; the rules that judge them are in domain/accounts.py, with words for people.
Username = Annotated[str, msgspec.Meta(extra_json_schema={"minLength": 1, "maxLength": 150, "pattern": r"^[\w.@+-]+$"})]
NewPassword = Annotated[str, msgspec.Meta(extra_json_schema={"minLength": MIN_PASSWORD_LENGTH})]
Email = Annotated[
    str, msgspec.Meta(extra_json_schema={"pattern": r"^([^@\s]+@[^@\s]+)?$", "maxLength": MAX_EMAIL_LENGTH})
]


class Login(msgspec.Struct, kw_only=True):
    """User name and password."""

    password: str
    username: str = ""


class LogOut(msgspec.Struct, kw_only=True):
    """The refresh token that shall end; the access token in the header ends with it."""

    refresh: str = ""


class Refresh(msgspec.Struct, kw_only=True):
    """A refresh token."""

    refresh: str = ""


class AnyToken(msgspec.Struct, kw_only=True):
    """An access or a refresh token."""

    token: Annotated[str, msgspec.Meta(min_length=1)]


class PasswordChange(msgspec.Struct, kw_only=True):
    """The new password, twice; where the old one is given, it must be right."""

    new_password1: NewPassword
    new_password2: NewPassword
    old_password: str | None = None


class UserDetails(msgspec.Struct, kw_only=True):
    """An account as the seed shows it."""

    pk: int
    username: str
    email: str
    first_name: str
    last_name: str


class LoggedIn(msgspec.Struct, kw_only=True):
    """A pair of tokens."""

    access: str
    refresh: str
    user: UserDetails


class Refreshed(msgspec.Struct, kw_only=True):
    """A new access token."""

    access: str
    access_expiration: datetime


class Nothing(msgspec.Struct):
    """An empty object."""


class Detail(msgspec.Struct):
    """Words for people."""

    detail: str


async def log_in(request: Request, body: Login) -> LoggedIn:
    """Give tokens for the right password."""
    if not body.username:
        raise invalid("non_field_errors", 'Must include "username" and "password".')
    account = await account_with(request, body.username, body.password)
    if account is None:
        raise invalid("non_field_errors", "Unable to log in with provided credentials.")
    if not account.active:
        raise invalid("non_field_errors", "This account is not active. An administrator has to approve it.")
    with suppress(StorageUnavailable):  # the page that says what is wrong with the storage needs a login
        await request.database.run(accounts.note_login, request.now, account.user_id)
    return logged_in(request, account)


async def account_with(request: Request, username: str, password: str) -> Account | None:
    """Find the account with this name and password; None, after the same time, whichever of them is wrong."""
    parts, now, guess = request.parts, time.monotonic(), (request.address, fold(username))
    parts.guessers.check(request.address, now)
    parts.logins.attempt(guess, now)  # counted before the answer is known: many at once are many attempts
    account = await request.database.read(accounts.find, username)
    credential = account.password_hash if account is not None else DUMMY_HASH
    is_right = await parts.hashing.run(verify_password, credential, password)
    if account is None or not is_right:
        log.info("login of %s from %s refused", account.username if account else "an unknown user", request.address)
        parts.guessers.failed(request.address, time.monotonic())
        return None
    parts.logins.succeeded(guess)
    return account


async def log_out(request: Request, body: LogOut) -> Detail:
    """End a refresh token, and the access token that came in the header."""
    if not body.refresh:
        raise Problem(401, "Refresh token was not included in request data.")
    try:
        claims = [(await authenticate(request.parts, body.refresh, "refresh")).claims]
    except TokenRefused as refused:
        raise Problem(401, refused.detail) from None
    with suppress(TokenRefused):  # no access token came, or one that has ended already
        claims.append(request.parts.tokens.read(request.bearer or "", request.now, "access"))
    await request.database.run(accounts.revoke, [(one.jti, one.exp or 0) for one in claims])
    return Detail("Successfully logged out.")


async def verify_token(request: Request, body: AnyToken) -> Nothing:
    """Say whether a token holds."""
    await authenticate(request.parts, body.token, None)
    return Nothing()


async def refresh_token(request: Request, body: Refresh) -> Refreshed:
    """Give a new access token for a refresh token."""
    if not body.refresh:
        raise TokenRefused("No valid refresh token found.")
    session = await authenticate(request.parts, body.refresh, "refresh")
    tokens, now = request.parts.tokens, request.now
    return Refreshed(
        access=tokens.issue("access", session.account, now), access_expiration=now + tokens.lifetime("access")
    )


async def get_own_user(request: Request) -> UserDetails:
    """Show the caller's own account."""
    return _details(request.account)


async def change_password(request: Request, body: PasswordChange) -> Detail:
    """Change the caller's own password; all tokens from before are void."""
    account, hashing = request.account, request.parts.hashing
    if body.new_password1 != body.new_password2:
        raise invalid("new_password2", "The two password fields didn’t match.")
    if faults := password_faults(body.new_password1, account.username):
        raise Invalid("The password is not good enough.", {"new_password2": faults})
    old = body.old_password
    if old is not None and await account_with(request, account.username, old) is None:
        raise invalid("old_password", "The old password is wrong.")
    password_hash = await hashing.run(hash_password, body.new_password1)
    now, who = request.now, request.actor
    await request.database.run(accounts.change, now, who, account.username, password_hash=password_hash)
    return Detail("New password has been saved.")


def logged_in(request: Request, account: Account) -> LoggedIn:
    """Make the tokens of somebody who has proved to be this user."""
    tokens, now = request.parts.tokens, request.now
    return LoggedIn(
        access=tokens.issue("access", account, now),
        refresh=tokens.issue("refresh", account, now),
        user=_details(account),
    )


def _details(account: Account) -> UserDetails:
    return UserDetails(
        pk=account.user_id,
        username=account.username,
        email=account.email,
        first_name=account.first_name,
        last_name=account.last_name,
    )


def invalid(field: str, text: str) -> Invalid:
    """Make the refusal of one field."""
    return Invalid(text, {field: [text]})


def seed_route(method: Method, path: str, function: Any, summary: str, role: Role | None = None, **more: Any) -> Route:
    """Declare a route of this API."""
    return Route(
        method=method, path=f"/api/auth/{path}", function=function, role=role, summary=summary, style="seed", **more
    )


ROUTES = [
    seed_route("POST", "login", log_in, "Log in", body=Login, returns=LoggedIn, errors=(429,)),
    seed_route(
        "POST",
        "logout",
        log_out,
        "Log out",
        body=LogOut,
        returns=Detail,
        errors=(401,),
        max_body_bytes=MAX_TOKEN_BODY_BYTES,
    ),
    seed_route(
        "POST",
        "token/verify",
        verify_token,
        "Check whether a token holds",
        body=AnyToken,
        returns=Nothing,
        errors=(401,),
        max_body_bytes=MAX_TOKEN_BODY_BYTES,
    ),
    seed_route(
        "POST",
        "token/refresh",
        refresh_token,
        "Get a new access token",
        body=Refresh,
        returns=Refreshed,
        errors=(401,),
        max_body_bytes=MAX_TOKEN_BODY_BYTES,
    ),
    seed_route("GET", "user", get_own_user, "Show the own account", Role.VIEWER, returns=UserDetails),
    seed_route(
        "POST",
        "password/change",
        change_password,
        "Change the own password",
        Role.VIEWER,
        body=PasswordChange,
        returns=Detail,
        errors=(429,),
    ),
]
