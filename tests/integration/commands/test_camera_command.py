"""`tmcwall camera test`: a stored camera is asked as the wall asks it, a URL given by hand may be on this machine."""

import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tmcwall.commands.camera import run_test
from tmcwall.db import cameras as camera_rows
from tmcwall.domain.camera import Camera
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import FaultCode
from tmcwall.paths import Paths
from tmcwall.texts import Language, Translator
from tmcwall.texts.faults import fault_text
from tmcwall.workstation import open_workstation

ENGLISH = Translator(Language.EN)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port on this machine that accepts nothing by itself."""
    with socket.create_server(("127.0.0.1", 0)) as port:
        port.setblocking(False)
        yield port


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as port:
        number: int = port.getsockname()[1]
    return number


def store_camera(data_dir: Path, *, port: int) -> None:
    """A workstation that knows `cam`, which stands on this machine."""
    with open_workstation(data_dir, clock=SystemClock()) as workstation:
        camera = Camera(id="cam", name="Simpang", url=f"rtsp://127.0.0.1:{port}/x")
        workstation.store.write(partial(camera_rows.put, cameras=[camera])).result()


def was_connected_to(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def test_a_stored_camera_where_the_settings_allow_none_is_refused_and_not_connected_to(
    tmp_path: Path, listener: socket.socket, capfd: pytest.CaptureFixture[str]
) -> None:
    store_camera(tmp_path, port=listener.getsockname()[1])
    assert run_test("cam", data_dir=tmp_path, translate=ENGLISH) == 1
    assert ENGLISH(fault_text(FaultCode.ADDRESS_FORBIDDEN)) in capfd.readouterr().out
    assert not was_connected_to(listener)


def test_a_stored_camera_where_the_settings_allow_it_is_connected_to(
    tmp_path: Path, closed_port: int, capfd: pytest.CaptureFixture[str]
) -> None:
    store_camera(tmp_path, port=closed_port)
    settings = Paths.under(tmp_path).settings
    settings.write_text(settings.read_text("utf-8").replace("allow_loopback = false", "allow_loopback = true"), "utf-8")
    assert run_test("cam", data_dir=tmp_path, translate=ENGLISH) == 1
    assert ENGLISH(fault_text(FaultCode.CONNECTION_REFUSED)) in capfd.readouterr().out


def test_a_url_given_by_hand_may_be_on_this_machine(
    tmp_path: Path, closed_port: int, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run_test(f"rtsp://127.0.0.1:{closed_port}/x", data_dir=tmp_path, translate=ENGLISH) == 1
    assert ENGLISH(fault_text(FaultCode.CONNECTION_REFUSED)) in capfd.readouterr().out
