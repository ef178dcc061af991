"""Run as a program: locks itself in as a demultiplexer does, tries what strangers would, prints the outcomes."""

import os
import socket
import sys
from pathlib import Path

from tests.integration.video.attempts import fork, listen, outcome, send
from tmcwall.video.ipc.sandbox import confine

door, other = int(sys.argv[1]), int(sys.argv[2])


def connect(port, family=socket.AF_INET, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as connection:
        connection.connect(("127.0.0.1", port))


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
    "fork": fork,
}
locks = confine(keep={0, 1, 2}, port=door)
send(locks, outcomes={name: outcome(attempt) for name, attempt in ATTEMPTS.items()})
