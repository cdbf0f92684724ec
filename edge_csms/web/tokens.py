"""JSON Web Tokens: made for people and chargers, and read with every doubt against them."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import jwt
import msgspec

from edge_csms.domain.accounts import Account
from edge_csms.domain.errors import TokenRefused
from edge_csms.services import accounts

if TYPE_CHECKING:
    from edge_csms.web.parts import Parts

ALGORITHM = "HS256"  # the only one that is ever made or believed
MAX_LENGTH = 4096  # ours have about 250 characters; more is not worth decoding
# We judge the times ourselves, by the site's clock. A token from "the future" is from before the clock was set back.
OPTIONS: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}

TokenType = Literal["access", "refresh", "charger"]


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What a token says."""

    token_type: TokenType
    jti: str  # its own id
    iat: int
    exp: int | None = None  # a charger's has none: it holds until it is taken back
    user_id: str | None = None
    charge_point_id: str | None = None


@dataclass(frozen=True)
class Session:
    """A person or program whose access token holds right now."""

    account: Account
    claims: Claims


class Tokens:
    """Makes and reads tokens that are signed with the site's own key."""

    def __init__(self, key: bytes, *, access_minutes: int = 15, refresh_days: int = 7) -> None:
        self._key = key
        self.live(access_minutes=access_minutes, refresh_days=refresh_days)

    def live(self, *, access_minutes: int, refresh_days: int) -> None:
        """Let tokens that are made from now on live so long."""
        self._lifetimes: dict[TokenType, timedelta] = {
            "access": timedelta(minutes=access_minutes),
            "refresh": timedelta(days=refresh_days),
        }

    def lifetime(self, token_type: Literal["access", "refresh"]) -> timedelta:
        """Say how long a token of this type lives."""
        return self._lifetimes[token_type]

    def issue(self, token_type: Literal["access", "refresh"], account: Account, now: datetime) -> str:
        """Make a token of a person or program."""
        issued = int(now.timestamp())
        expires = issued + int(self._lifetimes[token_type].total_seconds())
        if account.tokens_after is not None:
            # Claims know whole seconds only: a token of the same second that voided older ones counts as of the next.
            issued = max(issued, int(account.tokens_after.timestamp()) + 1)
        claims = {
            "token_type": token_type,
            "exp": expires,
            "iat": issued,
            "jti": secrets.token_hex(16),
            "user_id": str(account.user_id),
        }
        return jwt.encode(claims, self._key, ALGORITHM)

    def issue_for_charger(self, charge_point_id: str, now: datetime) -> tuple[str, str]:
        """Make a token for one charger, without expiry; give it and its id, which must be stored for it to hold."""
        token_id = secrets.token_hex(16)
        issued = int(now.timestamp())
        claims = {"token_type": "charger", "iat": issued, "jti": token_id, "charge_point_id": charge_point_id}
        return jwt.encode(claims, self._key, ALGORITHM), token_id

    def read(self, token: str, now: datetime, expected: TokenType | None = None) -> Claims:
        """Check signature, claims, age and type; whether it was revoked, the database knows. Raises TokenRefused."""
        if len(token) > MAX_LENGTH:
            raise TokenRefused("Token is invalid")
        try:
            payload = jwt.decode(token, self._key, algorithms=[ALGORITHM], options=OPTIONS)
            claims = msgspec.convert(payload, Claims)
        except (jwt.InvalidTokenError, msgspec.ValidationError, ValueError):
            raise TokenRefused("Token is invalid") from None
        if claims.exp is None and claims.token_type != "charger":
            raise TokenRefused("Token is invalid")
        if claims.exp is not None and claims.exp <= now.timestamp():
            raise TokenRefused("Token is expired")
        if expected is not None and claims.token_type != expected:
            raise TokenRefused("Token has wrong type")
        return claims


async def authenticate(parts: "Parts", token: str, expected: TokenType | None = "access") -> Session:
    """Find whose token this is and check that it still holds, now, in the database. Raises TokenRefused.

    With expected=None any token of a person or program will do.
    """
    claims = parts.tokens.read(token, parts.now(), expected)
    account = await parts.database.read(accounts.token_holder, claims.user_id or "", claims.jti, claims.iat)
    return Session(account, claims)
