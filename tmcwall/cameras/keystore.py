"""The system keyring as a place for one key. Only back-ends that encrypt at rest count as one."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Final, Protocol, TypeVar

import keyring.backend

from tmcwall.domain.fault import Fault, FaultCode

SERVICE: Final = "tmcwall"
PROMPT_LIMIT_S: Final = 120.0
"""How long an officer may take to answer the system's question for the keyring's own password."""

_TRUSTED_MODULES: Final = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.Windows",
    "keyring.backends.macOS",
)
"""An allow-list: `keyrings.alt` and others keep secrets in plain files and still call themselves viable."""

T = TypeVar("T")


class KeyStore(Protocol):
    """What is used of a keyring back-end."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


class SystemKeyring:
    """A key store whose calls end: each within `limit_s`, each failure as Fault(VAULT_UNAVAILABLE)."""

    def __init__(self, store: KeyStore, *, others: Iterable[KeyStore] = (), limit_s: float = PROMPT_LIMIT_S) -> None:
        """`others` are asked for what `store` does not have: another desktop may have put it there."""
        self._store = store
        self._others = tuple(others)
        self._limit_s = limit_s

    def get(self, name: str) -> str | None:
        """None where nobody has it; one of the `others` that fails counts as having nothing."""
        kept = self._ask(partial(self._store.get_password, SERVICE, name))
        for other in self._others:
            if kept is None:
                with suppress(Fault):
                    kept = self._ask(partial(other.get_password, SERVICE, name))
        return kept

    def put(self, name: str, key: str) -> None:
        """Keep a key and read it back: some keyrings accept what they then cannot return."""
        self._ask(lambda: self._store.set_password(SERVICE, name, key))
        if self.get(name) != key:
            raise _unavailable("the system keyring did not keep what it was given")

    def forget(self, name: str) -> None:
        self._ask(lambda: self._store.delete_password(SERVICE, name))

    def probe(self, *, size: int = 64) -> None:
        """Keep, read back and delete a secret of real size. Raises Fault(VAULT_UNAVAILABLE)."""
        name = f"probe-{secrets.token_hex(8)}"
        self.put(name, secrets.token_hex(size // 2))
        self.forget(name)

    def _ask(self, call: Callable[[], T]) -> T:
        answers: list[T] = []
        errors: list[Exception] = []

        def run() -> None:
            try:
                answers.append(call())
            except Exception as error:  # noqa: BLE001 - back-ends raise whatever their system libraries raise
                errors.append(error)

        # A daemon: a keyring that never answers must not keep the program from ending.
        thread = threading.Thread(target=run, name="keyring", daemon=True)
        thread.start()
        thread.join(self._limit_s)
        if errors:
            raise _unavailable(f"the system keyring refused: {type(errors[0]).__name__}")
        if not answers:
            raise _unavailable("the system keyring did not answer in time")
        return answers[0]


def system_keyring(backends: Iterable[KeyStore] | None = None) -> SystemKeyring | None:
    """The best trusted keyring of this system, or None where there is none."""
    found = keyring.backend.get_all_keyring() if backends is None else backends
    trusted = [backend for backend in found if type(backend).__module__ in _TRUSTED_MODULES]
    if not trusted:
        return None
    best, *others = sorted(trusted, key=lambda backend: float(getattr(backend, "priority", 0)), reverse=True)
    return SystemKeyring(best, others=others)


def _unavailable(detail: str) -> Fault:
    return Fault(FaultCode.VAULT_UNAVAILABLE, detail)
