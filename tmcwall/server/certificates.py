"""The server's certificate and key, read again when their files change."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.log import get_logger

log = get_logger(__name__)

_LOOK_AGAIN_S: Final = 5.0


class Certificate:
    """A TLS context whose certificate changes under it: connections that are open go on with the one that they have."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """Raises Fault(CERTIFICATE_UNREADABLE)."""
        self._files = certificate, key
        self._seen = self._stamps()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._load(self.context)

    def reload(self) -> bool:
        """Whether new connections get what stands in the files now. What cannot be read, or does not fit, is left."""
        self._seen = self._stamps()
        try:
            # A pair that is half written fails here, and leaves the context as it is.
            self._load(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
            self._load(self.context)
        except Fault as fault:
            log.warning("certificate_not_reloaded", detail=fault.detail)
            return False
        log.info("certificate_reloaded")
        return True

    async def watch(self, *, every_s: float = _LOOK_AGAIN_S) -> None:
        """Until it is cancelled."""
        while True:
            await asyncio.sleep(every_s)
            if self._stamps() != self._seen:
                self.reload()

    def _load(self, context: ssl.SSLContext) -> None:
        try:
            context.load_cert_chain(*self._files)
        except OSError as error:  # SSLError, too
            detail = f"{self._files[0]}: {type(error).__name__}"
            raise Fault(FaultCode.CERTIFICATE_UNREADABLE, detail, retryable=False) from error

    def _stamps(self) -> tuple[tuple[int, int] | None, ...]:
        return tuple(_stamp(file) for file in self._files)


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino
