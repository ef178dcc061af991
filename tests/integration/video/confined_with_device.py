"""Run as a program: locks itself in with a device, as far as one works, and prints what it can do then."""

import errno
import json
import os
import socket
import sys
from pathlib import Path

from tmcwall.video.sandbox import confine_with_device

works, folder = sys.argv[1] == "works", Path(sys.argv[2])
parent = os.getppid()
before = {}


def tried(attempt):
    try:
        attempt()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "done"


def fork():
    if os.fork() == 0:
        os._exit(0)


def open_device():
    """The driver's turn."""
    before["read a library's folder"] = tried(lambda: list(Path("/usr/lib").iterdir()))
    before["open the device"] = tried(lambda: Path("/dev/null").open("r+b").close())
    before["read a file"] = tried((folder / "secret").read_text)
    before["write a file"] = tried(lambda: (folder / "new").write_text("x"))
    return works


locks = confine_with_device(open_device, files=[Path("/dev/null")], keep={0, 1, 2})
after = {
    "open the device": tried(lambda: Path("/dev/null").open("r+b").close()),
    "read a library's folder": tried(lambda: list(Path("/usr/lib").iterdir())),
    "read a file": tried((folder / "secret").read_text),
    "write a file": tried(lambda: (folder / "new").write_text("x")),
    "read another's environment": tried(lambda: Path(f"/proc/{parent}/environ").read_bytes()),
    "make a socket": tried(socket.socket),
    "fork": tried(fork),
}
sys.stdout.write(json.dumps({"locks": sorted(locks), "before": before, "after": after}))
sys.stdout.flush()
os._exit(0)
