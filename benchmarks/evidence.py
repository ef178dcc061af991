"""What an evidence package costs beside `cp` and `sha256sum` of the same bytes, and how much memory it takes.

usage: python -m benchmarks.evidence [--clips N] [--seconds S] [--kbit K] [--folder F]

Clips are of random bytes in pictures of the size that such a stream has: nothing of them is decoded. The other side is
what anybody would do by hand: `cp` of all clips, and `sha256sum` of the copies. Each side starts with the clips in the
system's memory; the package is synchronised to the disk and read back from it, the copies are neither.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.evidence_packages import FORMAT, KEY, MADE_AT, SIGNERS, content_of, footage
from tmcwall.containers.mp4 import Mp4Writer
from tmcwall.evidence.package import ClipSource, make_package
from tmcwall.evidence.verify import verify_package

RATE = 25
ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--kbit", type=int, default=2000)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as made:
        measure(Path(made), clips=options.clips, seconds=options.seconds, kbit=options.kbit)


def measure(folder: Path, *, clips: int, seconds: int, kbit: int) -> None:
    paths = [write_clip(folder / f"klip-{number:02d}.mp4", seconds=seconds, kbit=kbit) for number in range(clips)]
    size = sum(path.stat().st_size for path in paths)
    print(f"{clips} clips of {seconds} s, {size / 2**20:.0f} MiB")
    sources = [source_of(path) for path in paths]
    copying, exporting, hashing, verifying = [], [], [], []
    cpu_by_hand, cpu_export = [], []
    for number in range(ROUNDS):
        copies = folder / f"salinan-{number}"
        copies.mkdir()
        cpu_s = cpu()
        copying.append(timed(["cp", *map(str, paths), str(copies)]))
        hashing.append(timed(["sha256sum", *map(str, sorted(copies.iterdir()))]))
        cpu_by_hand.append(cpu() - cpu_s)
        begun, cpu_s = time.perf_counter(), cpu()
        content = replace(content_of(*sources), made_at=MADE_AT + timedelta(seconds=number))
        package = make_package(folder / "paket", content, key=KEY, release=lambda _made: None).folder
        exporting.append(time.perf_counter() - begun)
        cpu_export.append(cpu() - cpu_s)
        timed(["sha256sum", *map(str, (package / "data" / "originals").iterdir())])
        begun = time.perf_counter()
        found = verify_package(package, signers=SIGNERS, now=MADE_AT)
        verifying.append(time.perf_counter() - begun)
        assert found.verdict == "valid", found
    by_hand = min(copying) + min(hashing)
    print(f"cp {min(copying):.2f} s, sha256sum {min(hashing):.2f} s, together {by_hand:.2f} s")
    print(f"export {min(exporting):.2f} s: {min(exporting) / by_hand:.2f} times cp and sha256sum")
    print(f"processor: by hand {min(cpu_by_hand):.2f} s, export {min(cpu_export):.2f} s")
    print(f"verify {min(verifying):.2f} s: {min(verifying) / min(hashing):.2f} times sha256sum")
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def cpu() -> float:
    """Seconds of this process, its threads and the children that have ended."""
    return sum(os.times()[:4])


def timed(words: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def write_clip(path: Path, *, seconds: int, kbit: int) -> Path:
    with path.open("wb") as file:
        writer = Mp4Writer(file, FORMAT)
        for number in range(seconds * RATE):
            key = number % (2 * RATE) == 0
            size = kbit * 1000 // 8 // RATE * (8 if key else 1) * 50 // 57
            body = os.urandom(size).replace(b"\0", b"\1")
            writer.write(b"\0\0\0\1" + (b"\x65" if key else b"\x41") + body, pts=number * 90_000 // RATE, key=key)
        writer.finish()
    return path


def source_of(path: Path) -> ClipSource:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return ClipSource(path, path.stat().st_size, digest.hexdigest(), MADE_AT, footage(seconds=120))


if __name__ == "__main__":
    sys.exit(main())
