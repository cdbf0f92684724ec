"""Registration, `/api/auth/registration/`: who may make an account, and how the first administrator comes about."""

import time

import msgspec

from edge_csms.domain.accounts import Account, email_faults, password_faults, username_faults
from edge_csms.domain.errors import Conflict, Forbidden, Invalid
from edge_csms.domain.roles import Role
from edge_csms.services import accounts
from edge_csms.services.passwords import hash_password
from edge_csms.web.auth import Detail, Email, LoggedIn, NewPassword, Username, invalid, logged_in, seed_route
from edge_csms.web.request import Request


class Registration(msgspec.Struct, kw_only=True):
    """A new account; the very first one needs the set-up code."""

    username: Username
    password1: NewPassword
    password2: NewPassword
    email: Email = ""
    setup_code: str | None = None


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
    return logged_in(request, account)


async def _add(request: Request, body: Registration, password_hash: str, is_first: bool) -> Account:
    who = request.actor_named(body.username)
    common = (request.now, who, body.username, password_hash)
    try:
        if is_first:
            return await request.database.run(accounts.add_first, *common, body.email)
        active = request.parts.settings.registration == "open"
        return await request.database.run(accounts.add, *common, Role.VIEWER, active, body.email)
    except Conflict as taken:  # by somebody who registered at the same moment
        raise invalid("username", taken.detail) from None


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
        raise invalid("non_field_errors", "The two password fields didn't match.")


ROUTES = [
    seed_route(
        "POST",
        "registration",
        register,
        "Register an account",
        body=Registration,
        returns=(LoggedIn, Detail),
        status=201,
        errors=(403, 429),
    ),
]
