"""Run as a program: locks itself in as a demultiplexer does, tries what strangers would, prints the outcomes."""

import errno
import json
import os
import socket
import sys
from pathlib import Path

from tmcwall.video.sandbox import confine

door, other = int(sys.argv[1]), int(sys.argv[2])


def connect(port, family=socket.AF_INET, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as connection:
        connection.connect(("127.0.0.1", port))


def listen():
    with socket.socket() as connection:
        connection.bind(("127.0.0.1", 0))


ATTEMPTS = {
    "connect to the relay": lambda: connect(door),
    "connect elsewhere": lambda: connect(other),
    "send by UDP": lambda: connect(door, kind=socket.SOCK_DGRAM),
    "reach a local socket": lambda: socket.socket(socket.AF_UNIX),
    "use IPv6": lambda: socket.socket(socket.AF_INET6),
    "make a raw socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
    "listen": listen,
    "read a file": lambda: Path("/etc/hostname").read_text(),
    "exec": lambda: os.execv("/bin/true", ["true"]),
    "fork": os.fork,
}
outcomes = {"locks": sorted(confine(keep={0, 1, 2}, port=door))}
for name, attempt in ATTEMPTS.items():
    try:
        attempt()
    except OSError as error:
        outcomes[name] = errno.errorcode[error.errno]
    else:
        outcomes[name] = "done"
sys.stdout.write(json.dumps(outcomes))
sys.stdout.flush()
os._exit(0)
