"""The server under a service manager: it says when it is ready and that it lives, and logs as JSON."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tmcwall.service_manager import ServiceManager

UNIT = Path(__file__).parents[3] / "packaging" / "tmcwall-server.service"


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """Where a service manager listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(60)
        yield listener


def test_a_server_says_ready_alive_and_stopping_and_logs_json_with_the_requests_name(
    manager: socket.socket, tmp_path: Path
) -> None:
    told = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "400000"}
    words = ["server", "run", "--port", "0", "--data-dir", str(tmp_path / "data"), "--log-format", "json"]
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tmcwall", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **told},
    )
    try:
        assert process.stdout is not None
        ready = process.stdout.readline().split()
        assert manager.recv(100) == b"READY=1"
        assert manager.recv(100) == b"WATCHDOG=1"
        assert manager.recv(100) == b"WATCHDOG=1"
        with httpx2.Client(base_url=ready[1], trust_env=False) as client:
            reply = client.post("/api/v1/webhooks/incident?secret=rahasia-4711", content=b"{}")
        assert reply.status_code == 401
        process.send_signal(signal.SIGTERM)
        heard = {manager.recv(100)}
        while b"STOPPING=1" not in heard:
            heard.add(manager.recv(100))
        _, logged = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    lines = [json.loads(line) for line in logged.splitlines()]
    assert "started" in {line["event"] for line in lines}
    assert len(reply.headers["x-request-id"]) == 32
    assert "rahasia-4711" not in logged


def test_an_abstract_address_is_spoken_to_and_a_wrong_one_costs_nothing() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(f"\0tmcwall-test-{os.getpid()}-{time.monotonic_ns()}")
        listener.settimeout(10)
        name = listener.getsockname()[1:].decode()
        ServiceManager(f"@{name}").ready()
        assert listener.recv(100) == b"READY=1"
    ServiceManager(f"@{name}").ready()
    ServiceManager("").alive()


def test_its_variables_are_taken_out_of_the_environment_and_a_watchdog_of_another_process_is_none_of_ours() -> None:
    environment = {"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid()), "LANG": "C"}
    assert ServiceManager.from_environment(environment).alive_every_s == 15
    assert environment == {"LANG": "C"}
    assert ServiceManager.from_environment({**environment, "WATCHDOG_USEC": "1000000"}).alive_every_s is None
    others = {"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}
    assert ServiceManager.from_environment(others).alive_every_s is None


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_reads_the_unit_without_a_complaint(tmp_path: Path) -> None:
    program = tmp_path / "tmcwall"
    program.touch(mode=0o755)
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text("utf-8").replace("/usr/bin/tmcwall", str(program)))
    verify = ["systemd-analyze", "verify", str(unit)]
    checked = subprocess.run(verify, check=False, capture_output=True, text=True, timeout=60)
    ours = [line for line in checked.stderr.splitlines() if UNIT.name in line]
    assert (checked.returncode, ours) == (0, [])
