"""A real central server as a child process, that a test can stop and start again on the same port."""

from __future__ import annotations

import hashlib
import hmac
import json
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2

from tests.enrolled import place_server_key, sign_in_at
from tests.planted import OFFICER_PASSWORD
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_sources import webhook_add
from tmcwall.commands.server_users import user_add, user_disable
from tmcwall.domain.incident import Source
from tmcwall.domain.officer import Role

NRP = "87654321"
PASSWORD = OFFICER_PASSWORD
_READY_S = 60.0
_PROGRAM = """
import sys
from pathlib import Path
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_run import run
run(ServerOptions(data_dir=Path(sys.argv[1]), port=int(sys.argv[2])))
"""


class CentralServer:
    """One officer and one source that may report incidents are set up; it does not run before `start`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0
        options = ServerOptions(data_dir=folder)
        place_server_key(options.folder / "server.key")
        user_add(options, NRP, role=Role.OPERATOR, password=PASSWORD, name="Sari Wulandari", rank="Bripka")
        self._secret = webhook_add(options, Source.CALL_112)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        command = [sys.executable, "-c", _PROGRAM, str(self.folder), str(self._port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        readable, _, _ = select.select([self._process.stdout], [], [], _READY_S)
        assert readable, "the server did not become ready"
        ready = self._process.stdout.readline().decode().strip()
        self._port = int(ready.rpartition(":")[2])

    def stop(self) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        process.terminate()
        process.wait(60)
        if process.stdout is not None:
            process.stdout.close()

    def disable_officer(self) -> None:
        user_disable(ServerOptions(data_dir=self.folder), NRP)

    def report(self, **changes: object) -> int:
        """An incident by webhook; the status of the reply."""
        body = json.dumps({
            "schema": "tmcwall.incident/1", "id": "112-1", "source": "112", "msg_type": "alert", "seq": 1,
            "sent": "2025-03-28T14:03:22+07:00", "status": "actual", "type": "kecelakaan_lalu_lintas",
            "severity": "berat", "certainty": "belum_terverifikasi",
            "location": {"lat": -7.5606, "lon": 110.8018, "accuracy_m": 50}, "text": "motor dan mobil",
        } | changes).encode()  # fmt: skip
        signature = hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Tmcwall-Signature": f"sha256={signature}", "X-Tmcwall-Timestamp": str(int(time.time()))}
        with httpx2.Client(base_url=self.url, trust_env=False) as client:
            return client.post("/api/v1/webhooks/incident", content=body, headers=headers).status_code

    def ask(self, path: str) -> Mapping[str, Any]:  # Any: JSON of the API, as an outside program reads it
        token = sign_in_at(self.folder, self.url, NRP, PASSWORD, name="test").token
        with httpx2.Client(base_url=self.url, trust_env=False) as client:
            reply = client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
        reply.raise_for_status()
        answer: Mapping[str, Any] = reply.json()
        return answer
