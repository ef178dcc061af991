"""An engine as the desktop program starts it, with its reports collected by a thread."""

import mmap
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np

from tests.waiting import until
from tmcwall.domain.camera import RecordPolicy
from tmcwall.video.ipc.messages import REPORTS, DropCameras, Live, PutCameras, ShowTile, StreamReport, StreamUrl, pack
from tmcwall.video.ipc.pipes import BlockingWriter, read_frames
from tmcwall.video.ipc.processes import engine_command
from tmcwall.video.ipc.shared_frames import MAX_TILES, MEMORY_BYTES, TILE


def camera(name, url, *, sub=None, record=RecordPolicy.OFF, turns=False, **login):
    """`login` is what StreamUrl takes beside the URL."""
    return Live(
        camera=name,
        main=StreamUrl(url=url, **login),
        sub=StreamUrl(url=sub, **login) if sub else None,
        record=RecordPolicy(record),
        turns=turns,
    )


class EngineProcess:
    """Starts on entering, ends on leaving."""

    def __init__(
        self, recordings: Path, *, decoders=1, keep_s=600.0, keep_bytes=1 << 30, slot_bytes=640 * 360 * 4, program=None
    ):
        """`program` is run in the engine's place, with the engine's arguments."""
        self._program = program
        self._recordings = recordings
        self._count = decoders
        self._keep_s = keep_s
        self._keep_bytes = keep_bytes
        self._slot_bytes = slot_bytes
        self.reports = []
        self._cameras = set()

    def __enter__(self):
        self.tile_memory = [os.memfd_create(f"tmcwall-test-{number}") for number in range(self._count)]
        self.maps = []
        for memory in self.tile_memory:
            os.ftruncate(memory, MEMORY_BYTES)
            self.maps.append(mmap.mmap(memory, MAX_TILES * TILE.itemsize))
        self.tiles = [np.frombuffer(mapped, dtype=TILE) for mapped in self.maps]
        command = engine_command(
            tile_memory=self.tile_memory, recordings=self._recordings, keep_s=self._keep_s, keep_bytes=self._keep_bytes
        )
        if self._program is not None:
            command = [sys.executable, str(self._program), *command[3:]]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=self.tile_memory, bufsize=0
        )
        self._writer = BlockingWriter(self.process.stdin.fileno())
        self._thread = threading.Thread(target=self._read)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if not self.process.stdin.closed:
            self.process.stdin.close()
            self.process.wait(timeout=120)
            self._thread.join()
            self.process.stdout.close()
            del self.tiles
            for mapped in self.maps:
                mapped.close()
            for memory in self.tile_memory:
                os.close(memory)

    def _read(self):
        for _, body in read_frames(self.process.stdout.fileno()):
            self.reports.append(REPORTS.decode(body))

    def send(self, *messages):
        for message in messages:
            self._writer.write(pack(message))

    def set_cameras(self, *cameras):
        """These and no others."""
        gone = self._cameras - {one.camera for one in cameras}
        self._cameras = {one.camera for one in cameras}
        self.send(DropCameras(sorted(gone)), PutCameras(list(cameras)))

    def show(
        self, name, *, tile=0, decoder=0, profile=None, size=(320, 180), generation=1, priority=False, visible=True
    ):
        offset = 1 << 20
        self.send(
            ShowTile(
                tile=tile,
                decoder=decoder,
                camera=name,
                generation=generation,
                offset=offset + tile * 4 * self._slot_bytes,
                width=size[0],
                height=size[1],
                profile=profile,
                priority=priority,
                visible=visible,
            )
        )

    def wait_for(self, kind, *, where=lambda report: True, since=0):
        """The first report of that kind."""
        return until(lambda: next((r for r in self.reports[since:] if isinstance(r, kind) and where(r)), None))

    def wait_for_fault(self, name, code):
        return self.wait_for(StreamReport, where=lambda r: r.camera == name and r.fault is code)

    def pictures(self, tile=0, decoder=0):
        return int(self.tiles[decoder][tile]["sequence"])
