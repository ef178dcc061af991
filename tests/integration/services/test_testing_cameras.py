"""Many cameras tested at once, as the register does: real connections, told camera by camera, ended at once."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec
import pytest

from tests.city_in_a_thread import SimServer
from tests.unit.services.test_camera_register import MemoryVault
from tmcwall.db import cameras as camera_rows
from tmcwall.db import oversight
from tmcwall.db.store import Store
from tmcwall.domain.address import AddressRule
from tmcwall.domain.camera import Camera
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import DomainCode, DomainError, FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.domain.oversight import OversightAction
from tmcwall.services import camera_requests as requests
from tmcwall.services.camera_register import Asking, CameraRegister, StreamTest

pytest_plugins = ["tests.cameras"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "tmcwall.db", clock=SystemClock())
    yield store
    store.close()


@pytest.fixture
def register(store: Store) -> CameraRegister:
    asking = Asking(rule=AddressRule.anywhere(), fingerprints={})
    return CameraRegister(store=store, vault=MemoryVault(), asking=asking, clock=SystemClock())


def keep(store: Store, *cameras: Camera) -> list[str]:
    store.write(lambda session: camera_rows.put(session, cameras)).result(10)
    return [camera.id for camera in cameras]


def test_every_stream_of_many_cameras_is_tried_and_told(
    store: Store, register: CameraRegister, cameras: Callable[..., SimServer], tiny_clip: Path
) -> None:
    city = cameras("CAM-1", clip=tiny_clip)
    with socket.create_server(("127.0.0.1", 0)) as port:
        closed = port.getsockname()[1]
    works = Camera("CAM-1", "Hidup", city.url("CAM-1"), substream_url=f"rtsp://127.0.0.1:{closed}/sub")
    dead = [Camera(f"MATI-{number}", "Mati", f"rtsp://127.0.0.1:{closed}/x") for number in range(6)]
    ids = keep(store, works, *dead)
    told: list[Sequence[StreamTest]] = []
    register.test(ids, on_tested=told.append, stop=threading.Event())
    found = {(stream.camera, stream.profile): stream for streams in told for stream in streams}
    assert len(told) == 7
    assert found["CAM-1", "main"].seen is not None
    assert {stream.fault for key, stream in found.items() if key != ("CAM-1", "main")} == {FaultCode.CONNECTION_REFUSED}


@pytest.mark.timeout(60)
def test_a_test_that_is_cancelled_ends_although_cameras_are_silent(store: Store, register: CameraRegister) -> None:
    stop = threading.Event()
    told: list[Sequence[StreamTest]] = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"rtsp://127.0.0.1:{silent.getsockname()[1]}/x"
        ids = keep(store, *(Camera(f"DIAM-{number}", "Diam", url) for number in range(50)))

        def cancel_once_connected() -> None:
            silent.accept()[0].close()
            stop.set()

        watching = threading.Thread(target=cancel_once_connected)
        watching.start()
        register.test(ids, on_tested=told.append, stop=stop)
        watching.join()
    assert len(told) < len(ids)


def test_the_running_program_saves_the_picture_itself_and_its_reply_tells_what_was_seen(
    store: Store, register: CameraRegister, cameras: Callable[..., SimServer], tiny_clip: Path, tmp_path: Path
) -> None:
    city = cameras("CAM-1", clip=tiny_clip)
    city.control.fault("CAM-1", "odd:padding")
    keep(store, Camera("CAM-1", "Hidup", city.url("CAM-1")))
    picture = tmp_path / "CAM-1.png"
    reply = requests.tested(register, requests.RunCameraTest(("CAM-1",), str(picture)))
    (stream,) = msgspec.json.decode(msgspec.json.encode(reply), type=requests.CameraTestReport).streams
    assert stream.picture
    assert picture.read_bytes().startswith(b"\x89PNG")
    (row,) = store.read(partial(oversight.pending, limit=9)).result(10)
    assert (row.action, row.camera, row.officer[:3]) == (OversightAction.PICTURE_TAKEN, "CAM-1", "os:")
    assert stream.seen is not None
    assert [one.oddity for one in stream.seen.oddities] == [Oddity.PADDING]
    with pytest.raises(DomainError) as refused:
        requests.tested(register, requests.RunCameraTest(("CAM-1",), str(picture)))
    assert refused.value.code is DomainCode.OUTPUT_EXISTS
