"""The configuration of a relay (MediaMTX) that opens each camera once for the city, from the register of cameras.

Two files: `mediamtx.yml`, which holds no camera's login, and `mediamtx.env`, the environment of the relay, which
replaces the addresses of cameras that want one. Keys as in MediaMTX's own reference file; its environment is read as
`MTX_PATHS_<NAME>_SOURCE`, of which it takes the name apart at underscores and writes it in small letters.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import quote, urlsplit

import yaml

from tmcwall.cameras.logins import CameraLogins, Login
from tmcwall.domain.address import AddressRule
from tmcwall.domain.camera import Camera, Profile
from tmcwall.domain.fault import Fault
from tmcwall.domain.relay import relay_path
from tmcwall.domain.source import TransportPreference, is_rtsp
from tmcwall.domain.urlsecrets import with_secrets

CONFIGURATION_FILE: Final = "mediamtx.yml"
ENVIRONMENT_FILE: Final = "mediamtx.env"
RELAY_USER: Final = "tmcwall"
"""As whom workstations read from the relay."""

_DEFAULT_PORTS: Final = {"rtsp": 554, "rtsps": 322}
_TRANSPORTS: Final[Mapping[TransportPreference, str]] = {
    TransportPreference.AUTO: "automatic",
    TransportPreference.TCP: "tcp",
    TransportPreference.UDP: "udp",
    TransportPreference.COMPAT: "tcp",
}
_START_S: Final = 8
"""The relay says so itself where a camera does not come, before workstations give it up."""
_UNQUOTED: Final = "".join(sign for sign in map(chr, range(0x21, 0x7F)) if sign not in "\"'`$\\#")
"""In an address: what MediaMTX (`$`), shells and service managers read as something else is percent-encoded."""
_HEAD: Final = (
    "# Written by `tmcwall relay config`; the next run replaces what is changed here.\n"
    "# Addresses of cameras that want a login are replaced by those in mediamtx.env.\n"
)
_ENVIRONMENT_HEAD: Final = (
    "# Written by `tmcwall relay config`. Holds the logins of cameras: for MediaMTX's own account only.\n"
    "MTX_MOQ=no\n"
    "MTX_SRTLA=no\n"
)
"""Newer versions listen for these by themselves; older ones know no such key in their file."""


class LeftOutWhy(StrEnum):
    """Why the relay does not read a stream; workstations open it directly."""

    NOT_RTSP = "not_rtsp"
    ADDRESS_FORBIDDEN = "address_forbidden"
    HALF_A_LOGIN = "half_a_login"
    """A name without a password or the reverse: MediaMTX would not start with that."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    camera: str
    profile: Profile
    why: LeftOutWhy


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayOrder:
    """How the relay is to serve, and how it may ask cameras."""

    address: str
    """Where workstations find it, as in the settings; says whether it speaks TLS, and its port."""
    password: str
    """With which workstations read; only its hash is written."""
    rule: AddressRule
    transport: TransportPreference = TransportPreference.AUTO
    fingerprints: Mapping[str, str]
    """Of cameras' certificates, by `host:port`."""


@dataclass(frozen=True, slots=True)
class RelayFiles:
    """What the two files are to hold."""

    configuration: bytes
    environment: bytes
    left_out: tuple[LeftOut, ...] = ()

    def __repr__(self) -> str:
        return f"RelayFiles({len(self.configuration)} bytes, left_out={len(self.left_out)})"


@dataclass(frozen=True, slots=True)
class RelayChanges:
    """Names of paths that a new configuration adds, takes away or changes; `settings`: something else differs."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    settings: bool = False

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.settings)


def relay_files(cameras: Iterable[Camera], logins: Mapping[str, CameraLogins], order: RelayOrder) -> RelayFiles:
    """One path a camera and stream, opened when somebody reads it; the same cameras give the same bytes."""
    paths: dict[str, object] = {}
    secrets: list[str] = []
    left_out: list[LeftOut] = []
    for camera in sorted(cameras, key=lambda one: one.id):
        known = logins.get(camera.id, CameraLogins())
        for profile, url in _streams(camera):
            login = known.for_stream(profile, url)
            why = _why_not(url, login, order.rule)
            if why is not None:
                left_out.append(LeftOut(camera.id, profile, why))
                continue
            name = relay_path(camera.id, profile)
            paths[name] = _path(camera, url, order)
            if login is not None:
                secrets.append(f"MTX_PATHS_{name.upper()}_SOURCE={_with_login(url, login)}\n")
    document = {**_server(order), "pathDefaults": _EVERY_PATH, "paths": paths}
    content = yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=1000)
    return RelayFiles(
        (_HEAD + content).encode(), (_ENVIRONMENT_HEAD + "".join(secrets)).encode(), tuple(left_out)
    )  # fmt: skip


def changes_between(before: RelayFiles, after: RelayFiles) -> RelayChanges:
    """What is different; of files that cannot be read everything is."""
    old, new = _Read.of(before), _Read.of(after)
    both = sorted(new.paths.keys() & old.paths.keys())
    return RelayChanges(
        added=tuple(sorted(new.paths.keys() - old.paths.keys())),
        removed=tuple(sorted(old.paths.keys() - new.paths.keys())),
        changed=tuple(name for name in both if new.paths[name] != old.paths[name]),
        settings=new.rest != old.rest,
    )


def _streams(camera: Camera) -> Iterator[tuple[Profile, str]]:
    yield Profile.MAIN, camera.url
    if camera.substream_url:
        yield Profile.SUB, camera.substream_url


def _why_not(url: str, login: Login | None, rule: AddressRule) -> LeftOutWhy | None:
    if not is_rtsp(url):
        return LeftOutWhy.NOT_RTSP
    if login is not None and bool(login.username) != bool(login.password):
        return LeftOutWhy.HALF_A_LOGIN
    try:
        rule.check_host(urlsplit(url).hostname or "")
    except Fault:
        return LeftOutWhy.ADDRESS_FORBIDDEN
    return None


def _path(camera: Camera, url: str, order: RelayOrder) -> dict[str, object]:
    path: dict[str, object] = {
        "source": _Value(_encoded(url)),
        "rtspTransport": _TRANSPORTS[camera.transport or order.transport],
    }
    parts = urlsplit(url)
    host = f"{parts.hostname or ''}:{parts.port or _DEFAULT_PORTS[parts.scheme.lower()]}"
    if parts.scheme.lower() == "rtsps" and host in order.fingerprints:
        path["sourceFingerprint"] = _Value(order.fingerprints[host])
    return path


def _server(order: RelayOrder) -> dict[str, object]:
    """All but the paths. Whatever is not needed to hand streams on over RTSP is off."""
    parts = urlsplit(order.address)
    tls = parts.scheme == "rtsps"
    port = _Value(f":{parts.port or _DEFAULT_PORTS[parts.scheme]}")
    digest = base64.b64encode(hashlib.sha256(order.password.encode()).digest()).decode()
    reader = {
        "user": RELAY_USER,
        "pass": _Value(f"sha256:{digest}"),
        "ips": [],
        "permissions": [{"action": "read", "path": ""}],
    }
    listening = (
        {"rtspsAddress": port, "rtspServerKey": "server.key", "rtspServerCert": "server.crt"}
        if tls
        else {"rtspAddress": port}
    )
    off = ("api", "metrics", "pprof", "playback", "rtmp", "hls", "webrtc", "srt")
    return {
        "authMethod": "internal",
        "authInternalUsers": [reader],
        **dict.fromkeys(off, False),
        "rtsp": True,
        "rtspTransports": ["tcp"],
        "rtspEncryption": _Value("strict" if tls else "no"),
        **listening,
        "rtspAuthMethods": ["basic"],
    }


_EVERY_PATH: Final = {
    "sourceOnDemand": True,
    "sourceOnDemandStartTimeout": f"{_START_S}s",
    "sourceOnDemandCloseAfter": "10s",
    "record": False,
}


def _encoded(url: str) -> str:
    """Without the mark `#compat`, which no camera is sent."""
    return quote(url.strip().partition("#")[0], safe=_UNQUOTED)


def _with_login(url: str, login: Login) -> str:
    whole = _encoded(with_secrets(url, login.secrets))
    if not login.username:
        return whole
    scheme, _, rest = whole.partition("://")
    return f"{scheme}://{quote(login.username, safe='')}:{quote(login.password, safe='')}@{rest}"


class _Value(str):
    """A text that is written in quotes, for it could be read as a number or as `no`."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """With our own kind of text."""


def _quoted(dumper: yaml.SafeDumper, value: _Value) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(value), style='"')


_Dumper.add_representer(_Value, _quoted)


@dataclass(frozen=True, slots=True)
class _Read:
    """Both files as far as they can be read: every path with the address that replaces its own, and all else."""

    paths: Mapping[str, object]
    rest: object

    @classmethod
    def of(cls, files: RelayFiles) -> _Read:
        try:
            document = yaml.safe_load(files.configuration)
        except yaml.YAMLError:
            document = None
        found = document if isinstance(document, dict) else {}
        named = found.get("paths")
        paths = named if isinstance(named, dict) else {}
        lines = files.environment.decode("utf-8", "replace").splitlines()
        given = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
        sources = {name: given.pop(f"MTX_PATHS_{str(name).upper()}_SOURCE", None) for name in paths}
        rest = ({key: value for key, value in found.items() if key != "paths"}, given)
        return cls({str(name): (path, sources[name]) for name, path in paths.items()}, rest)
