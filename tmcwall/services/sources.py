"""Cameras as the engine needs them: where their streams are and who asks for them. Knows no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from tmcwall.cameras.logins import RELAY_ENTRY, CameraLogins, Login, host_of
from tmcwall.domain.camera import Camera, Mount, Profile
from tmcwall.domain.relay import relay_path
from tmcwall.domain.source import TransportPreference, is_rtsp
from tmcwall.domain.urlsecrets import with_secrets
from tmcwall.video.ipc.messages import Live, RelayUrl, StreamUrl


@dataclass(frozen=True, slots=True)
class Relay:
    """Where the city's relay is, for example `rtsps://relay.example:8322`, and how to log in there."""

    address: str
    login: Login | None = None
    """Given to that host only."""

    def url_of(self, camera_id: str, profile: Profile) -> RelayUrl:
        """Where it has a stream of a camera."""
        url = f"{self.address}/{relay_path(camera_id, profile)}"
        login = self.login if self.login is not None and self.login.host == host_of(self.address) else None
        return RelayUrl(url) if login is None else RelayUrl(url, login.username, login.password)


def relay_of(address: str, logins: Mapping[str, CameraLogins]) -> Relay | None:
    """The relay at an address of the settings, with the login that is kept for it; None for an empty address."""
    return Relay(address, logins.get(RELAY_ENTRY, CameraLogins()).main) if address else None


def source_of(
    camera: Camera,
    logins: CameraLogins,
    *,
    transport: TransportPreference = TransportPreference.AUTO,
    relay: Relay | None = None,
) -> Live:
    """A camera as the engine needs it, with the logins for its hosts. `transport` is for one that names none.

    Its RTSP streams come from the `relay`, where there is one.
    """

    def stream(profile: Profile, url: str) -> StreamUrl:
        found = stream_url(url, logins.for_stream(profile, url), transport=camera.transport or transport)
        if relay is None or not is_rtsp(url):
            return found
        return msgspec.structs.replace(found, relay=relay.url_of(camera.id, profile))

    sub = camera.substream_url
    return Live(
        camera=camera.id,
        main=stream(Profile.MAIN, camera.url),
        sub=stream(Profile.SUB, sub) if sub else None,
        record=camera.record,
        turns=camera.mount is Mount.PTZ,
    )


def stream_url(
    url: str, login: Login | None, *, transport: TransportPreference = TransportPreference.AUTO
) -> StreamUrl:
    """One stream as the engine needs it: the only place where its address and the secrets of it come together."""
    if login is None:
        return StreamUrl(url, transport=transport)
    return StreamUrl(with_secrets(url, login.secrets), login.username, login.password, transport=transport)
