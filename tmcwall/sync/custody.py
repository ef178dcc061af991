"""What the server signs of a workstation's chain of custody: so many rows, ending in that hash, were there by then."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field, ValidationError

from tmcwall.domain.clock import in_utc
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.signatures import Purpose, SigningKey, verifies
from tmcwall.sync.protocol import Hash, Message

Rows = Annotated[int, Field(ge=1, lt=2**53)]


class CustodyHead(Message):
    """How the chain stands now, and the hash of the row that the newest receipt was for; empty: there is none yet."""

    rows: Rows
    head: Hash
    receipted: Hash | Literal[""] = ""


class CustodyStatement(Message):
    """What a receipt says."""

    device: str
    rows: Rows
    head: Hash
    at: Annotated[AwareDatetime, AfterValidator(in_utc)]
    """By the server's clock, when it saw that head for the first time."""


class CustodyReceipt(Message):
    """A statement as its exact text, and the server's signature over it."""

    text: str
    signature: str


class NewestReceipt(Message):
    """None: no head of this workstation has come yet."""

    receipt: CustodyReceipt | None


def sign_receipt(statement: CustodyStatement, key: SigningKey) -> CustodyReceipt:
    text = statement.model_dump_json()
    return CustodyReceipt(text=text, signature=key.sign(Purpose.CUSTODY_RECEIPT, text))


def read_receipt(receipt: CustodyReceipt, *, server_key: str) -> CustodyStatement:
    """Raises Fault(RECEIPT_UNTRUSTED) if that server has not signed it, or it cannot be read."""
    if not verifies(server_key, Purpose.CUSTODY_RECEIPT, receipt.text, receipt.signature):
        raise Fault(FaultCode.RECEIPT_UNTRUSTED, "signature", retryable=False)
    try:
        return CustodyStatement.model_validate_json(receipt.text)
    except ValidationError as error:
        raise Fault(FaultCode.RECEIPT_UNTRUSTED, type(error).__name__, retryable=False) from None
