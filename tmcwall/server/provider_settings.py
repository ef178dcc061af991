"""What the office says of its identity provider, in a file of its own (`server run --oidc-config F`)."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from tmcwall.domain.address import is_this_machine
from tmcwall.domain.fault import DomainCode, DomainError

_LONGEST_NAME: Final = 40
"""Characters; it stands on a button."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """A provider, and this server as its client."""

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    """Empty: a client without one, which PKCE alone protects."""
    claim: str = "preferred_username"
    """Which claim names an officer. One that officers can change themselves at the provider names anybody."""
    officers: Mapping[str, str] = field(default_factory=dict)
    """The NRP for a value of the claim; if there are any, nobody else is let in. None: the value is the NRP."""
    name: str = ""
    scopes: tuple[str, ...] = ("profile",)
    ca_file: Path | None = None

    @property
    def shown_name(self) -> str:
        return self.name or urlsplit(self.issuer).hostname or ""

    def tls(self) -> ssl.SSLContext | bool:
        """Whose certificates are believed. Raises OSError."""
        return True if self.ca_file is None else ssl.create_default_context(cafile=self.ca_file)


class _File(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    issuer: str
    client_id: str
    client_secret_file: str = ""
    claim: str = "preferred_username"
    officers: dict[str, str] = {}
    name: str = ""
    scopes: tuple[str, ...] = ("profile",)
    ca_file: str = ""


def read_provider_settings(path: Path) -> ProviderSettings:
    """Names of files in it are looked for beside it. Raises DomainError(INPUT_UNREADABLE, PROVIDER_SETTINGS)."""
    content = _read(path)
    try:
        read = msgspec.toml.decode(content, type=_File)
    except (msgspec.DecodeError, ValueError) as error:
        raise DomainError(DomainCode.PROVIDER_SETTINGS, str(error)) from None
    settings = ProviderSettings(
        issuer=read.issuer,
        client_id=read.client_id,
        client_secret=_read(path.parent / read.client_secret_file).strip() if read.client_secret_file else "",
        claim=read.claim,
        officers=read.officers,
        name=" ".join(read.name.split()),
        scopes=read.scopes,
        ca_file=path.parent / read.ca_file if read.ca_file else None,
    )
    _check(settings)
    return settings


def is_safe(address: str) -> bool:
    """Whether what goes there is encrypted, or stays on this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        secure = parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(host))
    except ValueError:
        return False
    return secure and bool(host) and not parts.fragment and parts.username is None


def _check(settings: ProviderSettings) -> None:
    wrong = {
        "issuer": not is_safe(settings.issuer) or bool(urlsplit(settings.issuer).query),
        "client_id": not settings.client_id,
        "claim": not settings.claim,
        "name": len(settings.name) > _LONGEST_NAME or not settings.name.isprintable(),
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise DomainError(DomainCode.PROVIDER_SETTINGS, name)
    try:
        settings.tls()
    except OSError:
        raise DomainError(DomainCode.INPUT_UNREADABLE, str(settings.ca_file)) from None


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise DomainError(DomainCode.INPUT_UNREADABLE, str(path)) from None
