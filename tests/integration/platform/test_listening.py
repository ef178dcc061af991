"""Whoever comes while a port closes is either a connection or was never accepted; no socket is left open."""

import asyncio
import gc
import socket
import warnings

import pytest

from tmcwall.listening import accepted_the_last, stop_accepting


async def come_and_close(close, *, turns):
    """A client comes, and the port is closed so many turns of the loop later. Gives who came, and the port."""
    came = []

    class Visitor(asyncio.Protocol):
        def connection_made(self, transport):
            came.append(transport)

    server = await asyncio.get_running_loop().create_server(Visitor, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    with socket.create_connection(address):
        for _ in range(turns):
            await asyncio.sleep(0)
        await close(server)
        known = list(came)
        await asyncio.sleep(0.02)
        assert came == known
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address)
        for transport in known:
            transport.abort()


async def stop_and_wait(server):
    stop_accepting(server)
    await asyncio.sleep(0.01)


@pytest.mark.parametrize("close", [accepted_the_last, stop_and_wait])
@pytest.mark.parametrize("turns", range(6))
def test_a_port_that_closes_while_somebody_comes_leaves_no_socket_open(close, turns):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        asyncio.run(come_and_close(close, turns=turns))
        gc.collect()
    assert caught == []
