"""Clips of other workstations come in pieces, and none is believed that is not what was cut."""

import asyncio
import re
from collections.abc import Sequence

import httpx2
import pytest

from tmcwall.domain.fault import Fault
from tmcwall.sync.clip_courier import ClipCourier, WantedClip
from tmcwall.sync.connection import Connection

DATA = bytes(range(256)) * 5


class Wanted:
    """`sync.clip_courier.WantedClips` in memory."""

    def __init__(self, have: bytes = b"") -> None:
        self.data = have
        self.whole: list[bool] = []

    def wanted(self) -> Sequence[WantedClip]:
        return () if self.whole else (WantedClip("k1", len(DATA), len(self.data)),)

    def take(self, clip_id: str, piece: bytes, *, offset: int) -> None:
        self.data = self.data[:offset] + piece

    def arrived(self, clip_id: str) -> bool:
        self.whole.append(self.data == DATA)
        return self.whole[-1]


class Server:
    def __init__(self, data: bytes = DATA, *, status: int = 206) -> None:
        self.data = data
        self.status = status
        self.asked: list[str] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        wanted = request.headers["range"]
        self.asked.append(wanted)
        if self.status != 206:
            return httpx2.Response(self.status, json={})
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", wanted)
        assert found is not None
        return httpx2.Response(206, content=self.data[int(found[1]) : int(found[2]) + 1])


def deliver(server: Server, clips: Wanted) -> None:
    async def round_() -> None:
        transport = httpx2.MockTransport(server)
        async with Connection.open("https://tmc.example", timeout_s=5, transport=transport) as connection:
            await ClipCourier(clips, piece_bytes=500).deliver(connection, "token")

    asyncio.run(round_())


def test_a_clip_comes_in_pieces_and_is_looked_at_when_it_is_whole() -> None:
    clips, server = Wanted(), Server()
    deliver(server, clips)
    assert (clips.data, clips.whole) == (DATA, [True])
    assert server.asked == ["bytes=0-499", "bytes=500-999", "bytes=1000-1279"]


def test_what_came_in_an_earlier_round_is_not_asked_for_again() -> None:
    clips, server = Wanted(DATA[:1000]), Server()
    deliver(server, clips)
    assert (clips.whole, server.asked) == ([True], ["bytes=1000-1279"])


def test_bytes_that_were_altered_are_not_believed() -> None:
    clips = Wanted()
    deliver(Server(DATA[:-1] + b"x"), clips)
    assert clips.whole == [False]


def test_a_piece_of_another_length_ends_the_round() -> None:
    clips = Wanted()
    deliver(Server(DATA[:700]), clips)
    assert (len(clips.data), clips.whole) == (500, [])


def test_a_clip_that_the_server_has_not_got_waits_and_holds_nobody_up() -> None:
    clips = Wanted()
    deliver(Server(status=404), clips)
    assert (clips.data, clips.whole) == (b"", [])


def test_an_expired_session_ends_the_round() -> None:
    with pytest.raises(Fault):
        deliver(Server(status=401), Wanted())
