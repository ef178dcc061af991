"""Asking the central server who watched which camera. Waits for the network: not for the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx2

from tmcwall.durable import disk_fault
from tmcwall.private_files import open_private
from tmcwall.sync.connection import USER_AGENT, check_reply, check_server_url, fault_of_transport, parse_reply
from tmcwall.sync.oversight import OversightPage
from tmcwall.sync.protocol import API

_TIMEOUT_S = 30.0
_EXPORT_TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; empty: any."""

    officer: str = ""
    camera: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def params(self) -> dict[str, str]:
        moments = {"from": self.since, "to": self.until}
        found = {"officer": self.officer, "camera": self.camera}
        found |= {name: moment.isoformat() for name, moment in moments.items() if moment is not None}
        return {name: value for name, value in found.items() if value}


def search(
    server_url: str, token: str, wanted: Wanted, *, before: str = "", transport: httpx2.BaseTransport | None = None
) -> OversightPage:
    """A page, newest first. Raises Fault(SERVER_*, SIGN_IN_EXPIRED, TLS_UNTRUSTED)."""
    params = wanted.params() | ({"before": before} if before else {})
    with _client(server_url, token, _TIMEOUT_S, transport) as client:
        try:
            return parse_reply(client.get("/oversight", params=params), OversightPage)
        except httpx2.HTTPError as error:
            raise fault_of_transport(error) from None


def export(
    server_url: str, token: str, wanted: Wanted, *, to: Path, transport: httpx2.BaseTransport | None = None
) -> None:
    """All of it as a CSV file. Raises what `search` does, and DiskFault."""
    with _client(server_url, token, _EXPORT_TIMEOUT_S, transport) as client:
        try:
            content = check_reply(client.get("/oversight.csv", params=wanted.params())).content
        except httpx2.HTTPError as error:
            raise fault_of_transport(error) from None
    try:
        with open_private(to, "wb") as file:
            file.write(content)
    except OSError as error:
        raise disk_fault(error, folder=to.absolute().parent) from error


def _client(server_url: str, token: str, timeout_s: float, transport: httpx2.BaseTransport | None) -> httpx2.Client:
    return httpx2.Client(
        base_url=check_server_url(server_url, allow_plain=True) + API,
        timeout=httpx2.Timeout(timeout_s, connect=5.0),
        transport=transport,
        headers={"User-Agent": USER_AGENT, "Authorization": f"Bearer {token}"},
        trust_env=False,
    )
