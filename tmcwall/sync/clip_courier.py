"""Fetches clips of other workstations whose bytes are needed here, a piece at a time, and believes none unchecked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from tmcwall.log import get_logger
from tmcwall.sync.connection import Connection, Refused, check_reply

log = get_logger(__name__)

PIECE_BYTES: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class WantedClip:
    """What the clip entity says of its bytes, and how many of them are here from an earlier round."""

    clip_id: str
    size_bytes: int
    have_bytes: int = 0


class WantedClips(Protocol):
    """What is needed here. Each method may raise Fault(STORE_*, DISK_*)."""

    def wanted(self) -> Sequence[WantedClip]: ...

    def take(self, clip_id: str, piece: bytes, *, offset: int) -> None:
        """The next piece of it."""
        ...

    def arrived(self, clip_id: str) -> bool:
        """All of it came; whether it is what was cut. If not, nothing of it stays."""
        ...


class ClipCourier:
    """A clip that the server has not got yet, or that came altered, waits for a later round."""

    def __init__(self, clips: WantedClips, *, piece_bytes: int = PIECE_BYTES) -> None:
        self._clips = clips
        self._piece_bytes = piece_bytes

    async def deliver(self, connection: Connection, token: str) -> None:
        for clip in self._clips.wanted():
            try:
                await self._fetch(connection, token, clip)
            except Refused as refused:
                if refused.retryable or refused.status == 401:
                    raise
                log.info("clip is not at the server", clip=clip.clip_id, status=refused.status)

    async def _fetch(self, connection: Connection, token: str, clip: WantedClip) -> None:
        offset = clip.have_bytes
        while offset < clip.size_bytes:
            last = min(offset + self._piece_bytes, clip.size_bytes) - 1
            reply = check_reply(
                await connection.request(
                    "GET", f"/clips/{clip.clip_id}", token=token, headers={"Range": f"bytes={offset}-{last}"}
                )
            )
            if reply.status_code != 206 or len(reply.content) != last + 1 - offset:
                log.warning("piece of a clip has another length", clip=clip.clip_id, status=reply.status_code)
                return
            self._clips.take(clip.clip_id, reply.content, offset=offset)
            offset = last + 1
        if self._clips.arrived(clip.clip_id):
            log.info("clip_fetched", clip=clip.clip_id, size_bytes=clip.size_bytes)
        else:
            log.error("clip from the server is not what was cut", clip=clip.clip_id)
