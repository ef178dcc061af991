"""Whose signatures are known: a file of allowed signers as OpenSSH reads it (`man ssh-keygen`, ALLOWED SIGNERS)."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from tmcwall.domain.fault import DomainCode, DomainError, FaultCode
from tmcwall.durable import disk_fault, replace_file
from tmcwall.evidence.sshsig import NAMESPACE, PublicKey, SignatureMalformed

_WORD: Final = re.compile(r'(?:"[^"]*"|[^\s"])+')
_OPTION: Final = re.compile(r'(?P<name>[a-z-]+)(?:="(?P<value>[^"]*)")?')
_KEY: Final = "ssh-ed25519"
_STAMPS: Final = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}


@dataclass(frozen=True, slots=True)
class AllowedSigner:
    """A key, who holds it, and from when until when its signatures count."""

    principal: str
    key: PublicKey
    namespaces: tuple[str, ...] = ()
    """Patterns; none: every purpose."""
    valid_after: datetime | None = None
    valid_before: datetime | None = None

    def line(self) -> str:
        """The line of a file of allowed signers, for a signer without dates."""
        namespaces = f'namespaces="{",".join(self.namespaces)}" ' if self.namespaces else ""
        return f"{self.principal} {namespaces}{self.key.openssh}\n"

    def counts_at(self, moment: datetime) -> bool:
        early = self.valid_after is not None and moment < self.valid_after
        return not early and (self.valid_before is None or moment < self.valid_before)


def read_signers(text: str) -> tuple[AllowedSigner, ...]:
    """The Ed25519 signers of our purpose; keys of other kinds and authorities of certificates are passed over.

    Raises DomainError(SIGNERS_UNREADABLE) that names the line, for one that OpenSSH would refuse as well.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        words = _WORD.findall(line)
        if not words or words[0].startswith("#"):
            continue
        try:
            signer = _signer(words)
        except (ValueError, IndexError) as error:
            raise DomainError(DomainCode.SIGNERS_UNREADABLE, f"line {number}") from error
        if signer is not None:
            found.append(signer)
    return tuple(found)


def known_signers(path: Path) -> tuple[AllowedSigner, ...]:
    """Those of a file; none where there is none. Raises DomainError(SIGNERS_UNREADABLE)."""
    try:
        return read_signers(path.read_text("utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise DomainError(DomainCode.SIGNERS_UNREADABLE, str(path)) from error
    except DomainError as error:
        raise DomainError(error.code, f"{path}, {error.detail}") from error


def add_signer(path: Path, signer: AllowedSigner) -> None:
    """A line at the end of the file, which is made if there is none. Raises DiskFault and Fault(FILE_UNWRITABLE)."""
    try:
        kept = path.read_bytes() if path.exists() else b""
        end = b"\n" if kept and not kept.endswith(b"\n") else b""
        replace_file(path, kept + end + signer.line().encode())
    except OSError as error:
        raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE, folder=path.parent) from error


def signers_of(key: PublicKey, signers: Iterable[AllowedSigner]) -> tuple[AllowedSigner, ...]:
    """The lines of that key that take signatures on evidence."""
    return tuple(
        signer
        for signer in signers
        if signer.key == key and (not signer.namespaces or any(_matches(one) for one in signer.namespaces))
    )


def _signer(words: list[str]) -> AllowedSigner | None:
    options: dict[str, str] = {}
    rest = words[1:]
    if not rest[0].startswith(("ssh-", "ecdsa-", "sk-")):
        for part in re.findall(r'(?:"[^"]*"|[^,"])+', rest[0]):
            option = _OPTION.fullmatch(part)
            if option is None:
                raise ValueError(part)
            options[option["name"]] = option["value"] or ""
        rest = rest[1:]
    kind, blob = rest[0], b64decode(rest[1], validate=True)
    if kind != _KEY or "cert-authority" in options:
        return None
    try:
        key = PublicKey.of_blob(blob)
    except SignatureMalformed as error:
        raise ValueError(str(error)) from error
    return AllowedSigner(
        words[0].strip('"'),
        key,
        tuple(filter(None, options.get("namespaces", "").split(","))),
        _moment(options.get("valid-after")),
        _moment(options.get("valid-before")),
    )


def _moment(stamp: str | None) -> datetime | None:
    """`YYYYMMDD[HHMM[SS]][Z]`. Without `Z` OpenSSH takes the clock of wherever it is checked: here it is the earliest
    of all zones, so that a key that was withdrawn counts nowhere longer than it should.
    """
    if not stamp:
        return None
    digits = stamp.removesuffix("Z")
    moment = datetime.strptime(digits, _STAMPS.get(len(digits), "")).replace(tzinfo=UTC)
    return moment if stamp.endswith("Z") else moment - timedelta(hours=14)


def _matches(pattern: str) -> bool:
    """Patterns as in ssh_config: `*` and `?`."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, NAMESPACE) is not None
