"""Time stamps of an authority (RFC 3161): openssl's own answers, kept so that no bit of them is without meaning."""

from __future__ import annotations

import random
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from tests.evidence_packages import KEY, MADE_AT, SIGNERS, content_of, footage, pictures, source_of, write_clip
from tests.time_stamp_authority import Authority, has_openssl, make_authority
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.evidence import bag
from tmcwall.evidence.package import MadePackage, StampOutcome, make_package
from tmcwall.evidence.time_stamp import TimeStampMalformed, TimeStampRequest, read_time_stamp
from tmcwall.evidence.time_stamp_client import StampedBy, stamped_by
from tmcwall.evidence.verification import ClaimState, Verdict
from tmcwall.evidence.verify import verify_package
from tmcwall.texts import Translator
from tmcwall.texts.evidence import verification_lines

pytestmark = pytest.mark.skipif(not has_openssl(), reason="openssl is the authority")
MESSAGE = b"isi yang ada sebelum saat ini"
FLIPS = 1000


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("tsa") / "a", key="ec")


@pytest.fixture(scope="module")
def kept(authority: Authority) -> bytes:
    return stamp_of(authority)(MESSAGE)


def stamp_of(authority: Authority) -> StampedBy:
    def stamp(message: bytes) -> bytes:
        request = TimeStampRequest.of(message)
        return request.kept(authority.answer(request.encoded()))

    return stamp


def test_an_answer_of_openssl_is_read_and_vouched_for_by_its_root(authority, kept) -> None:
    stamp = read_time_stamp(kept, message=MESSAGE)
    assert isinstance(stamp.at, datetime)
    assert stamp.authority == "CN=Stempel"
    assert stamp.is_vouched_for([authority.root])
    assert not stamp.is_vouched_for([])


def test_what_is_kept_is_taken_by_openssl(authority, kept, tmp_path) -> None:
    (tmp_path / "kept.tsr").write_bytes(kept)
    (tmp_path / "message").write_bytes(MESSAGE)
    root = str(authority.folder / "root.pem")
    words = ["openssl", "ts", "-verify", "-in", "kept.tsr", "-data", "message", "-CAfile", root]
    assert subprocess.run(words, cwd=tmp_path, check=True, capture_output=True).stdout.startswith(b"Verification: OK")


def test_no_flipped_bit_of_a_time_stamp_is_overlooked(kept) -> None:
    for bit in random.Random(5).sample(range(8 * len(kept)), FLIPS):
        changed = bytearray(kept)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(TimeStampMalformed):
            read_time_stamp(bytes(changed), message=MESSAGE)


@pytest.mark.parametrize("content", [b"", b"\x30\x00", b"<html>", bytes(70_000)])
def test_what_is_no_time_stamp_is_refused(content: bytes) -> None:
    with pytest.raises(TimeStampMalformed):
        read_time_stamp(content, message=MESSAGE)


def test_a_time_stamp_of_something_else_is_refused(kept) -> None:
    with pytest.raises(TimeStampMalformed):
        read_time_stamp(kept, message=MESSAGE + b"!")


def test_an_answer_to_another_request_is_refused(authority) -> None:
    answer = authority.answer(TimeStampRequest.of(MESSAGE).encoded())
    with pytest.raises(TimeStampMalformed, match="another request"):
        TimeStampRequest.of(MESSAGE).kept(answer)


def test_a_key_that_is_not_for_time_stamps_is_not_vouched_for(tmp_path) -> None:
    other = make_authority(tmp_path / "b", key="ec", usage="tsa")
    stamp = read_time_stamp(stamp_of(other)(MESSAGE), message=MESSAGE)
    assert stamp.is_vouched_for([other.root])
    assert not stamp.is_vouched_for(list(stamp.chain[1:]))


def packaged(folder: Path, stamps: StampedBy | None) -> MadePackage:
    clip = write_clip(folder / "a.mp4", pictures(2))
    content = content_of(source_of(clip, footage()))
    return make_package(folder / "out", content, key=KEY, release=lambda _made: None, time_stamps=stamps)


def checked(made: MadePackage, *authorities):
    return verify_package(made.folder, signers=SIGNERS, now=MADE_AT, time_stamp_authorities=authorities)


def test_a_stamped_package_claims_that_it_existed_before_that_moment(authority, tmp_path) -> None:
    made = packaged(tmp_path, stamp_of(authority))
    assert made.time_stamp is StampOutcome.STAMPED
    found = checked(made, authority.root)
    assert (found.verdict, found.claims.existed_before) == (Verdict.VALID, ClaimState.HOLDS)
    said = "\n".join(verification_lines(found, Translator()))
    assert f"cap waktu {found.time_stamp.at.local} dari CN=Stempel, yang dipercaya di sini" in said


def test_a_stamp_of_an_authority_that_nobody_here_knows_claims_nothing(authority, tmp_path) -> None:
    found = checked(packaged(tmp_path, stamp_of(authority)))
    assert (found.verdict, found.claims.existed_before) == (Verdict.VALID, ClaimState.NOT_CHECKED)
    assert not found.time_stamp.vouched_for


def test_an_altered_stamp_is_named_and_the_claim_broken(authority, tmp_path) -> None:
    made = packaged(tmp_path, stamp_of(authority))
    path = made.folder / bag.TIME_STAMP
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    found = checked(made, authority.root)
    assert found.verdict is Verdict.ALTERED
    assert [part.path for part in found.altered] == [bag.TIME_STAMP]
    assert found.claims.existed_before is ClaimState.BROKEN


def test_a_clip_that_is_another_did_not_exist_before(authority, tmp_path) -> None:
    made = packaged(tmp_path, stamp_of(authority))
    (clip,) = (made.folder / bag.ORIGINALS).iterdir()
    clip.write_bytes(clip.read_bytes() + b"!")
    assert checked(made, authority.root).claims.existed_before is ClaimState.BROKEN


def test_without_its_authority_a_package_is_made_and_says_so(tmp_path) -> None:
    def gone(_message: bytes) -> bytes:
        raise Fault(FaultCode.TIME_STAMP_FAILED)

    made = packaged(tmp_path, gone)
    assert made.time_stamp is StampOutcome.FAILED
    found = checked(made)
    assert (found.verdict, found.claims.existed_before) == (Verdict.VALID, ClaimState.NOT_MADE)
    assert found.time_stamp_missing
    assert any("tidak datang, atau diambil" in line for line in verification_lines(found, Translator()))


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/tsr", "http://[", "ftp://tsa/"])
def test_an_authority_that_cannot_be_asked_is_one_fault(url: str) -> None:
    with pytest.raises(Fault) as fault:
        stamped_by(url)(MESSAGE)
    assert fault.value.code is FaultCode.TIME_STAMP_FAILED
