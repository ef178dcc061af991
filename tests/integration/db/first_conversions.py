"""Forks programs, in each of which four threads convert to every kind at once, and says how each has ended."""

import os
import sys
import threading
from contextlib import suppress

import msgspec

import tmcwall.db.rows  # noqa: F401 - as every program that has a store
from tmcwall.domain.kinds import KINDS

THREADS = 4


def convert_all(together: threading.Barrier) -> None:
    together.wait()
    for kind in KINDS.values():
        with suppress(msgspec.ValidationError):
            msgspec.convert({}, kind.shape)


if __name__ == "__main__":
    sys.setswitchinterval(1e-6)
    for _ in range(int(sys.argv[1])):
        child = os.fork()
        if child == 0:
            together = threading.Barrier(THREADS)
            threads = [threading.Thread(target=convert_all, args=(together,)) for _ in range(THREADS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))  # noqa: T201 - the test reads it
