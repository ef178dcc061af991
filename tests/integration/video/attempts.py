"""What a locked-in program can still do, told in one line of JSON."""

import errno
import json
import os
import socket
import sys


def outcome(attempt):
    """`done`, or the name of the system's refusal."""
    try:
        attempt()
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "done"


def send(locks, **outcomes):
    """Ends the program, which could not end otherwise."""
    sys.stdout.write(json.dumps({"locks": sorted(locks), **outcomes}))
    sys.stdout.flush()
    os._exit(0)


def listen():
    with socket.socket() as connection:
        connection.bind(("127.0.0.1", 0))


def fork():
    if os.fork() == 0:
        os._exit(0)
