"""People's accounts, and the rules for their names and passwords."""

import re
from dataclasses import dataclass
from datetime import datetime

from edge_csms.domain.common_passwords import COMMON_PASSWORDS
from edge_csms.domain.roles import Role

USERNAME = re.compile(r"[\w.@+-]{1,150}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
MAX_EMAIL_LENGTH = 254
MIN_PASSWORD_LENGTH = 8
MAX_PASSWORD_LENGTH = 1024
TOO_SIMILAR = 0.7


@dataclass(frozen=True)
class Account:
    """One person or program that may log in; `password_hash` never leaves the server."""

    user_id: int
    username: str
    email: str
    first_name: str
    last_name: str
    role: Role
    active: bool
    password_hash: str
    tokens_after: datetime | None  # tokens issued up to then are void
    created_at: datetime
    last_login: datetime | None


@dataclass(frozen=True)
class Actor:
    """Who did something, for the audit trail: a user name, empty where nobody is logged in, and a network address."""

    username: str
    address: str


@dataclass(frozen=True)
class AuditEntry:
    """One line of the audit trail."""

    key: int
    at: datetime
    username: str
    address: str
    action: str
    subject: str
    details: str
    result: str


def username_faults(username: str) -> list[str]:
    """Say what is wrong with a new user name; nothing is, if the list is empty."""
    if not username:
        return ["This field may not be blank."]
    if USERNAME.fullmatch(username) is None:
        return ["Enter a valid username: up to 150 letters, numbers, and @/./+/-/_ characters."]
    return []


def email_faults(email: str) -> list[str]:
    """Say what is wrong with a mail address; an empty one is right."""
    if email and (len(email) > MAX_EMAIL_LENGTH or EMAIL.fullmatch(email) is None):
        return ["Enter a valid email address."]
    return []


def password_faults(password: str, username: str) -> list[str]:
    """Say what is wrong with a new password of a person; nothing is, if the list is empty."""
    faults = []
    if len(password) < MIN_PASSWORD_LENGTH:
        faults.append(f"This password is too short. It must contain at least {MIN_PASSWORD_LENGTH} characters.")
    if len(password) > MAX_PASSWORD_LENGTH:
        return [f"This password is too long. It may contain at most {MAX_PASSWORD_LENGTH} characters."]
    if _similar(password.casefold(), username.casefold()):
        faults.append("The password is too similar to the username.")
    if password.casefold() in COMMON_PASSWORDS:
        faults.append("This password is too common.")
    if password.isdecimal():
        faults.append("This password is entirely numeric.")
    return faults


def _similar(password: str, username: str) -> bool:
    if len(username) < 3:  # two letters are similar to anything
        return False
    from difflib import SequenceMatcher  # when it is needed: 200 KiB of memory

    contained = username in password and len(username) * 2 > len(password)
    return contained or SequenceMatcher(a=password, b=username).ratio() >= TOO_SIMILAR
