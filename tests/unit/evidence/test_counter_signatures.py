"""The server's counter-signature over a package: a claim of its own, by a server that is known here."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from tests.evidence_packages import KEY, MADE_AT, SIGNERS, content_of, footage, pictures, source_of, write_clip
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.evidence import bag
from tmcwall.evidence.counter_signature import (
    CounterSignatureMalformed,
    CounterSignedBy,
    KeptCounterSignature,
    read_counter_signature,
)
from tmcwall.evidence.package import MadePackage, StampOutcome, make_package
from tmcwall.evidence.verification import ClaimState, Verdict, Verification
from tmcwall.evidence.verify import verify_package
from tmcwall.signatures import SigningKey
from tmcwall.sync.counter_signature import PackageStatement, sign_statement
from tmcwall.texts import Translator
from tmcwall.texts.evidence import verification_lines

SERVER, STRANGER = SigningKey.new(), SigningKey.new()
MANIFEST = b"isi manifes"
FLIPS = 1000


def counter_signature(tag_manifest: bytes = MANIFEST, *, key: SigningKey = SERVER, shown: str = SERVER.public) -> bytes:
    digest = hashlib.sha256(tag_manifest).hexdigest()
    signed = sign_statement(PackageStatement(device="ws1", tag_manifest_sha256=digest, at=MADE_AT), key)
    return KeptCounterSignature(signed.text, signed.signature, shown).encoded()


def away(_tag_manifest: bytes) -> bytes:
    raise Fault(FaultCode.SERVER_UNREACHABLE)


def packaged(folder: Path, counter_signed: CounterSignedBy | None = counter_signature) -> MadePackage:
    clip = write_clip(folder / "a.mp4", pictures(2))
    content = content_of(source_of(clip, footage()))
    return make_package(folder / "out", content, key=KEY, release=lambda _made: None, counter_signed=counter_signed)


def checked(made: MadePackage, *servers: str) -> Verification:
    return verify_package(made.folder, signers=SIGNERS, now=MADE_AT, servers=servers)


def test_what_the_server_has_signed_says_who_asked_and_when() -> None:
    signed = read_counter_signature(counter_signature(), tag_manifest=MANIFEST)
    assert (signed.device, signed.at) == ("ws1", MADE_AT)
    assert signed.is_of([STRANGER.public, SERVER.public])
    assert not signed.is_of([STRANGER.public])


def test_no_flipped_bit_of_a_counter_signature_is_overlooked() -> None:
    kept = counter_signature()
    for bit in random.Random(5).sample(range(8 * len(kept)), FLIPS):
        changed = bytearray(kept)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CounterSignatureMalformed):
            read_counter_signature(bytes(changed), tag_manifest=MANIFEST)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        bytes(5000),
        counter_signature(b"manifes lain"),
        counter_signature(key=STRANGER),
        b" " + counter_signature(),
        KeptCounterSignature("{}", "", SERVER.public).encoded(),
        KeptCounterSignature("{}", "?", SERVER.public).encoded(),
    ],
    ids=["empty", "list", "large", "of another", "by another key", "other form", "nothing said", "no base64"],
)
def test_what_is_no_counter_signature_of_these_bytes_is_refused(content: bytes) -> None:
    with pytest.raises(CounterSignatureMalformed):
        read_counter_signature(content, tag_manifest=MANIFEST)


def test_a_package_that_a_known_server_has_counter_signed_claims_so_and_nothing_else(tmp_path) -> None:
    made = packaged(tmp_path)
    assert made.counter_signature is StampOutcome.STAMPED
    found = checked(made, SERVER.public)
    assert (found.verdict, found.claims.seen_by_server) == (Verdict.VALID, ClaimState.HOLDS)
    assert found.claims.existed_before is ClaimState.NOT_MADE
    said = verification_lines(found, Translator())
    assert any("server pusat yang dikenal di sini, diminta ws1" in line for line in said)
    assert any(line.startswith("sudah ada saat ditandatangani juga oleh server pusat: ") for line in said)


def test_the_key_beside_a_counter_signature_makes_no_server_known(tmp_path) -> None:
    found = checked(packaged(tmp_path), STRANGER.public)
    assert (found.verdict, found.claims.seen_by_server) == (Verdict.VALID, ClaimState.NOT_CHECKED)
    assert any("siapa pun dapat membuatnya" in line for line in verification_lines(found, Translator()))


def test_an_altered_counter_signature_is_named_and_the_claim_broken(tmp_path) -> None:
    made = packaged(tmp_path)
    (made.folder / bag.COUNTER_SIGNATURE).write_bytes(counter_signature())
    found = checked(made, SERVER.public)
    assert found.verdict is Verdict.ALTERED
    assert [part.path for part in found.altered] == [bag.COUNTER_SIGNATURE]
    assert found.claims.seen_by_server is ClaimState.BROKEN


def test_the_server_has_not_seen_a_clip_that_is_another(tmp_path) -> None:
    made = packaged(tmp_path)
    (clip,) = (made.folder / bag.ORIGINALS).iterdir()
    clip.write_bytes(clip.read_bytes() + b"!")
    assert checked(made, SERVER.public).claims.seen_by_server is ClaimState.BROKEN


def test_while_the_server_is_away_a_package_is_made_and_says_so(tmp_path) -> None:
    made = packaged(tmp_path, away)
    assert made.counter_signature is StampOutcome.FAILED
    found = checked(made, SERVER.public)
    assert (found.verdict, found.claims.seen_by_server) == (Verdict.VALID, ClaimState.NOT_MADE)
    assert found.counter_signature_missing
    assert any("tidak terjangkau, atau diambil" in line for line in verification_lines(found, Translator()))


def test_of_a_package_for_which_nobody_asked_nothing_is_missing(tmp_path) -> None:
    made = packaged(tmp_path, None)
    assert made.counter_signature is StampOutcome.NOT_ASKED
    assert not checked(made, SERVER.public).counter_signature_missing
