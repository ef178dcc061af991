"""Run as a program: locks itself in as a decoder does, tries what a stranger's code would, and prints the outcomes."""

import ctypes
import errno
import mmap
import os
import signal
import socket
import sys
import threading
from pathlib import Path

from tests.integration.video.attempts import fork, listen, outcome, send
from tmcwall.video.ipc.sandbox import confine

port, other, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    """A system call by its x86_64 number; raises OSError."""
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def connect():
    with socket.socket() as connection:
        connection.connect(("127.0.0.1", port))


def work_in_a_thread():
    done = []
    thread = threading.Thread(target=lambda: done.append(len(bytearray(50_000_000))))
    thread.start()
    thread.join()
    with mmap.mmap(-1, 1 << 20) as memory:
        memory[0] = 1
    if not done:
        raise OSError(errno.EPERM, "no thread")


def exec_a_shell():
    os.execv("/bin/sh", ["sh", "-c", "exit 0"])


ATTEMPTS = {
    "read a file": (folder / "secret").read_text,
    "write a file": lambda: (folder / "new").write_text("x"),
    "read /proc": lambda: Path(f"/proc/{other}/environ").read_bytes(),
    "list a folder": lambda: list(folder.iterdir()),
    "remove a file": (folder / "secret").unlink,
    "use an inherited descriptor": lambda: os.read(int(sys.argv[4]), 1),
    "connect": connect,
    "bind": listen,
    "send by UDP": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    "reach a local socket": lambda: socket.socket(socket.AF_UNIX),
    "make a socket pair": socket.socketpair,
    "exec": exec_a_shell,
    "fork": fork,
    "signal another process": lambda: os.kill(other, signal.SIGCONT),
    "trace": lambda: call(101, 16, other, 0, 0),
    "read another's memory": lambda: call(310, other, None, 0, None, 0, 0),
    "load a kernel program": lambda: call(321, 0, None, 0),
    "mount": lambda: call(165, b"none", b"/tmp", b"tmpfs", 0, None),
    "unshare": lambda: call(272, 0x10000000),
    "make a memory file": lambda: os.memfd_create("x"),
    "use io_uring": lambda: call(425, 1, None),
    "work in a thread": work_in_a_thread,
}

locks = confine(keep={0, 1, 2})
send(locks, outcomes={name: outcome(attempt) for name, attempt in ATTEMPTS.items()})
