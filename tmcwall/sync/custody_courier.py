"""Tells the server with each round how the chain of custody stands, and keeps what it signs of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tmcwall.domain.fault import Fault
from tmcwall.log import get_logger
from tmcwall.sync.connection import Connection, Refused, parse_reply
from tmcwall.sync.custody import CustodyHead, CustodyReceipt, CustodyStatement, NewestReceipt, read_receipt
from tmcwall.sync.protocol import RefusalCode

log = get_logger(__name__)

_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Rows of the chain, and the hash of the last."""

    rows: int
    head: str


class CustodyStore(Protocol):
    """The chain of custody and its receipts. Each method may raise Fault(STORE_*, DISK_FULL)."""

    def server_key(self) -> str:
        """Of the server that this workstation is enrolled with; empty: it is not."""
        ...

    def head(self) -> ChainHead | None: ...

    def receipted_rows(self) -> int:
        """How many rows the newest receipt is for; 0: there is none."""
        ...

    def hash_of_row(self, seq: int) -> str: ...

    def keep(self, statement: CustodyStatement, receipt: CustodyReceipt) -> None: ...


class CustodyCourier:
    """Nothing else waits for it: what is refused is in the log, and tried again with the next round."""

    def __init__(self, store: CustodyStore) -> None:
        self._store = store
        self._differs = False

    async def deliver(self, connection: Connection, token: str) -> None:
        head, key = self._store.head(), self._store.server_key()
        if self._differs or head is None or not key or head.rows == self._store.receipted_rows():
            return
        try:
            reply = await connection.request("GET", "/custody", token=token)
            newest = parse_reply(reply, NewestReceipt).receipt
            receipted = ""
            if newest is not None:
                statement = read_receipt(newest, server_key=key)
                self._store.keep(statement, newest)
                receipted = self._store.hash_of_row(statement.rows)
                if receipted != statement.head:
                    self._differs = True
                    log.error("custody_differs_from_receipt", rows=statement.rows)
                    return
            told = CustodyHead(rows=head.rows, head=head.head, receipted=receipted)
            content = told.model_dump_json().encode()
            reply = await connection.request("POST", "/custody", token=token, headers=_JSON, content=content)
            receipt = parse_reply(reply, CustodyReceipt)
            self._store.keep(read_receipt(receipt, server_key=key), receipt)
        except Refused as refused:
            if refused.status == 401:
                raise
            self._differs = refused.reason == RefusalCode.FORK
            log.warning("custody_head_refused", status=refused.status, reason=refused.reason)
        except Fault as fault:
            log.warning("custody_receipt_missing", code=fault.code)
