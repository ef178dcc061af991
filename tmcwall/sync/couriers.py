"""What goes to the server with each round of synchronisation besides operations and clips."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from tmcwall import __version__
from tmcwall.domain.clock import Clock, plausible
from tmcwall.domain.fault import Fault
from tmcwall.domain.oversight import OversightRow
from tmcwall.log import get_logger
from tmcwall.sync.connection import Connection, Refused, check_reply, parse_reply, sendable
from tmcwall.sync.oversight import MAX_ROWS, DeskReport, OversightMessage, OversightPush, OversightReceipt
from tmcwall.sync.protocol import SignedRoles
from tmcwall.sync.register import MAX_ENDED, DeviceKeys, EndedKeys
from tmcwall.sync.replica import Replica

log = get_logger(__name__)

_JSON = {"Content-Type": "application/json"}


class Courier(Protocol):
    """One kind of it. Called in the client's thread, after the operations have gone both ways."""

    async def deliver(self, connection: Connection, token: str) -> None:
        """Raises Fault where the whole round has to be tried again."""
        ...


class OversightStore(Protocol):
    """The chain of who watched which camera here. Each method may raise Fault(STORE_*, DISK_FULL)."""

    def pending(self, limit: int) -> Sequence[OversightRow]:
        """Those that the server does not have, oldest first."""
        ...

    def mark_sent(self, up_to: int) -> None: ...

    def resend_from(self, seq: int) -> None: ...


class OversightCourier:
    """Brings the chain, in order and each row until it is acknowledged."""

    def __init__(self, store: OversightStore) -> None:
        self._store = store
        self._refused = False

    async def deliver(self, connection: Connection, token: str) -> None:
        while not self._refused and (rows := self._store.pending(MAX_ROWS)):
            try:
                with sendable():
                    push = OversightPush(rows=tuple(OversightMessage.of(row) for row in rows))
            except Fault as unsendable:
                self._refused = True
                log.warning("oversight_unsendable", detail=unsendable.detail)
                return
            content = push.model_dump_json().encode()
            reply = await connection.request("POST", "/oversight", token=token, headers=_JSON, content=content)
            try:
                receipt = parse_reply(reply, OversightReceipt)
            except Refused as refused:
                if refused.retryable or refused.status == 401:
                    raise
                # An older server, or one that has other rows of this workstation: no reason to hold up anything else.
                self._refused = True
                log.warning("oversight_refused", status=refused.status, reason=refused.reason)
                return
            self._store.mark_sent(rows[-1].seq)
            if receipt.had_until < rows[0].seq - 1:
                # A server restored from a backup has lost some; what is kept here still is sent again.
                self._store.resend_from(receipt.had_until + 1)


class RegisterCourier:
    """Fetches the register of workstations now and then, so that one that has made nothing yet is known, too.

    A server that was put back is told which keys it had ended since its backup, in its own signed words.
    """

    def __init__(self, replica: Replica, *, clock: Clock, every_s: float = 60.0) -> None:
        self._replica = replica
        self._clock = clock
        self._every_ns = int(every_s * 1e9)
        self._fetched_ns: int | None = None

    async def deliver(self, connection: Connection, token: str) -> None:
        now_ns = self._clock.monotonic_ns()
        if self._fetched_ns is not None and now_ns - self._fetched_ns < self._every_ns:
            return
        said = (await connection.get("/devices", DeviceKeys, token=token)).keys
        forgotten = self._replica.register().forgotten_ends(said)[:MAX_ENDED]
        self._replica.keep_register(said)
        self._fetched_ns = now_ns
        if forgotten:
            content = EndedKeys(keys=forgotten).model_dump_json().encode()
            reply = await connection.request("POST", "/devices/ended", token=token, headers=_JSON, content=content)
            log.warning("server_forgot_revocations", keys=len(forgotten), status=reply.status_code)


class RoleStore(Protocol):
    """What the server has said before of roles, where it says more now. May raise Fault(STORE_*)."""

    def to_tell(self) -> SignedRoles | None: ...

    def told(self) -> None: ...


class RoleCourier:
    """Tells a server that was put back who was disabled or given less since its backup, in its own signed words.

    It takes only what is of the time that it has lost, so it is told whenever it says more than before.
    """

    def __init__(self, store: RoleStore) -> None:
        self._store = store

    async def deliver(self, connection: Connection, token: str) -> None:
        signed = self._store.to_tell()
        if signed is None:
            return
        content = signed.model_dump_json().encode()
        reply = await connection.request("POST", "/roles/lost", token=token, headers=_JSON, content=content)
        try:
            check_reply(reply)
        except Refused as refused:
            if refused.retryable or refused.status == 401:
                raise
            # An older server has no place for it.
            log.info("roles_not_told", status=refused.status, reason=refused.reason)
        self._store.told()


class DeskReporter:
    """Says with each round which version runs here, what waits to be sent, and how the cameras are."""

    def __init__(self, replica: Replica, *, cameras: Callable[[], Mapping[str, int]]) -> None:
        """`cameras` is called in the client's thread."""
        self._replica = replica
        self._cameras = cameras

    async def deliver(self, connection: Connection, token: str) -> None:
        oldest = self._replica.pending(1)
        pending, cameras = self._replica.pending_count(), dict(self._cameras())
        try:
            with sendable():
                report = DeskReport(
                    version=__version__,
                    pending=pending,
                    oldest_unsent_at=plausible(oldest[0].made_at) if oldest else None,
                    cameras=cameras,
                )
            content = report.model_dump_json().encode()
            check_reply(await connection.request("PUT", "/desk", token=token, headers=_JSON, content=content))
        except Fault as fault:
            # Said again with the next round; an older server has no place for it.
            log.info("desk_report_refused", code=fault.code)
