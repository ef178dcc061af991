"""By which request a camera's session is kept alive, and which of them a camera does not bear."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from tmcwall.net.reach import address_of
from tmcwall.video.ipc.messages import StreamUrl


class KeepAlive(StrEnum):
    """The method of the request, the best first. The reports of what was received go out beside it in any case."""

    GET_PARAMETER = "GET_PARAMETER"
    OPTIONS = "OPTIONS"
    SET_PARAMETER = "SET_PARAMETER"
    NONE = ""
    """No request: only those reports."""


_ALWAYS: Final = frozenset({KeepAlive.OPTIONS, KeepAlive.NONE})
"""Not named by every camera that takes it (RFC 2326 section 10.1 asks all to)."""


class KeepAliveHistory:
    """For all streams of an engine, as long as it runs.

    A camera that left a request without an answer, or answered by closing the connection, is not sent it again.
    """

    def __init__(self) -> None:
        self._failed: dict[tuple[str, str], set[KeepAlive]] = {}

    def method(self, camera: str, source: StreamUrl, *, public: Collection[str]) -> KeepAlive:
        """The best that has not failed, of those that the camera names in `Public` where it names any."""
        failed = self._failed.get(_key(camera, source), set())
        return next(
            one for one in KeepAlive
            if one is KeepAlive.NONE or (one not in failed and (not public or one in public or one in _ALWAYS))
        )  # fmt: skip

    def failed(self, camera: str, source: StreamUrl, method: KeepAlive) -> None:
        self._failed.setdefault(_key(camera, source), set()).add(method)


def _key(camera: str, source: StreamUrl) -> tuple[str, str]:
    return camera, address_of(source.url).key
