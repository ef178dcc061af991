"""Looks into libraries that may crash, hang or be absent; each probe runs in a process of its own and prints JSON."""

# ruff: noqa: PLC0415 - a probe imports what it asks about, and only that

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PySide6.QtGui import QScreen

_CALLS: Final = 1000
_SILENT: Final = ("discard all samples", "dummy output", "null output", "null playback device", "auto_null")
"""What ALSA, PulseAudio, PipeWire and miniaudio call devices that lead nowhere."""
_CHECK_S: Final = 5.0


def main(arguments: Sequence[str]) -> int:
    """Run the probe of that name and print its facts."""
    print(json.dumps(_PROBES[arguments[0]](*arguments[1:])))  # noqa: T201 - the answer to the parent
    sys.stdout.flush()
    os._exit(0)  # a library's clean-up at exit is not what was asked about


def _qt() -> dict[str, object]:
    """Qt, its platform and screens, and whether painting keeps its references (deps.md: PySide6 6.12)."""
    from PySide6 import __version__ as version
    from PySide6.QtGui import QFontDatabase, QGuiApplication, QImage, QPainter

    from tmcwall.resources import resource

    application = QGuiApplication(["tmcwall"])
    try:
        charts = str(import_module("pyqtgraph").__version__)
    except ImportError:
        charts = ""
    canvas = QImage(64, 64, QImage.Format.Format_RGB32)
    picture = QImage(8, 8, QImage.Format.Format_RGB32)
    picture.fill(0)
    painter = QPainter(canvas)
    before = sys.getrefcount(None)
    for _ in range(_CALLS):
        painter.drawImage(0, 0, picture)
        painter.fillRect(0, 0, 8, 8, 0)
    lost = before - sys.getrefcount(None)
    painter.end()
    fonts = [
        font for font in sorted(resource("fonts").glob("*.otf")) if QFontDatabase.addApplicationFont(str(font)) >= 0
    ]
    return {
        "version": version,
        "platform": application.platformName(),
        "references_lost": lost,
        "fonts": len(fonts),
        "charts": charts,
        "screens": [screen_facts(screen) for screen in application.screens()],
    }


def screen_facts(screen: QScreen) -> dict[str, object]:
    """A monitor with its own pixels: Qt counts in pixels of the desktop, of which each is `scale` of the monitor's."""
    from tmcwall.ui.wall.monitors import identity_of

    scale = screen.devicePixelRatio()
    return {
        "name": screen.name(),
        "identity": identity_of(screen),
        "width": round(screen.size().width() * scale),
        "height": round(screen.size().height() * scale),
        "scale": round(scale, 2),
        "hz": round(screen.refreshRate(), 1),
    }


def _video() -> dict[str, object]:
    """FFmpeg's decoders and acceleration, and whether OpenCV brings a Qt of its own."""
    import av
    import av.codec
    import av.codec.hwaccel
    import cv2

    from tmcwall.domain.fault import Fault
    from tmcwall.video.decode import ffmpeg_options
    from tmcwall.video.sessions import compat_demuxer

    av.logging.set_level(None)
    options = []
    for check in (ffmpeg_options.check_options, compat_demuxer.check_options):
        try:
            check()
        except Fault as fault:
            options.append(fault.detail)
    decoders: dict[str, bool] = {}
    for name in ("h264", "hevc", "mjpeg"):
        try:
            decoders[name] = av.codec.Codec(name, "r").is_decoder
        except av.codec.codec.UnknownCodecError:
            decoders[name] = False
    return {
        "av": av.__version__,
        "libavcodec": ".".join(map(str, av.library_versions["libavcodec"])),
        "decoders": decoders,
        "options": ", ".join(options),
        "acceleration": list(av.codec.hwaccel.hwdevices_available()),
        "opencv": cv2.__version__,
        "second_qt": (Path(cv2.__file__).parent / "qt").is_dir() or "QT5" in cv2.getBuildInformation(),
    }


def _hardware() -> dict[str, object]:
    """Devices that seem to be there to decode with, and those that a picture comes out of."""
    import av

    from tmcwall.video.decode.hardware import FFmpegDevice, candidates, works

    av.logging.set_level(None)
    kinds = list(candidates())
    return {
        "found": [kind.name for kind in kinds],
        "working": [kind.name for kind in kinds if works(FFmpegDevice(kind))],
    }


def _sound() -> dict[str, object]:
    """Whether there is anything to sound the alarm tone with."""
    import miniaudio

    names = [str(device["name"]) for device in miniaudio.Devices().get_playbacks()]
    return {
        "devices": [name for name in names if not leads_nowhere(name)],
        "silent": list(filter(leads_nowhere, names)),
    }


def leads_nowhere(device: str) -> bool:
    """Whether a sound device of that name takes tones that nobody hears."""
    return device.lower().startswith(_SILENT)


def _vault(path: str, key_file: str) -> dict[str, object]:
    """Whether the vault opens, without setting a lost one aside; or what would lock a new one."""
    from tmcwall.cameras.keystore import system_keyring
    from tmcwall.cameras.logins import camera_count
    from tmcwall.cameras.vault import check_key_file, open_vault
    from tmcwall.domain.fault import Fault

    vault, key = Path(path), Path(key_file) if key_file else None
    there = vault.exists()
    try:
        if there:
            kept = open_vault(vault, key_file=key, keyring=system_keyring).all()
            return {"there": True, "logins": camera_count(kept)}
        if key is not None:
            check_key_file(key, vault)
            return {"there": False}
        store = system_keyring()
        if store is None:
            return {"there": False, "fault": "", "reason": "no trusted keyring"}
        store.probe()
    except Fault as fault:
        return {"there": there, "fault": fault.code.value, "reason": fault.detail}
    return {"there": False}


def _vault_words(path: str, key_file: str) -> dict[str, object]:
    """What is in the vault, to be found and taken out elsewhere."""
    from tmcwall.cameras.keystore import system_keyring
    from tmcwall.cameras.vault import open_vault
    from tmcwall.domain.fault import Fault

    vault = Path(path)
    try:
        if not vault.exists():
            return {"words": []}
        kept = open_vault(vault, key_file=Path(key_file) if key_file else None, keyring=system_keyring).all()
    except (Fault, OSError):
        return {"words": []}
    logins = [login for one in kept.values() for login in (one.main, one.sub) if login is not None]
    return {"words": sorted({word for one in logins for word in (one.username, one.password, *one.secrets)})}


def _store(path: str) -> dict[str, object]:
    """What is in the store, also while the program runs."""
    from tmcwall.db.inspection import inspect_store
    from tmcwall.domain.fault import Fault

    try:
        return asdict(inspect_store(Path(path), check_s=_CHECK_S))
    except Fault as fault:
        return {"fault": str(fault)}


def _server_store(path: str) -> dict[str, object]:
    """Whether the database of a server that keeps its data here passes its check, and when it was last backed up."""
    from tmcwall.db.inspection import check_database, newest_server_backup
    from tmcwall.domain.fault import Fault

    try:
        size_bytes = check_database(Path(path), check_s=_CHECK_S)
        newest = newest_server_backup(Path(path))
        return {"size_bytes": size_bytes, "backed_up_at": newest.isoformat() if newest is not None else None}
    except Fault as fault:
        return {"fault": str(fault)}


_PROBES: Final[Mapping[str, Callable[..., dict[str, object]]]] = {
    "qt": _qt,
    "video": _video,
    "hardware": _hardware,
    "sound": _sound,
    "vault": _vault,
    "vault-words": _vault_words,
    "store": _store,
    "server-store": _server_store,
}

if __name__ == "__main__":
    main(sys.argv[1:])
