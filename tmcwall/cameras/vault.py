"""The vault: camera logins in one encrypted file, whose key is never beside it.

The key comes from the system's keyring, or from a key file named in the settings, or from a passphrase. The file is one
line of JSON (the header: how the key is had), a nonce, and AES-256-GCM over the logins with the header authenticated
too, so that a change of any byte is noticed. It is written whole and durably at every change.

A vault that is out of reach for now (a locked keyring, a key file that cannot be read) is Fault(VAULT_UNAVAILABLE) and
stays where it is. One that nothing will open any more (its key is gone or is another, its file was altered) is
Fault(VAULT_LOST): the file is set aside under another name, never deleted, and a new vault can be begun.
"""

from __future__ import annotations

import secrets
import stat
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Generic, Literal, TypeAlias, TypeVar
from urllib.parse import unquote

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from tmcwall.cameras.keystore import SystemKeyring, system_keyring
from tmcwall.cameras.logins import CameraLogins
from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.durable import others_may_read, replace_file, sync_folder
from tmcwall.paths import Paths
from tmcwall.settings import Settings

SHORTEST_PASSPHRASE: Final = 12
SHORTEST_KEY_FILE_BYTES: Final = 32
LARGEST_KEY_FILE_BYTES: Final = 4096
LARGEST_VAULT_BYTES: Final = 256 * 1024 * 1024

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_LONGEST_HEADER: Final = 512
_STAMP: Final = "%Y%m%dT%H%M%S.%fZ"
_SCRYPT: Final = {"n": 1 << 15, "r": 8, "p": 3}
"""OWASP's password storage cheat sheet; 32 MiB and about a quarter of a second."""

KeySource = Literal["keyring", "key file", "passphrase"]
T = TypeVar("T")
K = TypeVar("K")


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the key of a vault is had. `id` names its entry in the keyring."""

    format: Literal["tmcwall.vault/1"]
    id: str
    key: KeySource
    salt: str


_LOGINS: Final = msgspec.json.Decoder(dict[str, CameraLogins])


@dataclass(frozen=True, slots=True)
class LostVault:
    """A vault that was set aside: the file it is kept in now, and why it does not open."""

    file: Path
    cause: str


class SealedFile(Generic[K]):
    """An open file of secrets by their names. Every change is on the disk when the call returns."""

    def __init__(self, path: Path, header: Header, key: bytes, *, decoder: msgspec.json.Decoder[dict[str, K]]) -> None:
        self._path = path
        self._decoder = decoder
        self._header = header
        self._aead = AESGCM(key)

    def all(self) -> dict[str, K]:
        """All of them. Raises Fault(VAULT_LOST) if a byte was altered or the key is another.

        A passphrase that does not fit may be mistyped: that is Fault(VAULT_UNAVAILABLE).
        """
        line, sealed = _split(_read(self._path))
        try:
            plain = self._aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], line)
            return self._decoder.decode(plain)
        except (InvalidTag, ValueError, msgspec.MsgspecError):
            mistyped = self._header.key == "passphrase"
            raise (_unavailable if mistyped else _lost)("it was altered, or the key is another") from None

    def put(self, entries: dict[str, K]) -> None:
        """Add these or replace what stood under their names, all or none. Raises Fault(VAULT_*)."""
        self._write({**self.all(), **entries})

    def remove(self, names: set[str]) -> None:
        """Forget these. Raises Fault(VAULT_*)."""
        self._write({name: kept for name, kept in self.all().items() if name not in names})

    def _write(self, entries: dict[str, K]) -> None:
        line = msgspec.json.encode(self._header)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._aead.encrypt(nonce, msgspec.json.encode(entries, order="sorted"), line)
        try:
            replace_file(self._path, line + b"\n" + nonce + sealed)
        except OSError as error:
            raise _unavailable(f"{self._path}: {error.strerror}") from error


Vault: TypeAlias = SealedFile[CameraLogins]
"""Logins by camera id."""


class VaultOnDemand:
    """The installation's vault, opened when it is first needed: that may wait for a keyring's question.

    Without a vault file there are no logins, and no key is asked for. `learned` is told every password that passes, so
    that the log can hide it. A vault that is lost is set aside, `lost` is told, and Fault(VAULT_LOST) is raised once:
    from then on there is no vault until logins are put again. Not for the GUI thread.
    """

    def __init__(
        self,
        settings: Settings,
        paths: Paths,
        *,
        passphrase: Callable[[], str | None] = lambda: None,
        learned: Callable[[Iterable[str]], object] = list,
        lost: Callable[[LostVault], object] = lambda _vault: None,
        clock: Clock | None = None,
    ) -> None:
        self._settings = settings
        self._path = paths.vault
        self._passphrase = passphrase
        self._learned = learned
        self._lost = lost
        self._clock = clock or SystemClock()
        self._vault: Vault | None = None

    def opened(self) -> Vault | None:
        """The vault for an import; None where there is none yet and nothing to lock a new one with.

        Raises Fault(VAULT_LOST) once, Fault(VAULT_UNAVAILABLE) for a vault that is there and out of reach, and for a
        key file that is unfit.
        """
        try:
            return self._open()
        except Fault as fault:
            there_is_one = fault.code is FaultCode.VAULT_LOST or self._path.exists()
            if there_is_one or self._settings.vault_key_file is not None:
                raise
            return None

    def can_be_locked(self) -> bool:
        """Whether there is a vault, or something to lock a new one with; for a dry run: nothing is opened or made."""
        return self._path.exists() or self._settings.vault_key_file is not None or system_keyring() is not None

    def all(self) -> dict[str, CameraLogins]:
        logins = self._used(Vault.all) if self._path.exists() else {}
        self._learned(_passwords(logins))
        return logins

    def put(self, logins: dict[str, CameraLogins]) -> None:
        self._learned(_passwords(logins))
        self._used(lambda vault: vault.put(logins))

    def remove(self, camera_ids: set[str]) -> None:
        if self._path.exists():
            self._used(lambda vault: vault.remove(camera_ids))

    def _open(self) -> Vault:
        """Made if there is none."""
        if self._vault is None:
            key_file = self._settings.vault_key_file
            try:
                self._vault = open_vault(
                    self._path, key_file=key_file, keyring=system_keyring, passphrase=self._passphrase
                )
            except Fault as fault:
                self._note(fault)
                raise
        return self._vault

    def _used(self, use: Callable[[Vault], T]) -> T:
        vault = self._open()
        try:
            return use(vault)
        except Fault as fault:
            self._note(fault)
            raise

    def _note(self, fault: Fault) -> None:
        """Sets a lost vault aside."""
        if fault.code is FaultCode.VAULT_LOST:
            self._vault = None
            self._lost(LostVault(set_aside(self._path, at=self._clock.utc()), fault.detail))


def set_aside(path: Path, *, at: datetime) -> Path:
    """Gives a vault that does not open any more another name beside its own, and returns it.

    Under its own name it is a vault again, should its key be found. Raises Fault(VAULT_UNAVAILABLE).
    """
    kept = path.with_name(f"{path.name}.lost-{at.strftime(_STAMP)}")
    try:
        path.rename(kept)
        sync_folder(path.parent)
    except OSError as error:
        raise _unavailable(f"{path}: {error.strerror}") from error
    return kept


def open_vault(
    path: Path,
    *,
    key_file: Path | None,
    keyring: Callable[[], SystemKeyring | None],
    passphrase: Callable[[], str | None] = lambda: None,
) -> Vault:
    """The vault of cameras' logins at `path`; see `open_sealed`."""
    return open_sealed(path, key_file=key_file, keyring=keyring, passphrase=passphrase, decoder=_LOGINS)


def open_sealed(
    path: Path,
    *,
    key_file: Path | None,
    keyring: Callable[[], SystemKeyring | None],
    passphrase: Callable[[], str | None] = lambda: None,
    decoder: msgspec.json.Decoder[dict[str, K]],
) -> SealedFile[K]:
    """The file at `path`, made if there is none: with the key file if one is named, else keyring, else passphrase.

    An existing vault is opened the way it was made. `keyring` and `passphrase` are asked only when they are needed.
    Raises Fault(VAULT_LOST) and Fault(VAULT_UNAVAILABLE) with the reason; the file stays as it is.
    """
    if path.exists():
        header = _header(_split(_read(path))[0])
        key = _known_key(header, path, key_file=key_file, keyring=keyring, passphrase=passphrase)
        known = SealedFile(path, header, key, decoder=decoder)
        known.all()
        return known
    store = None if key_file is not None else keyring()
    if key_file is not None:
        return _create(path, "key file", lambda header: _key_of_file(header, key_file, path), decoder=decoder)
    if store is not None:
        store.probe(size=2 * _KEY_BYTES)
        return _create(path, "keyring", lambda header: _new_key_in(store, header), decoder=decoder)
    phrase = passphrase()
    if phrase is not None:
        return _create(path, "passphrase", lambda header: _key_of_passphrase(header, phrase), decoder=decoder)
    raise _unavailable("no system keyring, no key file in the settings, no passphrase")


def _passwords(logins: Mapping[str, CameraLogins]) -> list[str]:
    known = [login for kept in logins.values() for login in (kept.main, kept.sub) if login is not None]
    written = [secret for login in known for secret in login.secrets]
    return [*(login.password for login in known), *written, *map(unquote, written)]


def _create(
    path: Path, source: KeySource, key: Callable[[Header], bytes], *, decoder: msgspec.json.Decoder[dict[str, K]]
) -> SealedFile[K]:
    header = Header("tmcwall.vault/1", secrets.token_hex(8), source, b64encode(secrets.token_bytes(16)).decode())
    made = SealedFile(path, header, key(header), decoder=decoder)
    made._write({})  # noqa: SLF001 - the first writing of the class's own file
    return made


def _known_key(
    header: Header,
    path: Path,
    *,
    key_file: Path | None,
    keyring: Callable[[], SystemKeyring | None],
    passphrase: Callable[[], str | None],
) -> bytes:
    match header.key:
        case "key file":
            if key_file is None:
                raise _unavailable("the vault was made with a key file, and the settings name none")
            return _key_of_file(header, key_file, path)
        case "keyring":
            store = keyring()
            if store is None and key_file is not None:
                raise _lost("the vault's key is in a system keyring that is not here, and a key file takes its place")
            if store is None:
                raise _unavailable("the vault's key is in a system keyring, and there is none here")
            return _key_in(store, header)
        case "passphrase":
            phrase = passphrase()
            if phrase is None:
                raise _unavailable("the vault was made with a passphrase, and none was given")
            return _key_of_passphrase(header, phrase)


def _entry(header: Header) -> str:
    return f"vault-{header.id}"


def _new_key_in(store: SystemKeyring, header: Header) -> bytes:
    key = secrets.token_bytes(_KEY_BYTES)
    store.put(_entry(header), b64encode(key).decode())
    return key


def _key_in(store: SystemKeyring, header: Header) -> bytes:
    """Raises Fault(VAULT_LOST) where the keyring answers, and has no such key."""
    kept = store.get(_entry(header))
    if kept is None:
        raise _lost("the system keyring of this machine does not have the vault's key")
    try:
        key = b64decode(kept, validate=True)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise _lost("the system keyring has something else in the place of the vault's key")
    return key


def _key_of_file(header: Header, key_file: Path, vault: Path) -> bytes:
    material = _material_of(key_file, vault)
    return HKDF(SHA256(), _KEY_BYTES, salt=b64decode(header.salt), info=header.id.encode()).derive(material)


def check_key_file(key_file: Path, vault: Path) -> None:
    """That a vault at that path could be locked with it. Raises Fault(VAULT_UNAVAILABLE)."""
    _material_of(key_file, vault)


def _material_of(key_file: Path, vault: Path) -> bytes:
    """Refuses a key that lies with the vault (a copy of the folder would hold both) or that others may read."""
    if key_file.resolve().is_relative_to(vault.parent.resolve()):
        raise _unavailable(f"{key_file}: a key file must lie outside the folder of the vault")
    try:
        mode = key_file.stat().st_mode
        material = key_file.read_bytes()[: LARGEST_KEY_FILE_BYTES + 1] if stat.S_ISREG(mode) else b""
    except OSError as error:
        raise _unavailable(f"{key_file}: {error.strerror}") from error
    if others_may_read(mode):
        raise _unavailable(f"{key_file}: every user of this machine may read it; chmod 600")
    if not SHORTEST_KEY_FILE_BYTES <= len(material) <= LARGEST_KEY_FILE_BYTES:
        raise _unavailable(f"{key_file}: {SHORTEST_KEY_FILE_BYTES} to {LARGEST_KEY_FILE_BYTES} random bytes are needed")
    return material


def _key_of_passphrase(header: Header, passphrase: str) -> bytes:
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise _unavailable(f"a passphrase needs at least {SHORTEST_PASSPHRASE} characters")
    return Scrypt(salt=b64decode(header.salt), length=_KEY_BYTES, **_SCRYPT).derive(passphrase.encode())


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_VAULT_BYTES:
            raise _lost("it is too large to be a vault")
        return path.read_bytes()
    except OSError as error:
        raise _unavailable(f"{path}: {error.strerror}") from error


def _split(content: bytes) -> tuple[bytes, bytes]:
    """The header line, and nonce with sealed logins."""
    line, feed, sealed = content.partition(b"\n")
    if not feed or len(line) > _LONGEST_HEADER or len(sealed) <= _NONCE_BYTES:
        raise _lost("it was altered or cut short")
    return line, sealed


def _header(line: bytes) -> Header:
    try:
        header = msgspec.json.decode(line, type=Header)
        b64decode(header.salt, validate=True)
    except (msgspec.MsgspecError, ValueError):
        raise _lost("its header was altered") from None
    return header


def _unavailable(detail: str) -> Fault:
    return Fault(FaultCode.VAULT_UNAVAILABLE, detail, retryable=False)


def _lost(detail: str) -> Fault:
    return Fault(FaultCode.VAULT_LOST, detail, retryable=False)
