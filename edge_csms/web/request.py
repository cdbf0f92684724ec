"""What a handler function gets, and what it may give back beside structs."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from edge_csms.domain.accounts import Account, Actor
from edge_csms.web.parts import Parts
from edge_csms.web.tokens import Session

if TYPE_CHECKING:
    from edge_csms.storage.database import Database


@dataclass(frozen=True)
class Content:
    """An answer that is no JSON: text or a file, whole or in pieces."""

    content_type: str
    body: bytes | AsyncGenerator[bytes, None]
    filename: str | None = None
    status: int | None = None  # where it is not the route's


PIECE_BYTES = 128 << 10  # of a file in memory at a time


async def pieces(file: BinaryIO, size: int, run: Callable[..., Awaitable[bytes]]) -> AsyncGenerator[bytes, None]:
    """Read so much of a file, piece by piece in a thread of `run`, and close it; what is added later stays unread."""
    with file:
        while size and (piece := await run(file.read, min(PIECE_BYTES, size))):
            size -= len(piece)
            yield piece


@dataclass
class AuditNote:
    """What the audit trail shall say about an act, as far as its function knows better than its route."""

    subject: str
    details: str = ""  # never a secret
    result: str = "done"


@dataclass(kw_only=True)
class Request:
    """Who asks, and the parts to answer with."""

    parts: Parts
    address: str
    scheme: str
    port: int  # of ours, that the caller used
    charger_url: str  # where chargers reach us, as far as the caller's own way tells: ws://HOST:PORT
    session: Session | None  # None only where the route lets everybody in
    bearer: str | None  # the token as presented, unchecked where the route lets everybody in
    audit: AuditNote
    headers: dict[str, str] = field(default_factory=dict)  # further ones for the answer

    @property
    def account(self) -> Account:
        """The account of the caller, on a route that has a role."""
        assert self.session is not None
        return self.session.account

    @property
    def actor(self) -> Actor:
        """Who asks, for the audit trail."""
        return Actor(self.session.account.username if self.session else "", self.address)

    def actor_named(self, username: str) -> Actor:
        """Who asks, where the request itself says it: whoever registers is not logged in yet."""
        return Actor(username, self.address)

    @property
    def database(self) -> "Database":
        """The site's database."""
        return self.parts.database

    @property
    def now(self) -> datetime:
        """The time of the site's clock."""
        return self.parts.now()
