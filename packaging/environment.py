"""Makes `.venv` with the locked Python packages.

usage: environment.py demo    what the program needs
       environment.py all     what checks and builds it, too

It runs before anything is installed: standard library only. A virtual environment names its own place in its programs,
so it can be neither made elsewhere and moved, nor moved with the checkout. It is whole when its stamp is there, which
is written last; one without a stamp, or made at another place, is made anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "set-up.json"

CHECK_S = 30
"""The most that the look for the package index may take, over all its addresses."""

OFFLINE = (
    "Paket Python tidak dapat diambil karena indeks paket pip tidak terjangkau; sambungkan komputer ke internet, lalu "
    "ulangi perintah yang sama."
)
UNTRUSTED = (
    "Paket Python tidak dapat diambil karena sertifikat indeks paket pip tidak dipercaya; atur PIP_CERT, lalu ulangi "
    "perintah yang sama."
)


class Extent(Enum):
    """How much is installed; the value is that of the command line."""

    DEMO = "demo"
    ALL = "all"

    @property
    def lock(self) -> Path:
        return ROOT / "requirements" / ("demo.txt" if self is Extent.DEMO else "lock.txt")


class SetUpError(Exception):
    """The sentence for whoever asked."""


@dataclass(frozen=True)
class Stamp:
    """What a whole environment was made of."""

    root: str
    extent: str
    locks: str
    """SHA-256 over the locks and the project's own description."""
    python: str


def main(words: Sequence[str]) -> int:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        with _only_one() as lock:
            _set_up(Extent(words[0]), lock)
    except SetUpError as problem:
        print(problem, file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("Penyiapan dihentikan; perintah yang sama mengulanginya dari awal.", file=sys.stderr)
        return 130
    return 0


def _set_up(asked: Extent, lock: int) -> None:
    made = _stamp()
    stays = made is not None and made.root == str(ROOT) and made.python == _version(PYTHON)
    extent = Extent.ALL if made is not None and made.extent == Extent.ALL.value else asked
    wanted = Stamp(root=str(ROOT), extent=extent.value, locks=_locks(), python=made.python if made and stays else "")
    if made == wanted:
        return
    if not os.access(ROOT, os.W_OK):
        raise SetUpError(f"Folder {ROOT} tidak boleh ditulis oleh pengguna ini; salin ke folder sendiri.")
    if not stays:
        if made is not None:
            print("Folder proyek atau Python berpindah; paket Python dipasang dari awal.")
        _make_empty(lock)
    try:
        _look_for_index(extent, lock)
        STAMP.unlink(missing_ok=True)
        print("Memasang paket Python (sekali saja) ...", flush=True)
        _pip("install", "--retries", "3", "--no-deps", "--require-hashes", "-r", str(extent.lock), lock=lock)
        _pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT), lock=lock)
        stamp = Stamp(root=wanted.root, extent=wanted.extent, locks=wanted.locks, python=_version(PYTHON))
        STAMP.write_text(json.dumps(asdict(stamp)), encoding="utf-8")
    finally:
        if not STAMP.is_file():
            shutil.rmtree(ENVIRONMENT, ignore_errors=True)


@contextmanager
def _only_one() -> Iterator[int]:
    """One set-up of this checkout at a time; a program that inherits the descriptor holds the lock, too."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Menunggu penyiapan lain di folder ini selesai ...", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def _stamp() -> Stamp | None:
    try:
        return Stamp(**json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _locks() -> str:
    digest = hashlib.sha256()
    for path in (*(extent.lock for extent in Extent), ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _version(python: Path) -> str:
    """Empty where it does not run: a new release of the system brings another Python under the same name."""
    with suppress(OSError):
        return _run([str(python), "-IS", "-c", "import sys; print(sys.version)"]).stdout.strip()
    return ""


def _make_empty(lock: int) -> None:
    try:
        if ENVIRONMENT.exists():
            shutil.rmtree(ENVIRONMENT)
    except OSError as error:
        sentence = f"Folder {ENVIRONMENT} tidak dapat dihapus ({error.strerror}); jalankan: sudo rm -r {ENVIRONMENT}"
        raise SetUpError(sentence) from error
    # The caller's Python may be the one in the environment that was just removed.
    base = getattr(sys, "_base_executable", sys.executable)
    try:
        made = _run([base, "-m", "venv", str(ENVIRONMENT)], lock=lock)
        if made.returncode != 0:
            raise SetUpError(f"Python tidak dapat membuat {ENVIRONMENT}: {_last_line(made.stdout)}")
    except BaseException:
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        raise


def _look_for_index(extent: Extent, lock: int) -> None:
    """Without a way to the index pip would try again and again for each package."""
    first = extent.lock.read_text(encoding="utf-8").split(maxsplit=1)[0]
    words = ("install", "--dry-run", "--ignore-installed", "--no-deps", "--retries", "1", "--timeout", "5", first)
    try:
        _pip(*words, lock=lock, limit_s=CHECK_S)
    except subprocess.TimeoutExpired:
        raise SetUpError(OFFLINE) from None


def _pip(*words: str, lock: int, limit_s: float | None = None) -> None:
    command = [str(PYTHON), "-m", "pip", *words, "--quiet", "--no-input", "--disable-pip-version-check"]
    done = _run(command, lock=lock, limit_s=limit_s)
    if done.returncode == 0:
        return
    if "CERTIFICATE_VERIFY_FAILED" in done.stdout:
        raise SetUpError(UNTRUSTED)
    if "connection broken by" in done.stdout:  # pip says so of each try but the last
        raise SetUpError(OFFLINE)
    raise SetUpError(f"Paket Python gagal dipasang, perintah yang sama mengulanginya: {_last_line(done.stdout)}")


def _run(
    command: Sequence[str], *, lock: int | None = None, limit_s: float | None = None
) -> subprocess.CompletedProcess[str]:
    """With all that it says in `stdout`. Raises subprocess.TimeoutExpired after `limit_s`."""
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        pass_fds=() if lock is None else (lock,),
        timeout=limit_s,
        check=False,
    )


def _last_line(output: str) -> str:
    lines = [line for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or ["tanpa keterangan"])[-1].removeprefix("ERROR: ")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
