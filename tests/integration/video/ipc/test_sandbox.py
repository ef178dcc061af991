import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.ipc.fd_passing import FdReceiver, FdSender
from tmcwall.video.ipc.processes import decoder_environment
from tmcwall.video.ipc.sandbox import Lock, filters_calls

linux_only = pytest.mark.skipif(
    not filters_calls(), reason="the filter of system calls is not written for this machine"
)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What a locked-in process could do with a file, a listener, a descriptor and its parent within reach."""
    folder = tmp_path_factory.mktemp("treasure")
    (folder / "secret").write_text("of no concern to a decoder")
    leaked = os.open(folder / "secret", os.O_RDONLY)
    try:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            command = [
                sys.executable,
                (Path(__file__).parents[1] / "confined_probe.py"),
                port,
                os.getpid(),
                folder,
                leaked,
            ]
            found = subprocess.run(
                [str(part) for part in command],
                check=True,
                capture_output=True,
                pass_fds=[leaked],
                env=decoder_environment(),
                timeout=300,
            )
    finally:
        os.close(leaked)
    assert (folder / "secret").exists()
    return json.loads(found.stdout)


@linux_only
def test_a_decoder_locks_itself_in_with_all_that_the_kernel_has(outcomes):
    assert set(outcomes["locks"]) == set(Lock)


@linux_only
@pytest.mark.parametrize(
    "attempt",
    [
        "read a file",
        "write a file",
        "read /proc",
        "list a folder",
        "remove a file",
        "connect",
        "bind",
        "send by UDP",
        "reach a local socket",
        "make a socket pair",
        "exec",
        "fork",
        "signal another process",
        "trace",
        "read another's memory",
        "load a kernel program",
        "mount",
        "unshare",
        "make a memory file",
        "use io_uring",
    ],
)
def test_a_locked_in_decoder_cannot(outcomes, attempt):
    assert outcomes["outcomes"][attempt] in {"EPERM", "EACCES"}


@linux_only
def test_a_locked_in_decoder_keeps_no_descriptor_that_was_not_meant_for_it(outcomes):
    assert outcomes["outcomes"]["use an inherited descriptor"] == "EBADF"


@linux_only
def test_a_locked_in_decoder_can_compute_in_threads(outcomes):
    assert outcomes["outcomes"]["work in a thread"] == "done"


def with_device(tmp_path, *, works):
    """What a process could do that locked itself in with a device: while its driver was loaded, and then."""
    (tmp_path / "secret").write_text("of no concern to a driver")
    program = Path(__file__).parents[1] / "confined_with_device.py"
    command = [sys.executable, str(program), "works" if works else "fails", str(tmp_path)]
    found = subprocess.run(command, check=True, capture_output=True, env=decoder_environment(), timeout=300)
    return json.loads(found.stdout)


REFUSED = {"EPERM", "EACCES"}


@linux_only
def test_a_driver_is_loaded_behind_a_lock(tmp_path):
    before = with_device(tmp_path, works=True)["before"]
    assert before["read a library's folder"] == before["open the device"] == "done"
    assert {before["read a file"], before["write a file"]} <= REFUSED


@linux_only
def test_a_decoder_with_a_device_can_open_that_and_nothing_else(tmp_path):
    found = with_device(tmp_path, works=True)
    assert found["after"].pop("open the device") == "done"
    assert set(found["after"].values()) <= REFUSED
    assert set(found["locks"]) == set(Lock)


@linux_only
def test_a_decoder_whose_device_does_not_work_is_locked_in_as_without_one(tmp_path):
    found = with_device(tmp_path, works=False)
    assert set(found["after"].values()) <= REFUSED
    assert set(found["locks"]) == set(Lock)


@pytest.fixture
def fd_channel():
    fd_channel = FdSender()
    end = FdReceiver(os.dup(fd_channel.inherited), limit_s=0.2)
    fd_channel.started()
    yield fd_channel, end
    fd_channel.close()
    end.close()


def test_a_file_comes_by_the_channel_under_its_number(fd_channel, tmp_path):
    engine, decoder = fd_channel
    for number in (1, 2):
        (tmp_path / str(number)).write_text(f"film {number}")
        engine.hand_file(number, tmp_path / str(number))
    with decoder.take_file(2) as film:
        assert film.read() == b"film 2"


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe"])
def test_what_is_no_file_does_not_come_by_the_channel(fd_channel, tmp_path, kind):
    engine, decoder = fd_channel
    path = tmp_path / kind
    {"missing": lambda path: None, "folder": Path.mkdir, "pipe": os.mkfifo}[kind](path)
    engine.hand_file(1, path)
    with pytest.raises(Fault) as raised:
        decoder.take_file(1)
    assert raised.value.code is FaultCode.FILE_UNREADABLE


def test_a_channel_without_a_file_is_waited_for_only_so_long(fd_channel):
    with pytest.raises(Fault):
        fd_channel[1].take(1)
