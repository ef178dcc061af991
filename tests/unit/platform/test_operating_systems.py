"""What differs by operating system stands behind a few faces, and nobody else asks which one it is."""

import re
from pathlib import Path

import tmcwall

PACKAGE = Path(tmcwall.__file__).parent
FACES = {
    "domain.clock": "which clock ages go by",
    "durable": "folders, modes and locks of files",
    "heap": "the C library that gives memory back",
    "listening": "options of sockets",
    "machine": "processors and memory",
    "paths": "where an administrator's settings stand",
    "priority": "niceness or a class of priority",
    "private_files": "rights of files and folders",
    "process_usage": "what is known of other processes",
    "service_manager": "whether there is a systemd",
    "services.alarm": "ALSA's words where there is no sound",
    "stop_signals": "signals",
    "ui.display": "X and Wayland",
    "ui.wall.largepages": "advice on pages of memory",
    "video.decode.hardware": "devices that decode",
    "video.ipc.cpu_clock": "clocks of threads",
    "video.ipc.fd_passing": "descriptors from one process to another",
    "video.ipc.memory_file": "shared memory",
    "video.ipc.pipes": "pipes that never wait",
    "video.ipc.processes": "how processes start and end",
    "video.ipc.sandbox": "what keeps a decoder in",
    "video.ipc.suspend": "clocks that go on in sleep",
}
"""By module, what differs there."""
ASKING = re.compile(r"\bsys\.platform\b|\bos\.name\b|\bplatform\.(?:system|uname)\b|from sys import .*\bplatform\b")


def test_only_these_modules_ask_for_the_operating_system():
    asking = {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        for path in PACKAGE.rglob("*.py")
        if ASKING.search(path.read_text(encoding="utf-8"))
    }
    assert asking == set(FACES)
