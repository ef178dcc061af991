"""Run as a program: locks itself in with a device, as far as one works, and prints what it can do then."""

import os
import socket
import sys
from pathlib import Path

from tests.integration.video.attempts import fork, outcome, send
from tmcwall.video.ipc.sandbox import confine_with_device

works, folder = sys.argv[1] == "works", Path(sys.argv[2])
parent = os.getppid()
before = {}


def open_device():
    """The driver's turn."""
    before["read a library's folder"] = outcome(lambda: list(Path("/usr/lib").iterdir()))
    before["open the device"] = outcome(lambda: Path("/dev/null").open("r+b").close())
    before["read a file"] = outcome((folder / "secret").read_text)
    before["write a file"] = outcome(lambda: (folder / "new").write_text("x"))
    return works


locks = confine_with_device(open_device, files=[Path("/dev/null")], keep={0, 1, 2})
after = {
    "open the device": outcome(lambda: Path("/dev/null").open("r+b").close()),
    "read a library's folder": outcome(lambda: list(Path("/usr/lib").iterdir())),
    "read a file": outcome((folder / "secret").read_text),
    "write a file": outcome(lambda: (folder / "new").write_text("x")),
    "read another's environment": outcome(lambda: Path(f"/proc/{parent}/environ").read_bytes()),
    "make a socket": outcome(socket.socket),
    "fork": outcome(fork),
}
send(locks, before=before, after=after)
