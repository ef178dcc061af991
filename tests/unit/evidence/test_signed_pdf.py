"""What the signatures of a letter that came back say."""

from __future__ import annotations

import logging
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.letters import CASE, DAY, STATION, WORDS
from tmcwall.domain.letter import LetterKind
from tmcwall.domain.station_zone import StationZone
from tmcwall.evidence.letter_content import LetterContent
from tmcwall.evidence.letter_templates import template_of
from tmcwall.evidence.letters import make_letter
from tmcwall.evidence.pdf_signatures import main, signatures_in
from tmcwall.evidence.signed_pdf import examine_signatures


@pytest.fixture(scope="module")
def letter() -> bytes:
    """The PDF of a letter, as it goes to whoever signs."""
    content = LetterContent(WORDS, CASE, STATION, 1, "B/1/III/2025", "perihal", DAY, 1, (), (), StationZone.WIB)
    return make_letter(content, template_of(LetterKind.SP2HP, own=Path("/nowhere"))).pdf


@pytest.fixture(scope="module")
def signed(letter: bytes) -> bytes:
    """Signed by somebody for whom nobody vouches."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "AGUS WIBOWO")])
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),
    )
    how = signers.PdfSignatureMetadata(field_name="Penanda")
    return signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(letter)), how, signer=signer).getvalue()


def test_a_signature_names_its_signer_and_is_intact(signed: bytes) -> None:
    (found,) = signatures_in(signed)
    assert found.signer == "Common Name: AGUS WIBOWO"
    assert (found.intact, found.covers_all) == (True, True)
    assert found.signed_at is not None


def test_a_letter_that_was_changed_after_it_was_signed_is_not_intact(signed: bytes) -> None:
    (found,) = signatures_in(signed[:2000] + bytes([signed[2000] ^ 1]) + signed[2001:])
    assert not found.intact


def test_what_was_added_after_the_signature_is_not_covered_by_it(signed: bytes) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    writer.update_root()
    added = BytesIO()
    writer.write(added)
    (found,) = signatures_in(added.getvalue())
    assert (found.intact, found.covers_all) == (True, False)


def test_a_letter_without_a_signature_has_none(letter: bytes) -> None:
    assert signatures_in(letter) == ()


def test_what_is_no_pdf_is_said(letter: bytes) -> None:
    with pytest.raises((PdfError, ValueError)):
        signatures_in(b"%PDF-1.7 no more")


class Pipe:
    """Standard input or output of the process."""

    def __init__(self, content: bytes = b"") -> None:
        self.buffer = BytesIO(content)


def test_the_process_answers_with_what_it_was_given(
    signed: bytes, letter: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[bytes] = []

    def run(command: list[str], *, input: bytes, **_: object) -> subprocess.CompletedProcess[bytes]:  # noqa: A002
        out = Pipe()
        with monkeypatch.context() as pipes:
            pipes.setattr(sys, "stdin", Pipe(input))
            pipes.setattr(sys, "stdout", out)
            pipes.setattr(logging, "disable", lambda level: None)
            code = main()
        if code:
            raise subprocess.CalledProcessError(code, command)
        answers.append(out.buffer.getvalue())
        return subprocess.CompletedProcess(command, code, answers[-1])

    monkeypatch.setattr(subprocess, "run", run)
    assert examine_signatures(signed) == signatures_in(signed)
    assert examine_signatures(letter) == ()
    assert examine_signatures(b"%PDF-1.7 no more") is None
    assert len(answers) == 2


def test_a_process_that_cannot_be_started_has_examined_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: object, **__: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "run", run)
    assert examine_signatures(b"%PDF-1.7") is None
