"""What every route is given: the collaborators of one server, and who is asking."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

from argon2 import PasswordHasher
from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from tmcwall.domain.clock import Clock
from tmcwall.domain.incident import Source
from tmcwall.domain.officer import Action, can
from tmcwall.server.accounts import SignIn, default_hasher
from tmcwall.server.admission import Recent
from tmcwall.server.announcer import Announcer, NewestPlace
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.between_processes import between_processes
from tmcwall.server.blob_places import open_blobs
from tmcwall.server.blobs import BlobStore
from tmcwall.server.connections import note_proof
from tmcwall.server.counters import Counters, read_token
from tmcwall.server.database import Database
from tmcwall.server.held_sessions import HeldSessions
from tmcwall.server.identity_provider import IdentityProvider
from tmcwall.server.lanes import Lane
from tmcwall.server.order import last_place
from tmcwall.server.order_queue import OrderQueue
from tmcwall.server.provider_settings import read_provider_settings
from tmcwall.server.reading import KnownKeys
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import OPERATOR_PAGE, Identity
from tmcwall.server.role_snapshot import role_key
from tmcwall.server.sessions import SessionPolicy, hash_token, identify, living_sessions
from tmcwall.server.signing_key import open_signing_key
from tmcwall.server.taking import WaitingPush, take_pushes
from tmcwall.server.upkeep import open_secrets
from tmcwall.sync.protocol import PushReply, RefusalCode

_PREPARING_THREADS: Final = 2


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """Times in seconds unless named otherwise."""

    token_lifetime: timedelta = timedelta(minutes=15)
    session_idle: timedelta = timedelta(minutes=30)
    """A session that no workstation has renewed for so long is over."""
    session_lifetime: timedelta = timedelta(hours=16)
    """The password is asked for once a shift."""
    session_check_s: float = 2.0
    """Streams and uploads end so soon after their session has."""
    account_attempts: int = 5
    """Failed sign-ins for an account, from one address or at a known workstation, before there are delays."""
    address_attempts: int = 100
    """Failed sign-ins from one address before there are delays."""
    longest_delay_s: float = 30.0
    """For the next sign-in after failed ones."""
    failures_forgotten_after_s: float = 900.0
    reports_per_minute: int = 600
    """Webhook calls per source."""
    strangers_per_minute: int = 60
    """Webhook calls per address that are not believed."""
    counter_signatures_per_minute: int = 10
    """Evidence packages of one workstation."""
    personal_reads_per_minute: int = 60
    """Incidents whose reporter an officer asks for."""
    heartbeat_s: float = 15.0
    between_events_s: float = 0.1
    """Of one event stream."""
    checkpoint_s: float = 60.0
    unproved_s: float = 20.0
    """For a request to come whole from somebody who has no token."""
    unproved_connections: int = 1000
    body_silence_s: float = 30.0
    """A request's body may pause this long."""
    slowest_bytes_per_s: int = 8 << 10
    """And comes faster than this on the whole."""
    slow_upload_s: float = 10.0
    """Whoever brings less than `slowest_bytes_per_s` this long gives an upload up to another who sends it."""
    push_bytes: int = 2 << 20
    """A workstation halves a push that is larger."""
    transaction_operations: int = 200
    """Of all pushes that are taken together: a report of an incident may be waiting."""
    snapshot_entities: int = 2000
    """In one page, and never much more than 1 MiB of them."""
    quarantine_bytes_per_day: int = 64 << 20
    """What one device, and one officer, may have stored without effect."""
    requests_at_once: int = 16
    """Per officer; further ones wait."""
    bodies_at_once: int = 4
    """Pushes of one officer whose body is in memory; four times as many of all."""
    streams_at_once: int = 64
    """Per officer; further ones are refused."""
    sign_ins_at_once: int = 2
    """Each takes 19 MiB and one core."""
    clip_bytes: int = 8 << 30
    least_free_bytes: int = 1 << 30
    """With less room than this where clips lie the server is not ready."""
    oversight_kept: timedelta = timedelta(days=365)
    """Who watched which camera."""
    values_kept: timedelta | None = None
    """Older operations that decide nothing any more lose their values at night; None: never."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where a server keeps what it has."""

    database: str
    blobs: str
    key_file: Path
    parts: Path | None = None
    """Where uploads lie until they are whole, if clips lie on no disk of this machine; None: beside the key."""
    openapi: bool = False
    metrics_token_file: Path | None = None
    """What `/metrics` asks for; without it there is no such page."""
    oidc_config: Path | None = None
    """About the identity provider; without it officers have passwords only."""
    limits: ServerLimits = field(default_factory=ServerLimits)

    def open_blobs(self) -> BlobStore:
        """Raises DomainError(BLOBS_URL), DiskFault and Fault(COMPONENT_MISSING)."""
        return open_blobs(self.blobs, parts=self.parts or self.key_file.parent / "blobs")


class ServerContext:
    """One server's collaborators. Raises Fault and DomainError if they cannot be opened."""

    def __init__(self, settings: ServerSettings, *, clock: Clock, hasher: PasswordHasher | None = None) -> None:
        limits = settings.limits
        self.limits = limits
        self.clock = clock
        self.hasher = hasher or default_hasher()
        self.key_file = settings.key_file
        self.metrics_token = read_token(settings.metrics_token_file) if settings.metrics_token_file else None
        oidc = settings.oidc_config
        self.identity_provider = IdentityProvider(read_provider_settings(oidc), clock=clock) if oidc else None
        self.counters = Counters()
        self.blobs = settings.open_blobs()
        self.session_policy = SessionPolicy(
            token=limits.token_lifetime, idle=limits.session_idle, longest=limits.session_lifetime
        )
        self.held_sessions = HeldSessions()
        # Threads of their own: what a check takes stays with its thread, and 40 threads would keep 760 MiB.
        self.password_threads = ThreadPoolExecutor(limits.sign_ins_at_once, thread_name_prefix="password")
        self.recent = Recent(for_s=limits.session_check_s)
        self.requests = Lane(at_once=1000, per_key=limits.requests_at_once)
        self.bodies = Lane(at_once=4 * limits.bodies_at_once, per_key=limits.bodies_at_once)
        self.preparing_threads = ThreadPoolExecutor(_PREPARING_THREADS, thread_name_prefix="preparing")
        """For reading pushes and checking signatures: more at once would keep the event loop from its turn."""
        self.order: OrderQueue[WaitingPush, PushReply] = OrderQueue(
            partial(take_pushes, self), weight=limits.transaction_operations
        )
        self.streams = Lane(at_once=10_000, per_key=limits.streams_at_once, waiting_per_key=0)
        self.password_checks = Lane(
            at_once=limits.sign_ins_at_once, per_key=limits.sign_ins_at_once, waiting_per_key=256
        )
        self.browser_sign_ins = Lane(at_once=8, per_key=4, waiting_per_key=64)
        """Each waits for the identity provider; who signs in with a password does not wait for these."""
        self.old_signatures: set[Source] = set()
        """Who has signed by version 1 since the start, so that it is said once."""
        self.database = Database.open(settings.database)
        try:
            self.secret_box = open_secrets(self.database, settings.key_file)
            self.role_key = role_key(self.secret_box)
            self.signing_key = open_signing_key(self.database, self.secret_box, settings.key_file, now=clock.utc())
        except BaseException:
            self.database.close()
            raise
        self.known_keys = KnownKeys(self.database)
        held = between_processes(self.database, clock, limits, self.blobs)
        self.announcer = Announcer(held.hints)
        self.newest = NewestPlace(self.last_place)
        self.sign_in = SignIn(
            hasher=self.hasher,
            account_delays=held.account_delays,
            address_delays=held.address_delays,
        )
        self.enrolment_delays = held.enrolment_delays
        self.reports = held.reports
        self.strangers = held.strangers
        self.personal_reads = held.personal_reads
        self.counter_signatures = held.counter_signatures
        self.quarantine = held.quarantine
        self.uploads = held.uploads
        self.tidy = held.tidy
        """Away with what is kept for other processes and counts no more."""

    def close(self) -> None:
        self.announcer.end()
        self.order.close()
        self.preparing_threads.shutdown(cancel_futures=True)
        self.password_threads.shutdown(cancel_futures=True)
        self.database.close()

    def last_place(self) -> tuple[int, UUID]:
        with self.database.read() as session:
            return last_place(session)

    def identity(self, token_hash: str) -> Identity:
        """Raises what `identify` does."""
        with self.database.read() as session:
            return identify(session, token_hash, now=self.clock.utc())

    def living_sessions(self, asked: AbstractSet[str]) -> AbstractSet[str]:
        with self.database.read() as session:
            return living_sessions(session, asked, now=self.clock.utc())

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


# Asynchronous though it waits for nothing: what is not goes to another thread and back.
async def _context(request: Request) -> ServerContext:
    context = request.app.state.context
    assert isinstance(context, ServerContext)
    return context


Context = Annotated[ServerContext, Depends(_context)]


async def _token_hash(request: Request) -> str:
    """Of what the request carries. Raises RequestRefused(UNAUTHORIZED) if that is no token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(token) <= 256:
        raise RequestRefused(RefusalCode.UNAUTHORIZED)
    return hash_token(token.strip())


TokenHash = Annotated[str, Depends(_token_hash)]


async def _identified(request: Request, context: Context, token_hash: TokenHash) -> Identity:
    """Raises RequestRefused(UNAUTHORIZED, TOKEN_EXPIRED, DEVICE_REVOKED, DEVICE_UNKNOWN).

    Nothing of the body has been read until here.
    """
    identity = await run_in_threadpool(context.identity, token_hash)
    if identity.device == OPERATOR_PAGE:
        raise RequestRefused(RefusalCode.UNAUTHORIZED)
    note_proof(request)
    return identity


Identified = Annotated[Identity, Depends(_identified)]


async def _presumed(request: Request, context: Context, token_hash: TokenHash) -> AsyncIterator[Identity]:
    """As `_identified` and `_in_turn`, but whoever is given it may have lost the right to it within the last moments.

    For routes that look again within their transaction.
    """
    identity = context.recent.get(token_hash)
    if identity is None:
        identity = await _identified(request, context, token_hash)
        context.recent.put(identity)
    else:
        note_proof(request)
    async with context.requests.turn(identity.officer.nrp):
        yield identity


async def _in_turn(context: Context, identity: Identified) -> AsyncIterator[Identity]:
    async with context.requests.turn(identity.officer.nrp):
        yield identity


async def _listening(context: Context, identity: Identified) -> AsyncIterator[Identity]:
    """Raises RequestRefused(TOO_MANY): event streams last for hours, so nobody waits for the end of another."""
    async with context.streams.turn(identity.officer.nrp):
        yield identity


Asker = Annotated[Identity, Depends(_in_turn)]
PresumedAsker = Annotated[Identity, Depends(_presumed)]


def demand(
    action: Action, *, of: Callable[..., AsyncIterator[Identity]] = _in_turn
) -> Callable[[Request, ServerContext, Identity], Awaitable[Identity]]:
    """A dependency: the asker, who may do that. Raises RequestRefused(UNAUTHORIZED, FORBIDDEN, TOO_MANY)."""

    # As a default: an annotation is text here, and FastAPI does not find `of` in it.
    async def demanded(request: Request, context: Context, asker: Identity = Depends(of)) -> Identity:  # noqa: B008
        if not can(asker.officer, action):
            await run_in_threadpool(note_forbidden, context, request, asker)
            raise RequestRefused(RefusalCode.FORBIDDEN)
        return asker

    return demanded


def demand_unit(context: ServerContext, request: Request, asker: Identity, *, unit: str) -> None:
    """Raises RequestRefused(NOT_FOUND) for what belongs to another unit: that it is there is not said, either."""
    if not can(asker.officer, Action.VIEW, unit=unit):
        note_forbidden(context, request, asker)
        raise RequestRefused(RefusalCode.NOT_FOUND)


def note_forbidden(context: ServerContext, request: Request, asker: Identity) -> None:
    context.note(AuditAction.ACCESS, request, actor=asker.officer.nrp, about=request.url.path, outcome="forbidden")


Viewer = Annotated[Identity, Depends(demand(Action.VIEW))]
Listener = Annotated[Identity, Depends(demand(Action.VIEW, of=_listening))]
Tagger = Annotated[Identity, Depends(demand(Action.TAG))]
