"""What the signatures of a PDF that came back say, found out by a process of its own."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

import msgspec

from tmcwall.domain.letter import PdfSignature
from tmcwall.log import get_logger

log = get_logger(__name__)

SIGNATURE_PROCESS: Final = "signature-process"
_LIMIT_S: Final = 60.0
_MODULE: Final = "tmcwall.evidence.pdf_signatures"
_ANSWER: Final = msgspec.json.Decoder(tuple[PdfSignature, ...])
_NO_WINDOW: Final = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""On Windows."""


def examine_signatures(pdf: bytes, *, limit_s: float = _LIMIT_S) -> tuple[PdfSignature, ...] | None:
    """None where they could not be examined. Waits: not in the GUI thread."""
    own = [SIGNATURE_PROCESS] if getattr(sys, "frozen", False) else ["-m", _MODULE]
    try:
        done = subprocess.run(
            [sys.executable, *own],
            input=pdf,
            capture_output=True,
            timeout=limit_s,
            check=True,
            creationflags=_NO_WINDOW,
        )
        return _ANSWER.decode(done.stdout)
    except (OSError, subprocess.SubprocessError, msgspec.MsgspecError) as error:
        log.warning("signatures of a PDF could not be examined", cause=type(error).__name__)
        return None
