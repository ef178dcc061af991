"""A real server process and real clients."""

import base64
import errno
import hashlib
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

import httpx2
import pytest
from tusclient.client import TusClient

from tests.enrolled import enrol_in, sign_in_content
from tests.exchange import (
    NRP,
    PASSWORD,
    WEBHOOK_SECRET,
    MemoryReplica,
    bookmark,
    clip,
    operations,
    report_body,
    report_headers,
    server_process,
)
from tests.waiting import PATIENCE_S, until
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_run import run
from tmcwall.commands.server_sources import webhook_add
from tmcwall.commands.server_upkeep import begin_epoch
from tmcwall.commands.server_users import user_add, user_disable
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.incident import Source
from tmcwall.domain.officer import Role
from tmcwall.domain.operation import Entity
from tmcwall.server.context import ServerLimits
from tmcwall.sync.account import Session, sign_out
from tmcwall.sync.client import SyncClient, SyncLimits, SyncState
from tmcwall.sync.protocol import API, OperationMessage, PushRequest
from tmcwall.sync.replica import ClipFile

QUICK = SyncLimits(interval_s=20, first_retry_s=0.05, longest_retry_s=0.2, chunk_bytes=100_000)


@pytest.fixture
def options(tmp_path: Path) -> ServerOptions:
    chosen = ServerOptions(data_dir=tmp_path / "data", port=0)
    user_add(chosen, NRP, role=Role.OPERATOR, password=PASSWORD, name="Siti Rahma", rank="Aipda")
    webhook_add(chosen, Source.CALL_112, secret=WEBHOOK_SECRET)
    return chosen


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Desk:
    """A workstation's client in a thread of its own."""

    def __init__(self, replica: MemoryReplica, url: str, token: str | None, limits: SyncLimits = QUICK) -> None:
        self.replica = replica
        self.states: list[SyncState] = []
        self._changed = threading.Condition()
        self.client = SyncClient(
            replica, server_url=url, token=token, clock=SystemClock(), on_state=self._hear, limits=limits
        )
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.client.run, args=(self._stop,))

    def _hear(self, state: SyncState) -> None:
        with self._changed:
            self.states.append(state)
            self._changed.notify_all()

    def wait_until(self, reached: Callable[[SyncState], bool]) -> SyncState:
        with self._changed:
            assert self._changed.wait_for(lambda: bool(self.states) and reached(self.states[-1]), PATIENCE_S), (
                self.states
            )
            return self.states[-1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()


@contextmanager
def asking(session: Session) -> Iterator[httpx2.Client]:
    headers = {"Authorization": f"Bearer {session.token}"}
    with httpx2.Client(base_url=session.server_url + API, headers=headers) as client:
        yield client


def in_step(state: SyncState) -> bool:
    return state.online and state.pending == 0


def tag(replica: MemoryReplica, count: int, *, first: int = 1) -> None:
    for number in range(first, first + count):
        replica.write(Entity.BOOKMARK, f"{replica.device}-b{number}", bookmark(f"{replica.device}-b{number}"))


def test_twenty_tags_made_without_the_server_arrive_once_each(options: ServerOptions) -> None:
    port = free_port()
    with server_process(options.data_dir, port=port) as server:
        session = server.sign_in(NRP, PASSWORD, device="ws1")
        assert (session.officer.name, session.officer.rank) == ("Siti Rahma", "Aipda")
        assert server.stop() == 0
    replica = MemoryReplica()
    tag(replica, 20)
    with Desk(replica, session.server_url, session.token) as desk:
        down = desk.wait_until(lambda state: state.fault is not None)
        assert (down.online, down.pending) == (False, 20)
        assert down.fault is not None
        assert down.fault.code is FaultCode.SERVER_UNREACHABLE
        with server_process(options.data_dir, port=port):
            desk.wait_until(in_step)
            with asking(session) as client:
                items = client.get("/bookmarks").json()["items"]
            assert sorted(item["id"] for item in items) == sorted(f"ws1-b{number}" for number in range(1, 21))
            assert desk.states[-1].clock_offset_ms is not None
    assert len(replica.applied) == 20


def test_nothing_acknowledged_is_lost_when_the_server_is_killed_while_pushing(options: ServerOptions) -> None:
    port = free_port()
    replica = MemoryReplica()
    tag(replica, 60)
    one_by_one = SyncLimits(batch=1, first_retry_s=0.05, longest_retry_s=0.2)
    with ExitStack() as servers:
        server = servers.enter_context(server_process(options.data_dir, port=port))
        session = server.sign_in(NRP, PASSWORD, device="ws1")
        with Desk(replica, server.url, session.token, one_by_one) as desk, asking(session) as client:
            for kept in (5, 30):
                desk.wait_until(lambda state: state.pending <= 60 - kept)
                server.kill()
                acknowledged = {str(made.id) for made in replica.own if made.number not in replica.unacknowledged}
                server = servers.enter_context(server_process(options.data_dir, port=port))
                page = client.get("/operations", params={"limit": 200}).json()
                there = [item["operation"]["id"] for item in page["operations"]]
                assert acknowledged <= set(there)
                assert len(there) == len(set(there))
            desk.wait_until(in_step)
    assert len(replica.applied) == 60


def test_an_incident_wakes_every_workstation(options: ServerOptions) -> None:
    with server_process(options.data_dir) as server:
        first, second = (
            Desk(MemoryReplica(device=name), server.url, server.sign_in(NRP, PASSWORD, device=name).token)
            for name in ("ws1", "ws2")
        )
        with first, second:
            first.wait_until(in_step)
            second.wait_until(in_step)
            body = report_body()
            headers = report_headers(body, now=SystemClock().utc())
            reply = httpx2.post(f"{server.url}{API}/webhooks/incident", content=body, headers=headers)
            assert reply.status_code == 202
            incident = (Entity.INCIDENT, reply.json()["incident_id"])
            # The timer alone would take 20 s.
            until(lambda: incident in first.replica.confirmed and incident in second.replica.confirmed)
            first.replica.write(*incident, {"status": "diverifikasi"})
            first.client.notify()
            until(lambda: second.replica.seen(*incident).get("status") == "diverifikasi")


def test_a_server_with_listening_workstations_stops_on_request(options: ServerOptions) -> None:
    with server_process(options.data_dir) as server:
        session = server.sign_in(NRP, PASSWORD, device="ws1")
        with Desk(MemoryReplica(), server.url, session.token) as desk:
            desk.wait_until(in_step)
            with asking(session) as client, client.sse("/stream"), client.sse("/stream"):
                assert server.stop() == 0


def test_an_expired_sign_in_keeps_the_queue_and_a_new_one_goes_on(options: ServerOptions) -> None:
    with server_process(options.data_dir) as server:
        session = server.sign_in(NRP, PASSWORD, device="ws1")
        sign_out(session)
        replica = MemoryReplica()
        tag(replica, 3)
        with Desk(replica, server.url, session.token) as desk:
            state = desk.wait_until(lambda state: state.fault is not None)
            assert state.fault is not None
            assert (state.fault.code, state.pending) == (FaultCode.SIGN_IN_EXPIRED, 3)
            desk.client.use_token(server.sign_in(NRP, PASSWORD, device="ws1").token)
            desk.wait_until(in_step)
        assert len(replica.applied) == 3


def test_a_wrong_password_is_refused(options: ServerOptions) -> None:
    with server_process(options.data_dir) as server:
        with pytest.raises(Fault) as refused:
            server.sign_in(NRP, "salah-sandi", device="ws1")
        assert (refused.value.code, refused.value.retryable) == (FaultCode.SIGN_IN_REFUSED, False)


def ask(client: httpx2.Client, nrp: str, password: str, name: str) -> int:
    """The status of a sign-in from that device."""
    challenge = client.get("/info").json()["challenge"]
    return client.post("/sign-in", json=sign_in_content(nrp, password, name, challenge=challenge)).status_code


@pytest.mark.parametrize(("proxies", "believed"), [(["127.0.0.0/8"], True), (["10.9.9.0/24"], False), ([], False)])
def test_only_a_trusted_proxy_says_whose_request_it_brings(
    options: ServerOptions, proxies: list[str], believed: bool
) -> None:
    with server_process(options.data_dir, trusted_proxies=proxies) as server:
        for name in ("x", "new"):
            enrol_in(options.data_dir, name)
        with httpx2.Client(base_url=server.url + API, headers={"X-Forwarded-For": "10.0.0.7"}) as stranger:
            for _ in range(ServerLimits().account_attempts):
                assert ask(stranger, NRP, "salah", "x") == 401
            assert ask(stranger, NRP, "salah", "x") == 429
        with httpx2.Client(base_url=server.url + API, headers={"X-Forwarded-For": "10.0.0.8"}) as other:
            status = ask(other, NRP, PASSWORD, "new")
    assert status == (200 if believed else 429)


def test_a_server_restored_from_a_backup_gets_back_what_it_lacks(options: ServerOptions) -> None:
    port = free_port()
    database = options.data_dir / "server" / "server.db"
    replica = MemoryReplica()
    tag(replica, 3)
    with server_process(options.data_dir, port=port) as server:
        session = server.sign_in(NRP, PASSWORD, device="ws1")
        with Desk(replica, server.url, session.token) as desk:
            desk.wait_until(in_step)
            server.stop()
            backup = database.read_bytes()
            with server_process(options.data_dir, port=port) as later:
                tag(replica, 4, first=4)
                desk.client.network_changed()
                desk.wait_until(lambda state: state.pending == 0 and len(replica.applied) == 7)
                later.stop()
            for file in database.parent.glob("server.db*"):
                file.unlink()
            database.write_bytes(backup)
            begin_epoch(options)
            with server_process(options.data_dir, port=port):
                desk.client.network_changed()
                with asking(session) as client:
                    until(lambda: len(client.get("/bookmarks").json()["items"]) == 7)
                until(lambda: len(replica.applied) == 7 and not replica.unacknowledged)


def test_a_backup_put_back_without_a_new_epoch_is_noticed_by_each_workstation(options: ServerOptions) -> None:
    database = options.data_dir / "server" / "server.db"
    first, second = MemoryReplica(), MemoryReplica(device="ws2")
    tag(first, 3)
    tag(second, 10)
    port = free_port()
    with server_process(options.data_dir, port=port) as server:
        session = server.sign_in(NRP, PASSWORD, device="ws1")
        with Desk(first, server.url, session.token) as desk:
            desk.wait_until(in_step)
            server.stop()
        backup = database.read_bytes()
    tag(first, 4, first=4)
    with server_process(options.data_dir, port=port) as server, Desk(first, server.url, session.token) as desk:
        desk.wait_until(in_step)
        until(lambda: first.position().cursor == 7)
        server.stop()
    for file in database.parent.glob("server.db*"):
        file.unlink()
    database.write_bytes(backup)
    with server_process(options.data_dir, port=port) as server:
        other = server.sign_in(NRP, PASSWORD, device="ws2")
        with Desk(second, server.url, other.token) as desk:
            desk.wait_until(in_step)
        # The order is longer than what the first workstation has read, and looks healthy by its length alone.
        with Desk(first, server.url, session.token) as desk, Desk(second, server.url, other.token) as beside:
            desk.wait_until(lambda state: in_step(state) and len(first.applied) == 17)
            beside.client.network_changed()
            until(lambda: len(second.applied) == 17)
        with asking(session) as client:
            assert len(client.get("/bookmarks", params={"limit": 200}).json()["items"]) == 17


def test_a_copied_workstation_is_told_and_still_sees_what_the_others_do(options: ServerOptions) -> None:
    with server_process(options.data_dir) as server:
        session = server.sign_in(NRP, PASSWORD, device="ws1")
        original, copied = MemoryReplica(), MemoryReplica()
        tag(original, 2)
        tag(copied, 1)
        with Desk(original, server.url, session.token) as desk:
            desk.wait_until(in_step)
        with Desk(copied, server.url, session.token) as desk:
            state = desk.wait_until(lambda state: state.fault is not None)
            assert state.fault is not None
            assert state.fault.code is FaultCode.WORKSTATION_COPIED
            assert (len(copied.applied), state.pending) == (2, 1)
            assert copied.has_forked


def tus_headers(data: bytes, clip_id: str) -> dict[str, str]:
    metadata = f"clip_id {base64.b64encode(clip_id.encode()).decode()}"
    return {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(data)), "Upload-Metadata": metadata}


def test_clips_go_up_after_the_operations_and_resume_after_a_kill(options: ServerOptions, tmp_path: Path) -> None:
    port = free_port()
    path = tmp_path / "c1.mp4"
    data = bytes(range(256)) * 20_000
    path.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    replica = MemoryReplica()
    tag(replica, 1)
    replica.write(Entity.CLIP, "c1", clip("c1", "ws1-b1", sha256=digest, size_bytes=len(data)))
    replica.write(Entity.CLIP, "c2", clip("c2", "ws1-b1", sha256=digest, size_bytes=5))
    (tmp_path / "c2.mp4").write_bytes(b"12345")
    replica.clips = [
        ClipFile("c2", tmp_path / "c2.mp4", 5, digest),
        ClipFile("c3", tmp_path / "absent.mp4", 5, digest),
        ClipFile("c1", path, len(data), digest),
    ]
    blobs = options.data_dir / "server" / "blobs"
    with server_process(options.data_dir, port=port) as server:
        session = server.sign_in(NRP, PASSWORD, device="ws1")
        with Desk(replica, server.url, session.token) as desk:
            until(lambda: any(part.stat().st_size > 100_000 for part in (blobs / "uploads").glob("*")))
            server.kill()
            with server_process(options.data_dir, port=port), asking(session) as client:
                desk.client.network_changed()
                until(lambda: [file.clip_id for file in replica.clips] == ["c2", "c3"])
                assert client.get("/clips/c1").content == data
                (blobs / "clips" / digest[:2] / digest).unlink()
                assert client.get("/clips/c1").status_code == 404
                client.head(
                    client.post("/clips", headers=tus_headers(data, "c1")).headers["location"].removeprefix(API)
                )
                desk.client.network_changed()
                until(lambda: client.get("/clips/c1").status_code == 200)
                assert client.get("/clips/c1").content == data
    assert replica.refused_clips == {"c2": "hash_differs", "c3": "FileNotFoundError"}


def test_the_upload_speaks_tus_with_a_client_of_others(options: ServerOptions, tmp_path: Path) -> None:
    data = bytes(range(256)) * 4000
    path = tmp_path / "c1.mp4"
    path.write_bytes(data)
    replica = MemoryReplica()
    tag(replica, 1)
    digest = hashlib.sha256(data).hexdigest()
    replica.write(Entity.CLIP, "c1", clip("c1", "ws1-b1", sha256=digest, size_bytes=len(data)))
    with server_process(options.data_dir) as server:
        session = server.sign_in(NRP, PASSWORD, device="ws1")
        with asking(session) as client:
            request = PushRequest(operations=tuple(OperationMessage.of(operation) for operation in replica.own))
            headers = {"Content-Type": "application/json"}
            assert client.post("/operations", content=request.model_dump_json(), headers=headers).status_code == 200
            tus = TusClient(f"{server.url}{API}/clips", headers={"Authorization": f"Bearer {session.token}"})
            upload = {"chunk_size": 200_000, "metadata": {"clip_id": "c1"}, "upload_checksum": True}
            with path.open("rb") as stream:
                uploader = tus.uploader(file_stream=stream, **upload)
                uploader.upload_chunk()
                uploader.upload_chunk()
                resumed = tus.uploader(file_stream=stream, url=uploader.url, **upload)
                assert resumed.offset == 400_000
                resumed.upload()
            assert client.get("/clips/c1").content == data


def test_a_port_in_use_is_said(options: ServerOptions) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Fault) as refused:
            run(ServerOptions(data_dir=options.data_dir, port=taken.getsockname()[1]))
    assert refused.value.code is FaultCode.PORT_IN_USE


def test_a_port_that_this_account_may_not_use_is_said(options: ServerOptions, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_socket: socket.socket, _address: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(Fault) as refused:
        run(ServerOptions(data_dir=options.data_dir, port=443))
    assert refused.value.code is FaultCode.PORT_FORBIDDEN


def test_there_is_no_account_until_one_is_made(tmp_path: Path) -> None:
    with server_process(tmp_path) as server:
        enrol_in(tmp_path, "ws1")
        with httpx2.Client(base_url=server.url + API) as client:
            for nrp, password in (("admin", "admin"), ("admin", ""), ("root", "root"), ("server", "server")):
                assert ask(client, nrp, password, "ws1") in {400, 401}


def test_accounts_are_checked_when_they_are_made(options: ServerOptions) -> None:
    cases = [
        ("80010002", "pendek", DomainCode.PASSWORD_WEAK),
        ("80010002", "80010002", DomainCode.PASSWORD_WEAK),
        (NRP, PASSWORD, DomainCode.NAME_TAKEN),
        ("server", PASSWORD, DomainCode.FIELD_INVALID),
        ("a b", PASSWORD, DomainCode.FIELD_INVALID),
    ]
    for nrp, password, code in cases:
        with pytest.raises(DomainError) as refused:
            user_add(options, nrp, role=Role.OPERATOR, password=password)
        assert refused.value.code is code
    with pytest.raises(DomainError):
        user_disable(options, "absent")
    assert len(webhook_add(options, Source.LIBAS)) >= 40


def test_a_stranger_on_the_port_is_not_taken_for_the_server(options: ServerOptions) -> None:
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as web:
        assert web.stdout is not None
        port = web.stdout.readline().split("port ")[1].split()[0]
        replica = MemoryReplica()
        tag(replica, 1)
        with Desk(replica, f"http://127.0.0.1:{port}", "token") as desk:
            state = desk.wait_until(lambda state: state.fault is not None)
            assert state.fault is not None
            assert (state.fault.code, state.pending) == (FaultCode.SERVER_INCOMPATIBLE, 1)
        web.send_signal(signal.SIGKILL)


def test_a_client_stops_while_the_server_is_silent() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with Desk(MemoryReplica(), f"http://127.0.0.1:{silent.getsockname()[1]}", "token"):
            connection, _ = silent.accept()
            connection.recv(10)
    connection.close()


def test_operations_of_the_test_are_a_chain() -> None:
    first, second = operations(2)
    assert second.previous_hash == first.hash
