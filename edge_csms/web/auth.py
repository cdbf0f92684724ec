"""The seed's accounts API, `/api/auth/*`: statuses, keys and error bodies are those of dj-rest-auth with JWT."""

import logging
import time
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any

import msgspec

from edge_csms.domain.accounts import Account, email_faults, password_faults, username_faults
from edge_csms.domain.errors import Conflict, Forbidden, Invalid, StorageUnavailable, TokenRefused
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


class Registration(msgspec.Struct, kw_only=True):
    """A new account; the very first one needs the set-up code."""

    username: str
    password1: str
    password2: str
    email: str = ""
    setup_code: str | None = None


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

    new_password1: str
    new_password2: str
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


async def register(request: Request, body: Registration) -> LoggedIn | Detail:
    """Make an account, as far as the policy allows."""
    parts, throttle = request.parts, request.parts.registrations
    is_first = not await request.database.read(accounts.any_exist)
    if not is_first:
        _check_policy(request, body)
    throttle.attempt(request.address, time.monotonic())
    await _check_registration(request, body)
    if is_first and not parts.setup_code.matches(body.setup_code or ""):
        raise Forbidden("The first account needs the set-up code that the server prints at its start.")
    password_hash = await parts.hashing.run(hash_password, body.password1)
    account = await _add(request, body, password_hash, is_first)
    parts.setup_code.finish()
    if not account.active:
        return Detail("Registered. An administrator has to approve the account before it can log in.")
    return _logged_in(request, account)


async def _add(request: Request, body: Registration, password_hash: str, is_first: bool) -> Account:
    who = request.actor_named(body.username)
    common = (request.now, who, body.username, password_hash)
    try:
        if is_first:
            return await request.database.run(accounts.add_first, *common, body.email)
        active = request.parts.settings.registration == "open"
        return await request.database.run(accounts.add, *common, Role.VIEWER, active, body.email)
    except Conflict as taken:  # by somebody who registered at the same moment
        raise _invalid("username", taken.detail) from None


def _check_policy(request: Request, body: Registration) -> None:
    if body.setup_code:
        raise Forbidden("The set-up code has been used.")
    if request.parts.settings.registration == "closed":
        raise Forbidden("Registration is closed. An administrator can make accounts.")


async def _check_registration(request: Request, body: Registration) -> None:
    faults = {
        "username": username_faults(body.username),
        "email": email_faults(body.email),
        "password1": password_faults(body.password1, body.username),
    }
    if not faults["username"] and await request.database.read(accounts.find, body.username) is not None:
        faults["username"] = [accounts.NAME_TAKEN]
    if wrong := {name: texts for name, texts in faults.items() if texts}:
        raise Invalid("The account can't be made.", wrong)
    if body.password1 != body.password2:
        raise _invalid("non_field_errors", "The two password fields didn't match.")


async def log_in(request: Request, body: Login) -> LoggedIn:
    """Give tokens for the right password."""
    if not body.username:
        raise _invalid("non_field_errors", 'Must include "username" and "password".')
    account = await _account_with(request, body.username, body.password)
    if account is None:
        raise _invalid("non_field_errors", "Unable to log in with provided credentials.")
    if not account.active:
        raise _invalid("non_field_errors", "This account is not active. An administrator has to approve it.")
    with suppress(StorageUnavailable):  # the page that says what is wrong with the storage needs a login
        await request.database.run(accounts.note_login, request.now, account.user_id)
    return _logged_in(request, account)


async def _account_with(request: Request, username: str, password: str) -> Account | None:
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
        raise _invalid("new_password2", "The two password fields didn’t match.")
    if faults := password_faults(body.new_password1, account.username):
        raise Invalid("The password is not good enough.", {"new_password2": faults})
    old = body.old_password
    if old is not None and await _account_with(request, account.username, old) is None:
        raise _invalid("old_password", "The old password is wrong.")
    password_hash = await hashing.run(hash_password, body.new_password1)
    await request.database.run(accounts.change, request.now, request.actor, account.username, None, None, password_hash)
    return Detail("New password has been saved.")


def _logged_in(request: Request, account: Account) -> LoggedIn:
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


def _invalid(field: str, text: str) -> Invalid:
    return Invalid(text, {field: [text]})


def _route(method: Method, path: str, function: Any, summary: str, role: Role | None = None, **more: Any) -> Route:
    return Route(
        method=method, path=f"/api/auth/{path}", function=function, role=role, summary=summary, style="seed", **more
    )


ROUTES = [
    _route(
        "POST",
        "registration",
        register,
        "Register an account",
        body=Registration,
        returns=(LoggedIn, Detail),
        status=201,
        errors=(403, 429),
    ),
    _route("POST", "login", log_in, "Log in", body=Login, returns=LoggedIn, errors=(429,)),
    _route(
        "POST",
        "logout",
        log_out,
        "Log out",
        body=LogOut,
        returns=Detail,
        errors=(401,),
        max_body_bytes=MAX_TOKEN_BODY_BYTES,
    ),
    _route(
        "POST",
        "token/verify",
        verify_token,
        "Check whether a token holds",
        body=AnyToken,
        returns=Nothing,
        errors=(401,),
        max_body_bytes=MAX_TOKEN_BODY_BYTES,
    ),
    _route(
        "POST",
        "token/refresh",
        refresh_token,
        "Get a new access token",
        body=Refresh,
        returns=Refreshed,
        errors=(401,),
        max_body_bytes=MAX_TOKEN_BODY_BYTES,
    ),
    _route("GET", "user", get_own_user, "Show the own account", Role.VIEWER, returns=UserDetails),
    _route(
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
