"""Cameras as the engine needs them: where their streams are and who asks for them. Knows no database."""

from __future__ import annotations

from tmcwall.cameras.logins import CameraLogins, Login
from tmcwall.domain.camera import Camera, Mount, Profile
from tmcwall.domain.source import TransportPreference
from tmcwall.domain.urlsecrets import with_secrets
from tmcwall.video.ipc.messages import Live, StreamUrl


def source_of(
    camera: Camera, logins: CameraLogins, *, transport: TransportPreference = TransportPreference.AUTO
) -> Live:
    """A camera as the engine needs it, with the logins for its hosts. `transport` is for one that names none."""
    sub = camera.substream_url
    carriage = camera.transport or transport
    return Live(
        camera=camera.id,
        main=stream_url(camera.url, logins.for_stream(Profile.MAIN, camera.url), transport=carriage),
        sub=stream_url(sub, logins.for_stream(Profile.SUB, sub), transport=carriage) if sub else None,
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
