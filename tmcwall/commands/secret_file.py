"""Passwords and secrets that a command is given: in a file or on standard input, never as an argument."""

from __future__ import annotations

import sys
from pathlib import Path

from tmcwall.domain.fault import DomainCode, DomainError


def read_secret(path: Path) -> str:
    """The first line of a file, or of standard input for `-`: a password or a webhook secret, never an argument.

    Raises DomainError(INPUT_UNREADABLE).
    """
    try:
        text = sys.stdin.readline() if str(path) == "-" else path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DomainError(DomainCode.INPUT_UNREADABLE, str(path)) from error
    return text.split("\n", 1)[0].rstrip("\r")
