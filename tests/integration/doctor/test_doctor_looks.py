"""The doctor at real things: a server over TLS, cameras on the network, an open store, and a vault that is lost."""

import json
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.exchange import NRP, PASSWORD
from tests.integration.video.certificates import DAY, Office
from tmcwall.cameras.logins import CameraLogins, Login
from tmcwall.cameras.vault import open_vault
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_upkeep import back_up
from tmcwall.commands.server_users import user_add
from tmcwall.db import cameras as camera_rows
from tmcwall.db.inspection import inspect_store, private_words
from tmcwall.db.store import Store
from tmcwall.doctor import examination
from tmcwall.doctor.camera_check import camera_findings
from tmcwall.doctor.finding import Status
from tmcwall.doctor.server_check import look_at_server
from tmcwall.domain.address import AddressRule
from tmcwall.domain.camera import Camera
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.officer import Role
from tmcwall.domain.station_zone import StationZone
from tmcwall.paths import Paths
from tmcwall.settings import Settings
from tmcwall.sync.protocol import PROTOCOL
from tmcwall.texts import doctor as words

ANYWHERE = AddressRule.anywhere()


class _Info(BaseHTTPRequestHandler):
    protocol_number = PROTOCOL
    ahead = timedelta()

    def do_GET(self) -> None:
        now = datetime.now(UTC) + self.ahead
        info = {
            "product": "tmcwall", "version": "0.2.0", "protocol": self.protocol_number,
            "oldest_protocol": self.protocol_number, "schema_version": 1, "time": now.isoformat(),
        }  # fmt: skip
        content = json.dumps(info).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing on the screen."""


Serve = Callable[..., str]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def serve(office: Office) -> Iterator[Serve]:
    """Call it to have a server that says its version and time, over TLS; its address."""
    with ExitStack() as stack:

        def start(*, age: timedelta = DAY, **info: object) -> str:
            handler = type("Info", (_Info,), info)
            server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), handler))
            context, _ = office.camera("server", age=age)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            return f"https://127.0.0.1:{server.server_address[1]}"

        yield start


def look(url: str, office: Office | None = None):
    trust = ssl.create_default_context(cafile=office.file) if office else None
    return look_at_server(url, clock=SystemClock(), trust=trust)


def test_a_server_that_the_office_vouches_for_is_well_with_its_last_day(serve: Serve, office: Office) -> None:
    seen = look(serve(), office)
    assert seen.fault is None
    assert seen.certificate_ends is not None
    assert timedelta(days=27) < seen.certificate_ends - datetime.now(UTC) < timedelta(days=30)
    assert seen.version == "0.2.0"
    assert abs(seen.clock_offset_ms or 0) < 60_000


def test_a_server_that_nobody_vouches_for_or_whose_certificate_has_ended_is_not_trusted(
    serve: Serve, office: Office
) -> None:
    for seen in (look(serve()), look(serve(age=31 * DAY), office)):
        assert seen.fault is not None
        assert seen.fault.code is FaultCode.TLS_UNTRUSTED


def test_a_server_of_another_protocol_and_a_clock_that_is_ahead_are_seen(serve: Serve, office: Office) -> None:
    seen = look(serve(protocol_number=PROTOCOL + 1), office)
    assert seen.fault is not None
    assert seen.fault.code is FaultCode.SERVER_INCOMPATIBLE
    assert (look(serve(ahead=timedelta(hours=1)), office).clock_offset_ms or 0) > 3_000_000


def test_a_server_that_does_not_answer_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as port:
        closed = port.getsockname()[1]
    seen = look(f"http://127.0.0.1:{closed}")
    assert seen.fault is not None
    assert seen.fault.code is FaultCode.SERVER_UNREACHABLE


def test_cameras_are_connected_to_once_a_host_and_nothing_is_said_to_them() -> None:
    with socket.create_server(("127.0.0.1", 0)) as camera, socket.create_server(("127.0.0.1", 0)) as other:
        urls = [f"rtsp://127.0.0.1:{camera.getsockname()[1]}/{stream}" for stream in ("main", "sub")]
        closed = other.getsockname()[1]
        other.close()
        (found,) = camera_findings([*urls, f"rtsp://127.0.0.1:{closed}/main"], ANYWHERE)
        connection, _ = camera.accept()
        with connection:
            assert connection.recv(1) == b""
        camera.setblocking(False)
        with pytest.raises(BlockingIOError):
            camera.accept()
    assert found.status is Status.WARN
    assert (found.facts["reached"], found.facts["asked"]) == (1, 2)
    assert found.facts["first"] == f"127.0.0.1:{closed}"


def test_an_address_that_the_settings_do_not_allow_is_not_tried() -> None:
    with socket.create_server(("127.0.0.1", 0)) as camera:
        camera.setblocking(False)
        url = f"rtsp://127.0.0.1:{camera.getsockname()[1]}/main"
        (found,) = camera_findings([url], AddressRule.of(["10.0.0.0/8"]))
        with pytest.raises(BlockingIOError):
            camera.accept()
    assert found.facts["reason"] == "address_forbidden"


def test_where_there_are_no_cameras_there_is_nothing_to_say() -> None:
    assert list(camera_findings([], ANYWHERE)) == []


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "tmcwall.db"
    store = Store(path, clock=SystemClock())
    camera = Camera(id="cam", name="Simpang", url="rtsp://10.0.0.1/a", substream_url="rtsp://kamera.lokal/b")
    store.write(partial(camera_rows.put, cameras=[camera])).result()
    store.close()
    return path


def test_a_store_is_looked_into_while_its_program_runs_and_when_it_rests(database: Path) -> None:
    store = Store(database, clock=SystemClock())
    while_running = inspect_store(database, check_s=5)
    store.close()
    files = sorted(path.name for path in database.parent.iterdir())
    resting = inspect_store(database, check_s=5)
    assert while_running.counts == resting.counts
    assert resting.counts["cameras"] == 1
    assert resting.camera_urls == ("rtsp://10.0.0.1/a", "rtsp://kamera.lokal/b")
    assert resting.chain_break is None
    assert not resting.migration_due
    assert private_words(database).hosts == {"10.0.0.1", "kamera.lokal"}
    assert sorted(path.name for path in database.parent.iterdir()) == files


def test_a_damaged_store_is_a_failure_in_words(database: Path, tmp_path: Path) -> None:
    database.write_bytes(b"not a database" * 1000)
    with pytest.raises(Fault) as caught:
        inspect_store(database, check_s=5)
    assert caught.value.code is FaultCode.STORE_CORRUPT
    found = examination._store(Paths.under(tmp_path / "data"), limit_s=60)
    assert isinstance(found, dict)
    assert str(found["fault"]).startswith("store_corrupt")


def test_the_database_of_a_server_that_keeps_its_data_here_is_checked_with_the_age_of_its_backup(
    tmp_path: Path,
) -> None:
    def looked_at(later: timedelta = timedelta()) -> list[tuple[str, Status]]:
        now = SystemClock().utc() + later
        found = examination._server_store(Paths.under(tmp_path), now=now, zone=StationZone.WIB, limit_s=60)
        return [(finding.check, finding.status) for finding in found]

    assert looked_at() == []
    options = ServerOptions(data_dir=tmp_path)
    user_add(options, NRP, role=Role.OPERATOR, password=PASSWORD)
    assert looked_at() == [("server_store", Status.OK), ("server_backup", Status.WARN)]
    back_up(options, tmp_path / "cadangan.db")
    assert looked_at() == [("server_store", Status.OK), ("server_backup", Status.OK)]
    assert looked_at(timedelta(days=4)) == [("server_store", Status.OK), ("server_backup", Status.WARN)]
    for file in options.folder.glob("server.db*"):
        file.write_bytes(b"rusak" * 4000)
    assert looked_at() == [("server_store", Status.FAIL)]


def test_a_vault_that_is_lost_is_a_failure_and_stays_where_it_is(tmp_path: Path) -> None:
    key = tmp_path / "kunci"
    key.write_bytes(bytes(range(48)))
    key.chmod(0o600)
    paths, settings = Paths.under(tmp_path / "data"), Settings(vault_key_file=key)
    open_vault(paths.vault, key_file=key, keyring=lambda: None).put(
        {"cam": CameraLogins(Login("10.0.0.1", "petugas", "x"))}
    )
    assert examination._vault(paths, settings, 60).status is Status.OK
    key.write_bytes(bytes(48))
    lost = examination._vault(paths, settings, 60)
    assert (lost.status, lost.text) == (Status.FAIL, words.VAULT_LOST)
    assert paths.vault.exists()


def test_a_key_file_that_cannot_be_reached_is_a_failure_in_words(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("")
    settings = Settings(vault_key_file=tmp_path / "berkas" / "kunci")
    found = examination._vault(Paths.under(tmp_path / "data"), settings, 60)
    assert found.status is Status.FAIL
    assert "Not a directory" in str(found.facts["reason"])


ONLY_A_SERVER = """
import sys

class NoDesktop:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"PySide6", "av", "cv2", "numpy", "keyring", "miniaudio", "openpyxl", "wakepy"}:
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, NoDesktop())
import tmcwall.commands.doctor
"""


def test_the_doctor_starts_where_the_desktops_libraries_are_not_installed() -> None:
    ended = subprocess.run([sys.executable, "-c", ONLY_A_SERVER], capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr
