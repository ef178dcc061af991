"""The server's receipt for the chain of custody in a package, and whose servers are known to who checks it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from tmcwall.domain.fault import DomainCode, DomainError, FaultCode
from tmcwall.durable import disk_fault, replace_file
from tmcwall.evidence.record import CustodyRecord
from tmcwall.signatures import Purpose, verifies

_AS_WRITTEN: Final = timedelta(milliseconds=1)
"""Moments in a record have milliseconds."""


class ReceiptStanding(StrEnum):
    """Of a receipt in a package."""

    KNOWN_SERVER = "known_server"
    UNKNOWN_SERVER = "unknown_server"
    """It says what it should, but by a key that nobody here knows: anybody can make one."""
    BROKEN = "broken"
    """Nobody has signed it, or it is about another chain than that of the package."""


class _Statement(msgspec.Struct):
    """`tmcwall.sync.custody.CustodyStatement`, as far as a package can be held against it."""

    rows: int
    head: str
    at: datetime


class _Receipt(msgspec.Struct):
    text: str
    signature: str
    server_key: str = ""
    """Packages of older versions do not have it."""


class _Row(msgspec.Struct):
    seq: int
    hash: str


class _Extract(msgspec.Struct):
    rows: list[_Row] = []
    receipt: _Receipt | None = None


def receipt_standing(extract: bytes, custody: CustodyRecord, *, known: Sequence[str]) -> ReceiptStanding | None:
    """`extract` is `data/custody.json`, `custody` what the record says of the chain, and `known` the public keys of
    servers, in base64. None: there is no receipt.
    """
    try:
        read = msgspec.json.decode(extract, type=_Extract)
        receipt = read.receipt
        if receipt is None:
            return None
        statement = msgspec.json.decode(receipt.text, type=_Statement)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ReceiptStanding.BROKEN
    if not _is_about(statement, custody, read.rows):
        return ReceiptStanding.BROKEN
    if any(verifies(key, Purpose.CUSTODY_RECEIPT, receipt.text, receipt.signature) for key in known):
        return ReceiptStanding.KNOWN_SERVER
    own = receipt.server_key
    if own and not verifies(own, Purpose.CUSTODY_RECEIPT, receipt.text, receipt.signature):
        return ReceiptStanding.BROKEN
    return ReceiptStanding.UNKNOWN_SERVER


def _is_about(statement: _Statement, custody: CustodyRecord, rows: Sequence[_Row]) -> bool:
    """As far as the extract shows it: the row of the receipt need not be in it."""
    if statement.rows != custody.receipted_rows or statement.rows > custody.rows or custody.receipted_at is None:
        return False
    told = datetime.fromisoformat(custody.receipted_at.utc)
    if statement.at.tzinfo is None or not timedelta() <= statement.at - told < _AS_WRITTEN:
        return False
    heads = [row.hash for row in rows if row.seq == statement.rows]
    if statement.rows == custody.rows:
        heads.append(custody.head)
    return all(head == statement.head for head in heads)


def known_servers(path: Path) -> tuple[str, ...]:
    """The keys of a file, one a line; what follows a blank is for people. None where there is no file.

    Raises DomainError(SIGNERS_UNREADABLE).
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise DomainError(DomainCode.SIGNERS_UNREADABLE, str(path)) from error
    return tuple(line.split()[0] for line in lines if line.strip() and not line.startswith("#"))


def add_server(path: Path, key: str) -> None:
    """A line at the end of the file, unless the key is known. Raises DomainError(SIGNERS_UNREADABLE), Fault."""
    if key in known_servers(path):
        return
    try:
        kept = path.read_text("utf-8") if path.exists() else ""
        end = "\n" if kept and not kept.endswith("\n") else ""
        replace_file(path, f"{kept}{end}{key}\n".encode())
    except OSError as error:
        raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE, folder=path.parent) from error
