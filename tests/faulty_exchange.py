"""Desks, a server and everything that goes wrong between them, for a state machine: in one process, without sleeping.

What is real: the server's application and database, the client's rounds, the workstation's tables. What is not:
sockets, processes and files of workstations; `benchmarks.jepsen` has those.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar
from unittest.mock import patch

import anyio.to_thread
import httpx2
from fastapi import FastAPI
from sqlalchemy import Connection as SqlConnection
from sqlalchemy import Engine, StaticPool, create_engine, event
from sqlalchemy.orm import Session

from tests.clocks import FakeClock
from tests.enrolled import SERVER_KEY, enrol_at, key_of, sign_in_content
from tests.exchange import CHEAP_HASHER, NRP, OFFICER, PASSWORD, START, settings_in
from tests.new_tables import make_new_tables
from tests.services_stage import incident
from tmcwall.db import bookmarks, operations, signing
from tmcwall.db import conflicts as conflict_rows
from tmcwall.db.rows import fields_of
from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Operation
from tmcwall.server.accounts import add_user
from tmcwall.server.app import create_app
from tmcwall.server.context import ServerContext, ServerLimits
from tmcwall.server.enrolment import current_key
from tmcwall.server.upkeep import begin_order
from tmcwall.services.replica import StorePersonal, StoreReplica
from tmcwall.signatures import Purpose, SigningKey
from tmcwall.sync.client import SyncClient, SyncLimits
from tmcwall.sync.connection import Connection
from tmcwall.sync.personal import PersonalCourier
from tmcwall.sync.protocol import API

T = TypeVar("T")
P = ParamSpec("P")

ADDRESS: Final = "http://127.0.0.1:1"
DESKS: Final = ("ws1", "ws2", "ws3")
HOSTILE: Final = "ws-hostile"
HOSTILE_OFFICER: Final = Officer("80010002", "Orang Lain", Role.OPERATOR)
IDS: Final = ("b0", "b1")


class Crash(Exception):
    """A program ends here."""


class Program(StrEnum):
    SERVER = "server"
    DESK = "desk"


class CrashPoints:
    """Ends a program before one of its statements or commits, whichever its turn it is."""

    def __init__(self) -> None:
        self._program: Program | None = None
        self._left = 0
        self.crashes = 0

    @contextmanager
    def watching(self) -> Iterator[None]:
        event.listen(Engine, "before_cursor_execute", self._statement)
        event.listen(Engine, "commit", self._commit)
        try:
            yield
        finally:
            event.remove(Engine, "before_cursor_execute", self._statement)
            event.remove(Engine, "commit", self._commit)

    @contextmanager
    def armed(self, program: Program | None, statements: int) -> Iterator[None]:
        """`statements`: how many still run."""
        self._program, self._left = program, statements
        try:
            yield
        finally:
            self._program = None

    def disarm(self) -> None:
        self._program = None

    def _statement(self, connection: SqlConnection, *_: object) -> None:
        self._commit(connection)

    def _commit(self, connection: SqlConnection) -> None:
        at = Program.SERVER if connection.engine.url.database else Program.DESK
        if at is not self._program:
            return
        self._left -= 1
        if self._left < 0:
            self._program = None
            self.crashes += 1
            raise Crash


class Trouble(StrEnum):
    """What the network does to one request."""

    NONE = "none"
    REQUEST_LOST = "request lost"
    REPLY_LOST = "reply lost"
    SENT_TWICE = "sent twice"
    TORN = "torn"
    """Half the body arrives, then the connection is gone."""
    LATE = "late"
    """Lost for the sender; it arrives when others have come in between."""


class Network(httpx2.AsyncBaseTransport):
    """Carries requests to the application; the one whose turn it is meets trouble."""

    def __init__(self, app: FastAPI) -> None:
        self._inner = httpx2.ASGITransport(app)
        self._trouble, self._left = Trouble.NONE, 0
        self.late: list[httpx2.Request] = []

    @contextmanager
    def troubled(self, trouble: Trouble, *, after: int) -> Iterator[None]:
        """`after`: how many requests still pass."""
        self._trouble, self._left = trouble, after
        try:
            yield
        finally:
            self._trouble = Trouble.NONE

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = await request.aread()
        trouble = Trouble.NONE
        if self._trouble is not Trouble.NONE:
            self._left -= 1
            if self._left < 0:
                trouble, self._trouble = self._trouble, Trouble.NONE
        match trouble:
            case Trouble.REQUEST_LOST:
                raise httpx2.ConnectError("lost", request=request)
            case Trouble.LATE:
                self.late.append(copy_of(request, body))
                raise httpx2.ReadTimeout("late", request=request)
            case Trouble.TORN:
                await self._carry(copy_of(request, body[: len(body) // 2]))
                raise httpx2.WriteError("torn", request=request)
            case Trouble.SENT_TWICE:
                await self._carry(copy_of(request, body))
            case Trouble.REPLY_LOST:
                await self._carry(request)
                raise httpx2.ReadError("lost", request=request)
        return await self._carry(request)

    async def deliver_late(self) -> None:
        """To nobody's ear."""
        late, self.late = self.late, []
        for request in reversed(late):
            await self._carry(request)

    async def _carry(self, request: httpx2.Request) -> httpx2.Response:
        try:
            return await self._inner.handle_async_request(request)
        except Crash:
            raise httpx2.ReadError("the server is gone", request=request) from None


def copy_of(request: httpx2.Request, body: bytes) -> httpx2.Request:
    headers = {name: value for name, value in request.headers.items() if name.lower() != "content-length"}
    return httpx2.Request(request.method, request.url, headers=headers, content=body)


class NoThread(ThreadPoolExecutor):
    """Does at once what it is given: in a machine that does one thing after another threads only cost time."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - handed to the one who waits, as every executor does
            future.set_exception(error)
        return future


async def _at_once(function: Callable[..., T], *args: object, **_: Any) -> T:  # Any: what threads are told
    return function(*args)


class DeskStore:
    """The units of a workstation on a database in memory, which can be copied. Obeys `StoreProtocol`."""

    def __init__(self) -> None:
        def connect() -> sqlite3.Connection:
            return sqlite3.connect(":memory:", check_same_thread=False)

        self._engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)
        self._signer: signing.Signer | None = None

    @classmethod
    def new(cls) -> DeskStore:
        store = cls()
        make_new_tables(store._engine)
        store.do(lambda session: operations.renew_device(session, at=START))
        return store

    def become(self, image: bytes) -> None:
        """Another workstation, with a database as that one. What was compiled for its statements stays."""
        self._signer = None
        with self._driver() as driver:
            driver.deserialize(image)

    def image(self) -> bytes:
        with self._driver() as driver:
            return driver.serialize()

    @contextmanager
    def _driver(self) -> Iterator[sqlite3.Connection]:
        with closing(self._engine.raw_connection()) as connection:
            driver = connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            yield driver

    def use_key(self, key: SigningKey | None = None) -> str:
        """As that of its device, which is named here."""
        device = self.do(operations.device)
        self._signer = signing.Signer(device, partial((key or key_of(device)).sign, Purpose.OPERATION))
        return device

    def enrol(self, key: SigningKey | None = None) -> str:
        device = self.use_key(key)
        enrolled = signing.StoredEnrolment(device, device, SERVER_KEY.public)
        self.do(lambda session: signing.keep_enrolment(session, enrolled, actor="tmcwall", at=START))
        return device

    def do(self, unit: Callable[[Session], T]) -> T:
        with Session(self._engine) as session, session.begin():
            return unit(signing.lend(session, self._signer))

    def write(self, unit: Callable[[Session], T]) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(self.do(unit))
        except Exception as error:  # noqa: BLE001 - handed to the one who waits, as the store does
            future.set_exception(error)
        return future

    read = write

    def close(self) -> None:
        self._engine.dispose()


@dataclass
class FaultyStage:
    """What all runs of the machine share, for it takes longest to make: the application, and what stores begin with."""

    app: FastAPI
    folder: Path
    runner: asyncio.Runner
    points: CrashPoints
    server_clock: FakeClock
    beginning: sqlite3.Connection
    """The server's database before anything has happened."""
    images: Sequence[bytes]
    """Of the desks' stores."""
    met: Counter[str] = field(default_factory=Counter)
    """What the runs have met, over all of them."""
    runs: int = 0
    tokens: dict[str, str] = field(default_factory=dict)
    """Of those who are signed in at the beginning, by device."""
    stores: list[DeskStore] = field(default_factory=list)
    """Of desks that are closed, to be used again."""

    @classmethod
    @contextmanager
    def open(cls, folder: Path) -> Iterator[FaultyStage]:
        clock, points = FakeClock(START), CrashPoints()
        limits = ServerLimits(transaction_operations=2, snapshot_entities=1)
        app = create_app(settings_in(folder, limits=limits), clock=clock, hasher=CHEAP_HASHER)
        context: ServerContext = app.state.context
        context.password_threads = context.preparing_threads = NoThread()
        stores = [DeskStore.new() for _ in DESKS]
        with context.database.write() as session:
            for officer in (OFFICER, HOSTILE_OFFICER):
                add_user(session, officer, PASSWORD, hasher=CHEAP_HASHER, now=START)
        for store in stores:
            enrol_at(context.database, store.enrol(), now=START)
        enrol_at(context.database, HOSTILE, now=START)
        images = [store.image() for store in stores]
        with (
            closing(sqlite3.connect(":memory:", check_same_thread=False)) as beginning,
            asyncio.Runner() as runner,
            patch.object(anyio.to_thread, "run_sync", _at_once),
        ):
            stage = cls(app, folder, runner, points, clock, beginning, images, stores=stores)
            officers = dict.fromkeys((store.do(operations.device) for store in stores), NRP)
            for device, nrp in {**officers, HOSTILE: HOSTILE_OFFICER.nrp}.items():
                stage.tokens[device] = runner.run(token_for(app, nrp, device))
            runner.run(context.order.alone(lambda: None, key="stage"))  # its thread begins here, and in no test
            stage.copy_server(beginning)
            with points.watching():
                yield stage
            for store in stage.stores:
                store.close()
            context.close()

    @property
    def context(self) -> ServerContext:
        context: ServerContext = self.app.state.context
        return context

    def copy_server(self, to: sqlite3.Connection) -> None:
        with closing(sqlite3.connect(self.folder / "server.db")) as live:
            live.backup(to)

    def put_server_back(self, copy: sqlite3.Connection) -> None:
        with closing(sqlite3.connect(self.folder / "server.db")) as live:
            copy.backup(live)

    def store_with(self, image: bytes) -> DeskStore:
        store = self.stores.pop() if self.stores else DeskStore()
        store.become(image)
        return store

    def begin(self) -> None:
        self.runs += 1
        self.put_server_back(self.beginning)
        begin_order(self.context.database)
        self.server_clock.set_forward = timedelta()


_ROUND_FAULTS: Final = frozenset({FaultCode.SERVER_UNREACHABLE, FaultCode.STORE_UNWRITABLE})


class Desk:
    """A workstation with its officer. What it meets is over at the end of each method."""

    def __init__(self, stage: FaultyStage, image: bytes, name: str, *, keys: int = 0) -> None:
        self.name = name
        self.store = stage.store_with(image)
        self.clock = FakeClock(START)
        self.network = Network(stage.app)
        self.texts: set[str] = set()
        """What its officer was shown as saved."""
        self.heard_all = True
        """It has been through a whole round since the server was last put back."""
        self._stage = stage
        self._keys = keys
        """How often it was enrolled with another key under its identity."""
        self._is_copy = False
        """Its identity is another desk's, too."""
        device = self.store.use_key(self._key(self.store.do(operations.device)))
        self._token = stage.tokens.get(device, "none yet")

    def write(self, bookmark_id: str, text: str, **fields: str) -> None:
        at = self.clock.utc()
        known = self.store.do(partial(bookmarks.get, bookmark_id=bookmark_id))
        new = Bookmark(bookmark_id, "cam-1", "Gendengan", START, START + timedelta(seconds=20), START, NRP)
        value = replace(known or new, note=text, **fields)  # type: ignore[arg-type]  # a builder takes any field
        self.store.do(partial(operations.change, value=value, actor=NRP, at=at))
        self.texts.add(text)

    def report(self, incident_id: str, phone: str) -> None:
        """An incident with the telephone of who has reported it."""
        value = incident(id=incident_id, external_id=incident_id, reporter_phone=phone)
        self.store.do(partial(operations.change, value=value, actor=NRP, at=self.clock.utc()))

    def write_somehow(self, bookmark_id: str, text: str) -> None:
        """Or crash at it: then nobody was shown that it is saved."""
        try:
            self.write(bookmark_id, text)
        except Crash:
            self._stage.met["crash while writing"] += 1

    def waiting(self) -> set[str]:
        """Texts that the server has not acknowledged."""
        pending = self.store.do(partial(operations.pending, limit=10_000))
        return {text for one in pending if isinstance(text := one.fields.get("note"), str)}

    def copied(self, name: str) -> Desk:
        """Its key is in what was copied."""
        copy = Desk(self._stage, self.store.image(), name, keys=self._keys)
        copy.clock.set_forward = self.clock.set_forward
        copy._is_copy = True
        return copy

    def synchronise(self) -> bool:
        """One round, and what the program and its officer do about what it says. Whether it came to its end."""
        try:
            self._stage.runner.run(self._round())
        except Crash:
            return False
        except Fault as fault:
            self._stage.met[fault.code] += 1
            self._stage.points.disarm()
            self._answer(fault)
            return False
        self.heard_all = True
        return True

    async def _round(self) -> None:
        client = SyncClient(
            StoreReplica(store=self.store, clips=self._stage.folder, clock=self.clock),
            server_url=ADDRESS,
            token=self._token,
            clock=self.clock,
            on_state=lambda _: None,
            limits=SyncLimits(batch=3),
            personal=PersonalCourier(StorePersonal(self.store), utc=self.clock.utc),
        )
        async with Connection.open(ADDRESS, timeout_s=30, transport=self.network) as connection:
            await client.round(connection)

    def _answer(self, fault: Fault) -> None:
        match fault.code:
            case FaultCode.SIGN_IN_EXPIRED:
                self.sign_in()
            case FaultCode.WORKSTATION_COPIED:
                self.renew()  # the program is started again
            case FaultCode.DEVICE_NOT_ENROLLED:
                self.sign_in()  # the server was put back to before its enrolment
            case _ if fault.code not in _ROUND_FAULTS and not fault.retryable:
                raise fault

    def renew(self) -> None:
        """As one whose data were moved: the store takes another identity, and IT enrols it."""
        self.store.do(lambda session: operations.renew_device(session, at=self.clock.utc()))
        self._keys, self._is_copy = 0, False
        self.sign_in()

    def enrol_again(self) -> None:
        """With another key: the old one is lost."""
        self._keys += 1
        self.sign_in()

    def sign_in(self) -> None:
        """With an enrolment, if the server does not know the device or its key. Over a network that does not fail.

        A copy whose identity has got another key meanwhile is refused as another desk's, and takes its own.
        """
        device = self.store.do(operations.device)
        key = self._key(device)
        if self._is_copy and not self._is_known(device, key):
            self.renew()
            return
        if enrol_at(self._stage.context.database, device, now=self._stage.server_clock.utc(), key=key):
            self.store.enrol(key)
        self._token = self._stage.runner.run(token_for(self._stage.app, NRP, device, key=key))

    def _key(self, device: str) -> SigningKey:
        return key_of(f"{device} {self._keys}") if self._keys else key_of(device)

    def _is_known(self, device: str, key: SigningKey) -> bool:
        with self._stage.context.database.read() as session:
            current = current_key(session, device)
        return current is not None and current.public_key == key.public

    def seen(self) -> dict[str, object]:
        found = {key: self.store.do(partial(bookmarks.get, bookmark_id=key)) for key in IDS}
        return {key: fields_of(value) for key, value in found.items() if value is not None}

    def conflicts(self) -> set[str]:
        return {conflict.id for conflict in self.store.do(conflict_rows.unsettled)}

    def close(self) -> None:
        self._stage.stores.append(self.store)

    def own(self) -> tuple[Operation, ...]:
        return self.store.do(partial(operations.pending, limit=10_000))


async def token_for(app: FastAPI, nrp: str, device: str, *, key: SigningKey | None = None) -> str:
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(base_url=ADDRESS + API, transport=transport) as client:
        challenge = (await client.get("/info")).json()["challenge"]
        reply = await client.post("/sign-in", json=sign_in_content(nrp, PASSWORD, device, challenge=challenge, key=key))
        assert reply.status_code == 200, reply.text
        token: str = reply.json()["token"]
        return token
