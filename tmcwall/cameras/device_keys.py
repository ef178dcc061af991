"""Where the private keys of this workstation are kept: sealed as the vault is, in a file that no export takes along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from tmcwall.cameras.keystore import SystemKeyring, system_keyring
from tmcwall.cameras.vault import SealedFile, open_sealed, set_aside
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.log import get_logger
from tmcwall.signatures import SigningKey

log = get_logger(__name__)

_KEYS: Final = msgspec.json.Decoder(dict[str, str])
_NEXT: Final = "next/"
"""Before the identity: a key that was made for an enrolment whose answer has not come yet."""


class DeviceKeys:
    """Keys by the identity of the device. Opening waits, perhaps for a keyring's question: not for the GUI thread."""

    def __init__(
        self,
        path: Path,
        *,
        key_file: Path | None,
        clock: Clock,
        keyring: Callable[[], SystemKeyring | None] = system_keyring,
    ) -> None:
        self._path = path
        self._key_file = key_file
        self._clock = clock
        self._keyring = keyring

    def get(self, device: str) -> SigningKey | None:
        """None where there is none. Raises Fault(VAULT_UNAVAILABLE) if the file is out of reach for now.

        One that nothing opens any more is set aside: the device is to be enrolled again.
        """
        if not self._path.exists():
            return None
        try:
            kept = self._open().all().get(device)
            return None if kept is None else SigningKey.of_secret(kept)
        except Fault as fault:
            if fault.code is not FaultCode.VAULT_LOST:
                raise
            log.warning("device_keys_lost", file=set_aside(self._path, at=self._clock.utc()).name, cause=fault.detail)
            return None
        except ValueError:
            log.warning("device_key_unreadable", device=device)
            return None

    def next(self, device: str) -> SigningKey:
        """The key to be enrolled, the same until `settle`. Raises Fault(VAULT_*)."""
        key = self.get(f"{_NEXT}{device}")
        if key is None:
            key = SigningKey.new()
            self._open().put({f"{_NEXT}{device}": key.secret})
        return key

    def settle(self, device: str, key: SigningKey) -> None:
        """The server takes this one from now on. Raises Fault(VAULT_*)."""
        kept = self._open()
        kept.put({device: key.secret})
        kept.remove({f"{_NEXT}{device}"})

    def _open(self) -> SealedFile[str]:
        return open_sealed(self._path, key_file=self._key_file, keyring=self._keyring, decoder=_KEYS)
