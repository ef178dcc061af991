"""Signatures are those of `ssh-keygen -Y`, both ways, and nothing that differs in a bit counts."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.evidence_packages import KEY
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.evidence.signers import AllowedSigner, add_signer, known_signers, read_signers, signers_of
from tmcwall.evidence.spoken_fingerprint import spoken_fingerprint
from tmcwall.evidence.sshsig import NAMESPACE, Signature, SignatureMalformed, SigningKey
from tmcwall.resources import resource

MESSAGE = b"sebuah daftar\n"
needs_ssh_keygen = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")


def ssh_keygen(*words: str, folder: Path, message: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["ssh-keygen", *words], cwd=folder, input=message, capture_output=True, check=False)


def openssh_key(folder: Path, *, passphrase: str = "", kind: str = "ed25519") -> bytes:
    ssh_keygen("-q", "-t", kind, "-N", passphrase, "-f", "kunci", folder=folder)
    return (folder / "kunci").read_bytes()


@needs_ssh_keygen
def test_ssh_keygen_takes_our_signature_and_no_other_message(tmp_path: Path) -> None:
    (tmp_path / "signers").write_text(AllowedSigner("ws@tmcwall", KEY.public, (NAMESPACE,)).line())
    (tmp_path / "sig").write_bytes(KEY.sign(MESSAGE))
    words = ("-Y", "verify", "-f", "signers", "-I", "ws@tmcwall", "-n", NAMESPACE, "-s", "sig")
    assert ssh_keygen(*words, folder=tmp_path, message=MESSAGE).returncode == 0
    assert ssh_keygen(*words, folder=tmp_path, message=MESSAGE + b"x").returncode != 0


@needs_ssh_keygen
def test_a_signature_of_ssh_keygen_is_read_and_holds(tmp_path: Path) -> None:
    key = SigningKey.of_openssh(openssh_key(tmp_path))
    (tmp_path / "pesan").write_bytes(MESSAGE)
    ssh_keygen("-Y", "sign", "-f", "kunci", "-n", NAMESPACE, "pesan", folder=tmp_path)
    made = (tmp_path / "pesan.sig").read_bytes()
    signature = Signature.read(made)
    assert signature.public == key.public
    assert signature.holds(MESSAGE)
    assert key.sign(MESSAGE) == made


@needs_ssh_keygen
def test_the_fingerprint_is_that_of_ssh_keygen(tmp_path: Path) -> None:
    (tmp_path / "key.pub").write_text(f"{KEY.public.openssh}\n")
    said = ssh_keygen("-l", "-f", "key.pub", folder=tmp_path).stdout.decode()
    assert KEY.public.fingerprint in said.split()


@needs_ssh_keygen
def test_a_locked_key_opens_with_its_passphrase_only(tmp_path: Path) -> None:
    content = openssh_key(tmp_path, passphrase="kata sandi kunci")
    assert SigningKey.of_openssh(content, passphrase="kata sandi kunci").public.fingerprint
    for passphrase in (None, "yang lain"):
        with pytest.raises(DomainError) as refused:
            SigningKey.of_openssh(content, passphrase=passphrase)
        assert refused.value.code is DomainCode.SIGNING_KEY_LOCKED


@needs_ssh_keygen
def test_a_key_of_another_kind_and_a_file_that_is_no_key_are_unfit(tmp_path: Path) -> None:
    for content in (openssh_key(tmp_path, kind="ecdsa"), b"", b"bukan kunci"):
        with pytest.raises(DomainError) as refused:
            SigningKey.of_openssh(content)
        assert refused.value.code is DomainCode.SIGNING_KEY_UNFIT


def test_a_signature_says_nothing_in_another_namespace() -> None:
    signature = Signature.read(KEY.sign(MESSAGE, namespace="git"))
    assert not signature.holds(MESSAGE)
    assert signature.holds(MESSAGE, namespace="git")


def test_no_flipped_bit_of_a_signature_is_overlooked() -> None:
    armoured = KEY.sign(MESSAGE)
    for position in range(len(armoured)):
        for bit in range(8):
            changed = bytearray(armoured)
            changed[position] ^= 1 << bit
            try:
                assert not Signature.read(bytes(changed)).holds(MESSAGE)
            except SignatureMalformed:
                continue


def test_the_words_are_256_of_their_own_and_say_the_first_bytes_of_the_fingerprint() -> None:
    words = resource("fingerprint-words.txt").read_text("utf-8").split()
    assert (len(words), len(set(words))) == (256, 256)
    spoken = spoken_fingerprint(KEY.public)
    assert spoken == (
        "mangga pisang pantai mutiara - bakso corong bola foto - apel ladang gerbang sayap - minyak rubah pasir sapi"
    )


def test_signers_are_read_with_options_and_those_of_other_purposes_do_not_count() -> None:
    key = KEY.public.openssh
    text = (
        f'# daftar\n\na@x {key}\nb@x namespaces="git,{NAMESPACE}" {key} komentar\nc@x namespaces="git" {key}\n'
        f'd@x valid-before="20250301Z",namespaces="tmcwall-*" {key}\ne@x cert-authority {key}\nf@x ssh-rsa AAAA\n'
    )
    found = signers_of(KEY.public, read_signers(text))
    assert [one.principal for one in found] == ["a@x", "b@x", "d@x"]
    assert [one.counts_at(datetime(2025, 3, 10, tzinfo=UTC)) for one in found] == [True, True, False]


@pytest.mark.parametrize(
    "line", ["a@x", "a@x ssh-ed25519", "a@x ssh-ed25519 ???", 'a@x valid-before="kemarin" ssh-ed25519 AAAA']
)
def test_a_list_of_signers_that_cannot_be_read_names_its_line(line: str) -> None:
    with pytest.raises(DomainError) as refused:
        read_signers(f"# satu\n{line}\n")
    assert (refused.value.code, refused.value.detail) == (DomainCode.SIGNERS_UNREADABLE, "line 2")


def test_a_signer_is_added_behind_what_stands_there(tmp_path: Path) -> None:
    path = tmp_path / "allowed_signers"
    path.write_text(f"it@x {KEY.public.openssh}")
    other = SigningKey.generate().public
    add_signer(path, AllowedSigner("ws@tmcwall", other, (NAMESPACE,)))
    assert [one.key for one in known_signers(path)] == [KEY.public, other]
    assert known_signers(tmp_path / "tidak ada") == ()
