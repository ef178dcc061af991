"""Who logs in where: the credentials of cameras, kept apart from their addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from tmcwall.domain.camera import Profile

LONGEST_BYTES = 127
"""Bytes of a user name or a password: what follows is silently cut off by common camera software (faults.md 2.2)."""


@dataclass(frozen=True, slots=True)
class Login:
    """A user name and password for one host; it is given to no other."""

    host: str
    username: str
    password: str

    def __repr__(self) -> str:
        return f"Login(host={self.host!r})"


@dataclass(frozen=True, slots=True)
class CameraLogins:
    """The logins of one camera's streams."""

    main: Login | None = None
    sub: Login | None = None

    def for_stream(self, profile: Profile, url: str) -> Login | None:
        """The login for that stream at `url`, or None. The main stream's serves the substream on the same host.

        A camera whose address was changed to another host gets none: its password must be entered again.
        """
        host = host_of(url)
        own = self.sub if profile is Profile.SUB else self.main
        for login in (own, self.main):
            if login is not None and login.host == host:
                return login
        return None


class KnownLogins(Protocol):
    """Where logins can be looked up."""

    def all(self) -> dict[str, CameraLogins]:
        """Every camera's logins, by camera id. Raises Fault(VAULT_UNAVAILABLE)."""
        ...


class LoginBook(KnownLogins, Protocol):
    """Where logins are kept by camera id: the vault, or a stand-in for tests."""

    def put(self, logins: dict[str, CameraLogins]) -> None:
        """Add these or replace what stood under their camera ids, all or none. Raises Fault(VAULT_UNAVAILABLE)."""
        ...

    def remove(self, camera_ids: set[str]) -> None:
        """Forget these cameras' logins. Raises Fault(VAULT_UNAVAILABLE)."""
        ...


def host_of(url: str) -> str:
    """The host of a stream address, lower case."""
    return (urlsplit(url).hostname or "").lower()
