"""Who vouches for cameras here: certificates of authorities (PEM), in a folder that IT fills or in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cryptography import x509

from tmcwall.domain.fault import DomainCode, DomainError

_LARGEST_FILE: Final = 1024 * 1024


def authorities_of_folder(folder: Path) -> tuple[x509.Certificate, ...]:
    """Those of its `*.pem` files; none where there is no folder. Raises DomainError(CAMERA_AUTHORITIES_UNREADABLE)."""
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".pem")
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise DomainError(DomainCode.CAMERA_AUTHORITIES_UNREADABLE, str(folder)) from error
    return tuple(certificate for path in files for certificate in authorities_of_file(path))


def authorities_of_file(path: Path) -> tuple[x509.Certificate, ...]:
    """One certificate or several. Raises DomainError(CAMERA_AUTHORITIES_UNREADABLE)."""
    try:
        with path.open("rb") as file:
            return tuple(x509.load_pem_x509_certificates(file.read(_LARGEST_FILE)))
    except (OSError, ValueError) as error:
        raise DomainError(DomainCode.CAMERA_AUTHORITIES_UNREADABLE, str(path)) from error
