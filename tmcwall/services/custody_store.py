"""The chain of custody as the synchronisation client tells the server of it."""

from __future__ import annotations

from functools import partial

from tmcwall.db import custody, custody_receipts, operations, signing
from tmcwall.db.custody_receipts import Receipt
from tmcwall.db.store import Session
from tmcwall.services.future_dispatcher import StoreProtocol, settled
from tmcwall.sync.custody import CustodyReceipt, CustodyStatement
from tmcwall.sync.custody_courier import ChainHead


class StoreCustody:
    """Waited for in the client's thread. `sync.custody_courier.CustodyStore`."""

    def __init__(self, store: StoreProtocol) -> None:
        self._store = store

    def server_key(self) -> str:
        return settled(self._store.read(_server_key))

    def head(self) -> ChainHead | None:
        row = settled(self._store.read(custody.head))
        return ChainHead(row.seq, row.hash) if row is not None else None

    def receipted_rows(self) -> int:
        newest = settled(self._store.read(custody_receipts.newest))
        return newest.rows if newest is not None else 0

    def hash_of_row(self, seq: int) -> str:
        return settled(self._store.read(partial(custody_receipts.hash_of_row, seq=seq)))

    def keep(self, statement: CustodyStatement, receipt: CustodyReceipt) -> None:
        kept = Receipt(statement.rows, statement.head, statement.at, receipt.text, receipt.signature)
        settled(self._store.write(partial(custody_receipts.put, receipt=kept)))


def _server_key(session: Session) -> str:
    enrolled = signing.enrolment(session, operations.device(session))
    return enrolled.server_key if enrolled is not None else ""
