"""Programs for the tests of survival. Run as `python tagging_program.py STORE write|verify|kill SEED ROUNDS`.

`write` tags bookmark after bookmark and prints the number of each after its commit, or the code of a fault. `verify`
prints what the store holds. `kill` runs `write` again and again in a child, each time killed at a random moment, and
looks after each that nothing is missing that the child had printed.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from tmcwall.db import bookmarks, custody, operations
from tmcwall.db.store import Store
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState
from tmcwall.domain.case import Case, case_id
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import Fault

CLOCK = SystemClock()
LONG_S = 120


def tag(session: Session, number: int) -> None:
    """Case, bookmark and clip in one transaction, as the tag key writes them."""
    now = CLOCK.utc()
    lp = f"LP/B/{number}/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH"
    case = Case(case_id(lp), lp, lp, now, "12345678")
    bookmark = Bookmark(f"b{number}", "CAM-1", "Gendengan", now, now, now, "12345678", str(number), case.id)
    for value in (case, bookmark, Clip(f"k{number}", bookmark.id, ClipState.WAITING)):
        operations.change(session, value, actor="12345678", at=now)


def write(path: Path, say: Callable[[str], None], *, count: int) -> None:
    """Goes on after a fault: the next tag may find room again."""
    store = Store(path, clock=CLOCK)
    try:
        first = store.read(numbers).result(LONG_S)
        for number in range(max(first, default=0) + 1, max(first, default=0) + 1 + count):
            try:
                store.write(lambda session: tag(session, number)).result(LONG_S)
            except Fault as fault:
                say(f"fault {fault.code}")
            else:
                say(f"saved {number}")
    finally:
        store.close()


def numbers(session: Session) -> list[int]:
    return [int(entry.bookmark.note) for entry in bookmarks.recent(session, limit=1_000_000)]


def verify(path: Path) -> dict[str, object]:
    store = Store(path, clock=CLOCK)
    try:
        entries = store.read(lambda session: bookmarks.recent(session, limit=1_000_000)).result(LONG_S)
        return {
            "saved": sorted(int(entry.bookmark.note) for entry in entries),
            "half": [entry.bookmark.id for entry in entries if entry.clip is None or entry.case is None],
            "pending": store.read(operations.pending_count).result(LONG_S),
            "custody": store.read(custody.verify).result(LONG_S) is None,
            "integrity": store.write(lambda session: session.scalar(text("PRAGMA integrity_check"))).result(LONG_S),
        }
    finally:
        store.close()


def in_child(work: Callable[[Callable[[str], None]], None]) -> tuple[int, int]:
    """Forks before any thread exists. Gives the child's id and the pipe it speaks into."""
    listening, speaking = os.pipe()
    child = os.fork()
    if child:
        os.close(speaking)
        return child, listening
    os.close(listening)
    code = 1
    try:
        work(lambda line: _write(speaking, line))
        code = 0
    finally:
        os._exit(code)


def hear(pipe: int) -> str:
    """Everything until the other end closes."""
    said = b""
    while part := os.read(pipe, 65536):
        said += part
    os.close(pipe)
    return said.decode()


def kill_rounds(path: Path, *, seed: int, rounds: int) -> None:
    rolled = random.Random(seed)
    shown: set[int] = set()
    for _ in range(rounds):
        child, pipe = in_child(lambda say: write(path, say, count=10_000))
        # Mostly while it tags, sometimes while it opens the store.
        if rolled.random() < 0.8:
            select.select([pipe], [], [], LONG_S)
        select.select([], [], [], rolled.uniform(0, 0.12))
        os.kill(child, signal.SIGKILL)
        shown |= {int(line.split()[1]) for line in hear(pipe).splitlines() if line.startswith("saved")}
        os.waitpid(child, 0)
        child, pipe = in_child(lambda say: say(json.dumps(verify(path))))
        found = json.loads(hear(pipe))
        os.waitpid(child, 0)
        lost = shown - set(found["saved"])
        sound = not found["half"] and found["custody"] and found["integrity"] == "ok"
        if lost or not sound or found["pending"] != 3 * len(found["saved"]):
            sys.exit(f"lost {sorted(lost)}, found {found}")
    say(str(len(shown)))


def _write(pipe: int, line: str) -> None:
    os.write(pipe, f"{line}\n".encode())


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    path, program, seed, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    if program == "write":
        write(path, say, count=rounds)
    elif program == "verify":
        say(json.dumps(verify(path)))
    else:
        kill_rounds(path, seed=seed, rounds=rounds)


if __name__ == "__main__":
    main()
