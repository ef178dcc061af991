"""Connections of clients that have not proved who they are, over real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from uvicorn.server import ServerState

from tests.waiting import PATIENCE_S
from tmcwall.server.connections import Unproved, listen, note_proof

HALF = b"POST /known HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n"


async def _known(request: Request) -> PlainTextResponse:
    note_proof(request)
    return PlainTextResponse(str(len(await request.body())))


async def _unknown(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def status(self) -> int:
        async with asyncio.timeout(PATIENCE_S):
            head = await self._reader.readuntil(b"\r\n\r\n")
        return int(head.split()[1])

    async def is_ended(self) -> bool:
        """Waits for that."""
        with suppress(ConnectionResetError):
            async with asyncio.timeout(PATIENCE_S):
                await self._reader.read()
        return True

    def close(self) -> None:
        self._writer.close()


Connect = Callable[[], Awaitable[Client]]


@asynccontextmanager
async def serving(unproved: Unproved) -> AsyncIterator[Connect]:
    app = Starlette(routes=[Route("/known", _known, methods=["POST"]), Route("/unknown", _unknown, methods=["POST"])])
    unproved_protocol = unproved.protocol()
    config = uvicorn.Config(app, http=unproved_protocol, log_config=None, access_log=False, lifespan="off", ws="none")
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    listener = listen("127.0.0.1", 0)
    server = await loop.create_server(
        lambda: unproved_protocol(config, server_state=state, app_state={}), sock=listener
    )
    clients: list[Client] = []

    async def connect() -> Client:
        client = Client(*await asyncio.open_connection(*listener.getsockname()))
        clients.append(client)
        return client

    try:
        yield connect
    finally:
        for client in clients:
            client.close()
        server.close()
        for protocol in list(state.connections):
            protocol.transport.abort()
        await server.wait_closed()
        if state.tasks:
            await asyncio.wait(state.tasks, timeout=PATIENCE_S)


def run(unproved: Unproved, test: Callable[[Connect], Awaitable[None]]) -> None:
    async def inner() -> None:
        async with serving(unproved) as connect:
            await test(connect)

    asyncio.run(inner())


def test_a_request_that_does_not_come_whole_is_ended() -> None:
    async def test(connect: Connect) -> None:
        silent, half, body = await connect(), await connect(), await connect()
        await half.send(HALF)
        await body.send(HALF.replace(b"known", b"unknown") + b"\r\n12345")
        assert all([await client.is_ended() for client in (silent, half, body)])

    run(Unproved(most=10, within_s=0.2), test)


def test_the_second_request_of_a_connection_has_no_more_time_than_the_first() -> None:
    async def test(connect: Connect) -> None:
        client = await connect()
        await client.send(HALF.replace(b"10", b"0") + b"\r\n")
        assert await client.status() == 200
        await client.send(HALF)
        assert await client.is_ended()

    run(Unproved(most=10, within_s=0.2), test)


def test_whoever_is_known_may_take_time_for_a_body() -> None:
    async def test(connect: Connect) -> None:
        known, stranger = await connect(), await connect()
        await known.send(HALF + b"\r\n12345")
        await stranger.send(HALF)
        assert await stranger.is_ended()
        await known.send(b"67890")
        assert await known.status() == 200

    run(Unproved(most=10, within_s=0.2), test)


def test_beyond_the_most_the_oldest_gives_way_and_whoever_asks_is_answered() -> None:
    async def test(connect: Connect) -> None:
        known = await connect()
        await known.send(HALF + b"\r\n1")
        half_open = []
        for _ in range(8):
            half_open.append(await connect())
            await half_open[-1].send(HALF)
        assert all([await client.is_ended() for client in half_open[:4]])
        asking = await connect()
        await asking.send(HALF + b"\r\n1234567890")
        assert await asking.status() == 200
        await known.send(b"234567890")
        assert await known.status() == 200

    run(Unproved(most=4, within_s=PATIENCE_S, young_s=0), test)


def test_many_that_come_in_one_moment_are_answered() -> None:
    async def test(connect: Connect) -> None:
        clients = [await connect() for _ in range(8)]
        for client in clients:
            await client.send(HALF.replace(b"10", b"0") + b"\r\n")
        assert [await client.status() for client in clients] == [200] * 8

    run(Unproved(most=4, within_s=PATIENCE_S, young_s=PATIENCE_S), test)


def test_of_those_that_come_in_one_moment_the_oldest_give_way_beyond_twice_as_many() -> None:
    async def test(connect: Connect) -> None:
        clients = [await connect() for _ in range(10)]
        assert all([await client.is_ended() for client in clients[:2]])
        await clients[-1].send(HALF.replace(b"10", b"0") + b"\r\n")
        assert await clients[-1].status() == 200

    run(Unproved(most=4, within_s=PATIENCE_S, young_s=PATIENCE_S), test)


def test_replies_are_not_held_back() -> None:
    async def test() -> int:
        accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def look(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listener = listen("127.0.0.1", 0)
        async with await asyncio.start_server(look, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            async with asyncio.timeout(PATIENCE_S):
                found = await accepted
            writer.close()
        return found

    assert asyncio.run(test()) != 0
