"""How long the first 50 results of a search take over many bookmarks, through the reader that the program uses.

usage: python -m benchmarks.search [--bookmarks 100000] [--rounds 20] [--seed 1] [--keep FILE]
Warm: every question, again and again, in one connection. Cold: a new connection, and nothing of the file in memory.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from tmcwall.db import footage_search, schema, search_index, tables
from tmcwall.db.connection import reader_engine, writer_engine
from tmcwall.db.rows import columns_of
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState
from tmcwall.domain.camera import Camera
from tmcwall.domain.case import Case, case_id, normalise_lp
from tmcwall.domain.incident import Certainty, Drill, Incident, IncidentType, Place, Severity, Source, Status
from tmcwall.domain.region import Regions
from tmcwall.domain.search import Search, SoughtWord, read_search
from tmcwall.resources import resource

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
WORDS = (
    "motor", "mobil", "truk", "bus", "merah", "hitam", "putih", "biru", "plat", "pelaku", "kabur", "arah", "utara",
    "selatan", "timur", "barat", "korban", "jatuh", "tabrak", "lari", "helm", "jaket", "tas", "begal", "curi",
    "parkir", "simpang", "lampu", "hujan", "malam", "pagi", "saksi", "pejalan", "kaki", "sepeda",
)  # fmt: skip
LIMIT = 50


def fill(path: Path, count: int, seed: int, regions: Regions) -> None:
    chance = random.Random(seed)
    places = regions.all()
    engine = writer_engine(path)
    with engine.connect() as connection:
        with connection.begin():
            schema.migrate(connection)
        with connection.begin():
            for table, values in (
                (tables.cameras, cameras(chance, places)),
                (tables.cases, cases(count // 20)),
                (tables.incidents, incidents(chance, count // 10, places)),
                (tables.bookmarks, bookmarks(chance, count)),
                (tables.clips, (Clip(f"k{n}", f"b{n}", ClipState.READY, path=f"{n}.mp4") for n in range(count))),
            ):
                connection.execute(insert(table), [columns_of(value) for value in values])
            with Session(bind=connection) as session:
                portions = [timed(lambda: search_index.update(session)) for _ in range(count // 250)]
                print(f"index in {sum(portions) / 1e3:.1f} s, a portion of 250 in {max(portions):.0f} ms at most")
    engine.dispose()


def cameras(chance: random.Random, places) -> Iterator[Camera]:
    for number in range(1, 2001):
        adm4 = chance.choice(places).adm4
        rw, rt = f"{chance.randint(1, 15):03}", f"{chance.randint(1, 8):03}"
        yield Camera(f"CAM-{number}", f"Simpang {number}", "rtsp://h/1", adm4=adm4, rw=rw, rt=rt, number=number)


def cases(count: int) -> Iterator[Case]:
    for number in range(count):
        lp = f"LP/B/{number + 1}/{('I', 'V', 'X')[number % 3]}/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH"
        yield Case(case_id(normalise_lp(lp)), lp, normalise_lp(lp), BEGIN, "87654321")


def incidents(chance: random.Random, count: int, places) -> Iterator[Incident]:
    for number in range(count):
        place = Place(adm4=chance.choice(places).adm4, rw="001", text=" ".join(chance.sample(WORDS, 3)))
        yield Incident(
            f"i{number}", Source.CALL_112, f"112-{number}", 1, chance.choice(list(IncidentType)), Severity.MODERATE,
            Certainty.UNVERIFIED, Status.CLOSED, Drill.ACTUAL, place, "", BEGIN, BEGIN,
        )  # fmt: skip


def bookmarks(chance: random.Random, count: int) -> Iterator[Bookmark]:
    ids = [case.id for case in cases(count // 20)]
    for number in range(count):
        at = BEGIN + timedelta(seconds=chance.randrange(700 * 86_400))
        camera = chance.randint(1, 2000)
        note = " ".join(chance.choices(WORDS, k=chance.randint(3, 25)))
        if number % 10_000 == 7:
            note += " zebra"
        yield Bookmark(
            f"b{number}", f"CAM-{camera}", f"Simpang {camera}", at, at + timedelta(seconds=60), at,
            f"8765{chance.randint(0, 99):04}", note, chance.choice(ids) if number % 3 else None,
            f"i{chance.randrange(count // 10)}" if number % 4 == 0 else None,
        )  # fmt: skip


def questions(regions: Regions) -> dict[str, Search]:
    month = BEGIN + timedelta(days=300)
    common = (SoughtWord("motor"),)
    return {
        "everything": Search(),
        "a letter": read_search("m"),
        "a common word": read_search("motor"),
        "three common words": read_search("motor merah kabur"),
        "a rare word": read_search("zebra"),
        "no such word": read_search("qwxyz"),
        "a common and no such word": read_search("motor qwxyz"),
        "a report number": read_search("LP/B/77/V/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH"),
        "the beginning of a number": read_search("LP/B/7"),
        "a place down to RT": read_search("RT 3 RW 4 Purwosari", regions),
        "a kelurahan": read_search("Purwosari", regions),
        "a town": Search(adm="33.72"),
        "a month": Search(since=month, until=month + timedelta(days=30)),
        "a month without": Search(words=common, since=BEGIN - timedelta(days=60), until=BEGIN - timedelta(days=30)),
        "a camera": Search(camera_id="CAM-77"),
        "a camera and a common word": Search(common, camera_id="CAM-77"),
        "an officer and a common word": Search(common, officer="87650007"),
        "nobody and a common word": Search(common, officer="00000000"),
        "a kind and a common word": Search(common, incident_type=IncidentType.LANDSLIDE),
    }


def timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1e3


def forget(path: Path) -> None:
    """Nothing of the file stays in the system's memory."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def measure(path: Path, asked: Search, *, rounds: int, cold: bool) -> tuple[list[float], int]:
    times, found = [], 0
    engine = reader_engine(path)
    connection = engine.connect()
    for _ in range(rounds):
        if cold:
            connection.close()
            engine.dispose()
            forget(path)
            engine = reader_engine(path)
            connection = engine.connect()
        with Session(bind=connection) as session, session.begin():
            times.append(timed(lambda: footage_search.search(session, asked, limit=LIMIT)))
            found = len(footage_search.search(session, asked, limit=LIMIT).entries)
    connection.close()
    engine.dispose()
    return times, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bookmarks", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with resource("regions.csv").open(encoding="utf-8") as lines:
        regions = Regions.from_lines(lines)
    with tempfile.TemporaryDirectory() as folder:
        path = given.keep or Path(folder, "store.sqlite")
        if not path.exists():
            filled_ms = timed(lambda: fill(path, given.bookmarks, given.seed, regions))
            print(f"{given.bookmarks} bookmarks in {filled_ms / 1e3:.1f} s, {path.stat().st_size / 1e6:.0f} MB")
        everything: dict[bool, list[float]] = {False: [], True: []}
        print(f"load {os.getloadavg()[0]:.1f}; ms: warm p50, p95; cold p50, p95; found")
        for name, asked in questions(regions).items():
            cells = []
            for cold in (False, True):
                times, found = measure(path, asked, rounds=given.rounds, cold=cold)
                everything[cold] += times
                cells.append(f"{statistics.median(times):7.1f} {statistics.quantiles(times, n=20)[-1]:7.1f}")
            print(f"{name:30} {cells[0]}  {cells[1]}  {found}")
        for cold, times in everything.items():
            p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
            print(f"{'cold' if cold else 'warm'}: p50 {p50:.1f}, p95 {p95:.1f}, worst {max(times):.1f} ms")
        print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
