"""Who logs in where: the credentials of cameras, kept apart from their addresses."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import urlsplit

from tmcwall.domain.camera import Camera, Profile
from tmcwall.domain.urlsecrets import take_secrets

SIGNING_KEY_ENTRY: Final = "tmcwall/evidence-signing-key"
"""In the vault, beside the ids of cameras, which have no slash: the key with which this workstation signs evidence."""
RELAY_ENTRY: Final = "tmcwall/relay"
"""In the vault beside them: the login with which workstations read from the relay."""
LONGEST_BYTES = 127
"""Bytes of a user name or a password: what follows is silently cut off by common camera software (faults.md 2.2)."""


@dataclass(frozen=True, slots=True)
class Login:
    """A user name and password for one host; it is given to no other."""

    host: str
    username: str
    password: str
    secrets: tuple[str, ...] = ()
    """What belongs into the placeholders of the address, see domain.urlsecrets. User and password may be empty then."""

    def __repr__(self) -> str:
        return f"Login(host={self.host!r})"

    def joined(self, kept: Login | None) -> Login:
        """The same login, with what it lacks from the one that is kept for the same host."""
        if kept is None or kept.host != self.host:
            return self
        named = self if self.username or self.password else kept
        return Login(self.host, named.username, named.password, self.secrets or kept.secrets)


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
        found = [login for login in (own, self.main) if login is not None and login.host == host]
        return found[0].joined(found[-1]) if found else None

    def joined(self, kept: CameraLogins | None) -> CameraLogins:
        """The same logins, with those that are kept where none is given."""
        known = kept or CameraLogins()
        return CameraLogins(
            self.main.joined(known.main) if self.main else known.main,
            self.sub.joined(known.sub) if self.sub else known.sub,
        )


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


def camera_count(logins: Collection[str]) -> int:
    """How many of a vault's entries are cameras."""
    return len(set(logins) - {SIGNING_KEY_ENTRY, RELAY_ENTRY})


def logins_in(camera: Camera) -> CameraLogins | None:
    """The secrets that stand in the addresses of a camera; None if there are none."""
    main, sub = (
        Login(host_of(url), "", "", secrets) if url and (secrets := take_secrets(url).secrets) else None
        for url in (camera.url, camera.substream_url)
    )
    return CameraLogins(main, sub) if main or sub else None


def host_of(url: str) -> str:
    """The host of a stream address, lower case."""
    return (urlsplit(url).hostname or "").lower()
