"""What every route is given: the collaborators of one server, and who is asking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from argon2 import PasswordHasher
from fastapi import Depends, Request

from tmcwall.domain.clock import Clock
from tmcwall.domain.officer import Action
from tmcwall.server.accounts import Attempts, SignIn, default_hasher, hash_token, identify
from tmcwall.server.announcer import Announcer
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.blobs import BlobStore, blob_folder
from tmcwall.server.database import Database
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import Identity, can
from tmcwall.server.secret_box import SecretBox
from tmcwall.sync.protocol import RefusalCode


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """Times in seconds unless named otherwise."""

    token_lifetime: timedelta = timedelta(hours=16)
    account_attempts: int = 5
    """Failed sign-ins per account and address within the window."""
    address_attempts: int = 100
    """Failed sign-ins per address within the window."""
    attempts_window_s: int = 900
    reports_per_minute: int = 600
    """Webhook calls per source."""
    strangers_per_minute: int = 60
    """Webhook calls per address that are not believed."""
    heartbeat_s: float = 15.0
    body_silence_s: float = 30.0
    """A request's body may pause this long."""
    push_bytes: int = 16 << 20
    clip_bytes: int = 8 << 30


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where a server keeps what it has."""

    database: str
    blobs: str
    key_file: Path
    openapi: bool = False
    limits: ServerLimits = field(default_factory=ServerLimits)


class ServerContext:
    """One server's collaborators. Raises Fault and DomainError if they cannot be opened."""

    def __init__(self, settings: ServerSettings, *, clock: Clock, hasher: PasswordHasher | None = None) -> None:
        limits = settings.limits
        self.limits = limits
        self.clock = clock
        self.hasher = hasher or default_hasher()
        self.blobs = BlobStore(blob_folder(settings.blobs))
        self.secret_box = SecretBox.from_file(settings.key_file)
        self.announcer = Announcer()
        window_s = limits.attempts_window_s
        self.sign_in = SignIn(
            hasher=self.hasher,
            account_attempts=Attempts(per_window=limits.account_attempts, window_s=window_s),
            address_attempts=Attempts(per_window=limits.address_attempts, window_s=window_s),
            lifetime=limits.token_lifetime,
        )
        self.reports = Attempts(per_window=limits.reports_per_minute, window_s=60)
        self.strangers = Attempts(per_window=limits.strangers_per_minute, window_s=60)
        self.uploads_under_way: set[str] = set()
        """Used by the event loop only."""
        self.database = Database.open(settings.database)

    def identity(self, token_hash: str) -> Identity | None:
        with self.database.read() as session:
            return identify(session, token_hash, now=self.clock.utc())

    def note(self, action: AuditAction, request: Request, *, actor: str, about: str = "", outcome: str = "ok") -> None:
        """A row of the audit log, in a transaction of its own."""
        with self.database.write() as session:
            audit(
                session,
                action,
                at=self.clock.utc(),
                actor=actor,
                about=about,
                address=address_of(request),
                outcome=outcome,
            )


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def _context(request: Request) -> ServerContext:
    context = request.app.state.context
    assert isinstance(context, ServerContext)
    return context


Context = Annotated[ServerContext, Depends(_context)]


def _identified(request: Request, context: Context) -> Identity:
    """Raises RequestRefused(UNAUTHORIZED) without a valid token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    identity = None
    if scheme.lower() == "bearer" and 0 < len(token) <= 256:
        identity = context.identity(hash_token(token.strip()))
    if identity is None:
        raise RequestRefused(RefusalCode.UNAUTHORIZED)
    return identity


Asker = Annotated[Identity, Depends(_identified)]


def demand(action: Action) -> Callable[[Request, ServerContext, Identity], Identity]:
    """A dependency: the asker, who may do that. Raises RequestRefused(UNAUTHORIZED, FORBIDDEN)."""

    def demanded(request: Request, context: Context, asker: Asker) -> Identity:
        if not can(asker.officer, action):
            context.note(
                AuditAction.ACCESS, request, actor=asker.officer.nrp, about=request.url.path, outcome="forbidden"
            )
            raise RequestRefused(RefusalCode.FORBIDDEN)
        return asker

    return demanded


Viewer = Annotated[Identity, Depends(demand(Action.VIEW))]
Tagger = Annotated[Identity, Depends(demand(Action.TAG))]
