"""The server's receipt in a package: checked by a key that is known here, without the server."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.evidence_packages import KEY, MADE_AT, SIGNERS, ZONE, content_of, footage, pictures, source_of, write_clip
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.evidence.package import make_package
from tmcwall.evidence.record import CustodyRecord, moment
from tmcwall.evidence.server_receipt import ReceiptStanding, add_server, known_servers, receipt_standing
from tmcwall.evidence.verification import Verdict
from tmcwall.evidence.verify import verify_package
from tmcwall.signatures import SigningKey
from tmcwall.sync.custody import CustodyStatement, sign_receipt
from tmcwall.texts import Translator
from tmcwall.texts.evidence import verification_lines

SERVER, STRANGER = SigningKey.new(), SigningKey.new()
HEAD = "cd" * 32
CUSTODY = CustodyRecord(3, "ab" * 32, None, 1, receipted_rows=2, receipted_at=moment(MADE_AT, ZONE))


def extract(*, signed_with: SigningKey = SERVER, rows: int = 2, head: str = HEAD, key: str = SERVER.public) -> bytes:
    receipt = sign_receipt(CustodyStatement(device="ws", rows=rows, head=head, at=MADE_AT), signed_with)
    signed = {"text": receipt.text, "signature": receipt.signature, "server_key": key}
    return json.dumps({"rows": [{"seq": 2, "hash": HEAD}], "receipt": signed}).encode()


def standing(content: bytes, custody: CustodyRecord = CUSTODY, *, known: tuple[str, ...] = (SERVER.public,)):
    return receipt_standing(content, custody, known=known)


def test_a_receipt_of_a_server_that_is_known_here_counts() -> None:
    assert standing(extract()) is ReceiptStanding.KNOWN_SERVER


def test_the_key_in_the_package_makes_no_server_known() -> None:
    forged = extract(signed_with=STRANGER, key=STRANGER.public)
    assert standing(forged) is standing(extract(), known=()) is ReceiptStanding.UNKNOWN_SERVER


@pytest.mark.parametrize(
    ("content", "custody"),
    [
        (extract(signed_with=STRANGER), CUSTODY),
        (extract(head="ef" * 32), CUSTODY),
        (extract(rows=1), CUSTODY),
        (extract(), replace(CUSTODY, rows=1)),
        (extract(), replace(CUSTODY, rows=2)),
        (extract(), replace(CUSTODY, receipted_at=moment(MADE_AT.replace(year=2024), ZONE))),
        (b"[]", CUSTODY),
    ],
    ids=["signed by nobody", "another head", "other rows", "more than there are", "not the head", "other time", "none"],
)
def test_a_receipt_of_another_chain_or_that_nobody_signed_is_broken(content: bytes, custody: CustodyRecord) -> None:
    assert standing(content, custody) is ReceiptStanding.BROKEN


def test_a_package_without_a_receipt_says_nothing_of_one() -> None:
    assert standing(b'{"rows":[]}') is None


@pytest.mark.parametrize(
    ("known", "said"), [((SERVER.public,), "server yang dikenal di sini menandatangani 2 baris"), ((), "tidak dikenal")]
)
def test_a_check_of_a_package_says_whether_the_server_is_known(tmp_path: Path, known: tuple[str, ...], said) -> None:
    clip = source_of(write_clip(tmp_path / "a.mp4", pictures(1)), footage())
    content = replace(content_of(clip), custody=CUSTODY, custody_extract=extract())
    made = make_package(tmp_path / "out", content, key=KEY, release=lambda _made: None)
    found = verify_package(made.folder, signers=SIGNERS, now=MADE_AT, servers=known)
    assert found.verdict is Verdict.VALID
    assert said in "\n".join(verification_lines(found, Translator()))


def test_a_server_is_added_once_to_those_that_are_known(tmp_path: Path) -> None:
    path = tmp_path / "known-servers"
    path.write_text("# server Polda\nabc= Polda", "utf-8")
    for _ in range(2):
        add_server(path, SERVER.public)
    assert known_servers(path) == ("abc=", SERVER.public)
    assert known_servers(tmp_path / "none") == ()


def test_a_list_of_servers_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(DomainError) as refused:
        known_servers(tmp_path)
    assert refused.value.code is DomainCode.SIGNERS_UNREADABLE
