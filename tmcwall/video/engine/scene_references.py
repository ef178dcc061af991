"""Where the references of views are kept: one small file a stream, written and read beside the engine's loop."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

from tmcwall.domain.camera import Profile
from tmcwall.durable import replace_file
from tmcwall.video.ipc.messages import LARGEST_VIEW
from tmcwall.video.sessions.access_unit_source import StreamKey

log = logging.getLogger(__name__)


class SceneReferences:
    """For the engine's loop; never waits. What the files hold is the decoders' business (`SceneReference`)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="views")
        self._closed = False
        self._lock = threading.Lock()
        self._waiting: dict[StreamKey, bytes | None] = {}
        """The newest of each stream that is not written yet; None: to be deleted."""
        self._forgotten: Counter[str] = Counter()
        """How often each camera's references were forgotten: one that was read before is passed on no more."""

    def fetch(self, key: StreamKey, then: Callable[[bytes], None]) -> None:
        """Call `then` with what is kept for a stream, if anything is."""
        if self._closed:
            return
        before = self._forgotten[key.camera]
        reading = asyncio.get_running_loop().run_in_executor(self._thread, self._read, self._path(key))

        def done(read: asyncio.Future[bytes]) -> None:
            if not read.cancelled() and read.result() and self._forgotten[key.camera] == before:
                then(read.result())

        reading.add_done_callback(done)

    def keep(self, key: StreamKey, view: bytes) -> None:
        """Keep the reference of a stream, instead of any earlier one."""
        self._put(key, view)

    def forget(self, camera: str, then: Callable[[], None]) -> None:
        """Keep nothing of a camera: its views are learnt anew. `then` is called once nothing is left."""
        self._forgotten[camera] += 1
        for profile in Profile:
            self._put(StreamKey(camera, profile), None)
        if self._closed:
            return
        looking = asyncio.get_running_loop().run_in_executor(self._thread, self._nothing_left, camera)

        def done(nothing_left: asyncio.Future[bool]) -> None:
            if not nothing_left.cancelled() and nothing_left.result():
                then()

        looking.add_done_callback(done)

    def close(self) -> None:
        """What waits is still written, if there is time."""
        self._closed = True
        self._thread.shutdown(wait=False)

    def _put(self, key: StreamKey, view: bytes | None) -> None:
        with self._lock:
            queued = key in self._waiting
            self._waiting[key] = view
        if not queued and not self._closed:
            self._thread.submit(self._write, key)

    def _write(self, key: StreamKey) -> None:
        with self._lock:
            view = self._waiting.pop(key)
        try:
            if view is None:
                self._path(key).unlink(missing_ok=True)
            else:
                replace_file(self._path(key), view)
        except OSError as error:
            log.warning("reference of camera=%s profile=%s not kept: %s", *key, error.strerror)

    def _read(self, path: Path) -> bytes:
        try:
            with path.open("rb") as file:
                return file.read(LARGEST_VIEW)
        except OSError:
            return b""

    def _nothing_left(self, camera: str) -> bool:
        return not any(self._path(StreamKey(camera, profile)).exists() for profile in Profile)

    def _path(self, key: StreamKey) -> Path:
        return self._folder / f"{quote(key.camera, safe='')[:200]}-{quote(key.profile, safe='')}.view"
