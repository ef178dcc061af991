"""The whole desktop program under an hour's troubles in minutes: does anything grow?

usage: soak.py [--minutes 20] [--cameras 16] [--calm] [--json F]; the program's logs are kept beside F
Cameras break off (500 times in 20 minutes), wrap their numbers, change their picture's size and lose packets
(`soak_cameras.py`); a decoder is killed, layouts change, tags are cut to clips (`soak_wall.py`). Every five seconds
the processes are looked at from outside. With `--calm` nothing of that happens: cameras that are watched and recorded.
Slopes are Theil and Sen's: the median of the slopes of all pairs. They count after the first quarter (at most a quarter
of an hour). Memory that grows is the sum of the processes' slopes, and that for 16 streams: the slope of the sum is
that of the saw that a killed decoder draws. Exit 1 if a verdict is bad.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

HERE = Path(__file__).resolve().parent
MIB = 1 << 20
WARM_UP_S = 900.0
MEMORY_GOAL = 1.0
"""MiB an hour for 16 streams."""
GROWTH = "own and shared, for 16 streams"
FLAT = 1.0
"""What counts as flat: a rise by less than one over the whole time measured."""
LOOP_GOAL_MS = 50.0
RECONNECTS_AN_HOUR = 1500
END_S = 20.0
_FIELD = re.compile(r"^(\w+):\s+(\d+) kB", re.MULTILINE)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--cameras", type=int, default=16)
    parser.add_argument("--calm", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    before = named_shared_memory()
    with tempfile.TemporaryDirectory(prefix="tmcwall-soak-") as name:
        run = Run(Path(name), options.cameras, options.minutes * 60, calm=options.calm)
        with suppress(KeyboardInterrupt):
            run.watch(lambda: save(options.json, run.result()))
        if options.json is not None:
            logs = Path(name) / "data" / "state" / "logs"
            shutil.copytree(logs, options.json.with_suffix(".logs"), dirs_exist_ok=True)
    result = run.result() | {
        "left_processes": run.left_behind(),
        "left_shared_memory": sorted(named_shared_memory() - before),
    }
    save(options.json, result)
    print_result(result)
    good = all(verdict["good"] for verdict in result["verdicts"]) and result["ended_by_itself"]
    return 0 if good and not result["left_processes"] and not result["left_shared_memory"] else 1


def _leave(*_: object) -> None:
    raise KeyboardInterrupt


@dataclass(frozen=True)
class Sample:
    """What was seen at one moment. `roles` by process: ui, engine, decoder 0 (which is killed), decoder 1, reserve."""

    at_s: float
    roles: dict[str, dict[str, float]]
    wall: dict
    shared_mib: float
    shared_names: int
    segments_open: int
    recorded_mib: float


class Run:
    """Cameras, desktop program, and what was seen of them."""

    def __init__(self, folder: Path, cameras: int, seconds: float, *, calm: bool) -> None:
        self._folder = folder
        self._cameras = cameras
        self._seconds = seconds
        self._calm = calm
        self._samples: list[Sample] = []
        self._done: dict[str, int] = {}
        self._seen: set[psutil.Process] = set()
        self._ended = False

    def watch(self, every_minute: Callable[[], None]) -> None:
        """Until the desktop program has ended by itself."""
        folder, count, calm = str(self._folder), str(self._cameras), ["calm"] if self._calm else []
        with (
            child("soak_cameras.py", folder, count, *calm) as cameras,
            child("soak_wall.py", folder, first_port(cameras), count, str(self._seconds), *calm) as wall,
        ):
            os.set_blocking(cameras.stdout.fileno(), False)
            desktop = psutil.Process(wall.pid)
            began_s = next_minute_s = time.monotonic()
            for line in wall.stdout:
                told = json.loads(line)
                for said in iter(cameras.stdout.readline, ""):
                    self._done |= json.loads(said)
                now_s = time.monotonic()
                with suppress(OSError, psutil.Error):  # somebody has gone just now: the next look sees who came
                    self._samples.append(self._look(desktop, told, now_s - began_s))
                if now_s >= next_minute_s:
                    next_minute_s += 60
                    every_minute()
                    print_sample(self._samples[-1], self._done)
            self._ended = wall.wait(END_S) == 0

    def _look(self, desktop: psutil.Process, told: dict, at_s: float) -> Sample:
        engine = psutil.Process(told["engine"])
        roles = {"ui": desktop, "engine": engine}
        decoders = {pid: f"decoder {number}" for number, pid in enumerate(told["decoders"])}
        for one in engine.children():
            roles[decoders.get(one.pid, "reserve")] = one
        self._seen |= {*roles.values()}
        files = list(open_files(desktop.pid)), list(open_files(engine.pid))
        pictures = {status.st_ino: status.st_blocks * 512 for path, status in files[0] if "tmcwall-pictures" in path}
        return Sample(
            at_s=round(at_s, 1),
            roles={role: seen for role, one in roles.items() if (seen := look_at(one.pid)) is not None},
            wall=told,
            shared_mib=sum(pictures.values()) / MIB,
            shared_names=len(named_shared_memory()),
            segments_open=sum("/recordings/" in path for path, _ in files[1]),
            recorded_mib=sum(map(size_of, (self._folder / "data" / "recordings").rglob("*.*"))) / MIB,
        )

    def left_behind(self) -> list[str]:
        """Processes that are still there."""
        _, alive = psutil.wait_procs([one for one in self._seen if one.is_running()], timeout=3)
        return [f"{one.pid} {' '.join(one.cmdline())}" for one in alive]

    def result(self) -> dict:
        """Slopes an hour, verdicts, and all samples."""
        warm_up_s = min(WARM_UP_S, self._seconds / 4)
        counted = [sample for sample in self._samples if sample.at_s >= warm_up_s]
        last = self._samples[-1].wall["done"] if self._samples else {}
        series = all_series(counted)
        slopes = {name: slope_an_hour(times, values) for name, (times, values) in series.items()}
        reconnects = 0.0 if self._calm else RECONNECTS_AN_HOUR * self._seconds / 3600
        slopes[GROWTH] = growth(slopes, self._cameras)
        hours = (counted[-1].at_s - counted[0].at_s) / 3600 if len(counted) > 1 else 0.0
        return {
            "schema": "tmcwall.soak/1",
            "minutes": self._seconds / 60,
            "cameras": self._cameras,
            "calm": self._calm,
            "warm_up_s": warm_up_s,
            "ended_by_itself": self._ended,
            "happened": self._done | last,
            "slopes_an_hour": {name: round(slope, 3) for name, slope in slopes.items()},
            "first_and_last": {name: first_and_last(values) for name, (_, values) in series.items()},
            "loop_delay_ms": loop_delay(counted),
            "live_cameras_mean": round(float(np.mean([one.wall["live"] for one in counted])), 2) if counted else 0.0,
            "verdicts": verdicts(slopes, hours, counted, last, reconnects=reconnects),
            "load_average": os.getloadavg()[2],
            "samples": [vars(sample) for sample in self._samples],
        }


@contextmanager
def child(program: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process of ours, gone with the block and with this process."""
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)}
    process = subprocess.Popen(
        [sys.executable, str(HERE / program), *arguments], stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def first_port(cameras: subprocess.Popen[str]) -> str:
    return cameras.stdout.readline().split()[1]


def look_at(pid: int) -> dict[str, float] | None:
    """Memory in MiB: `pss` shares what is shared, `uss` is what it alone has, `own` is neither file nor picture."""
    try:
        fields = {
            key: int(value) / 1024 for key, value in _FIELD.findall(Path(f"/proc/{pid}/smaps_rollup").read_text())
        }
        return {
            "pss": fields["Pss"],
            "uss": fields["Private_Clean"] + fields["Private_Dirty"],
            "own": fields["Pss_Anon"],
            "threads": len(os.listdir(f"/proc/{pid}/task")),  # noqa: PTH208 - counted only
            "fds": len(os.listdir(f"/proc/{pid}/fd")),  # noqa: PTH208
        }
    except (OSError, KeyError):
        return None  # killed between


def open_files(pid: int) -> Iterator[tuple[str, os.stat_result]]:
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            yield str(link.readlink()), link.stat()


def size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # retention has just removed it


def named_shared_memory() -> set[str]:
    return {entry.name for entry in Path("/dev/shm").iterdir() if "tmcwall" in entry.name}


def all_series(samples: list[Sample]) -> dict[str, tuple[list[float], list[float]]]:
    """Times and values by name: `total pss`, `ui fds`, ... Totals only of samples in which every process was there."""
    series: dict[str, tuple[list[float], list[float]]] = {}

    def add(name: str, at_s: float, value: float) -> None:
        times, values = series.setdefault(name, ([], []))
        times.append(at_s)
        values.append(value)

    everybody = max((len(sample.roles) for sample in samples), default=0)
    for sample in samples:
        for role, seen in sample.roles.items():
            for what, value in seen.items():
                add(f"{role} {what}", sample.at_s, value)
        if len(sample.roles) == everybody:
            for what in ("pss", "own", "threads", "fds"):
                add(f"total {what}", sample.at_s, sum(seen[what] for seen in sample.roles.values()))
        for what in ("shared_mib", "shared_names", "segments_open", "recorded_mib"):
            add(what, sample.at_s, getattr(sample, what))
    return series


def slope_an_hour(times: list[float], values: list[float]) -> float:
    """Theil and Sen's."""
    at, value = np.array(times), np.array(values)
    if len(at) < 3:
        return 0.0
    first, second = np.triu_indices(len(at), 1)
    return float(np.median((value[second] - value[first]) / (at[second] - at[first])) * 3600)


def growth(slopes: dict[str, float], cameras: int) -> float:
    """MiB an hour for 16 streams, all processes and the pictures they share.

    Not `pss`: the libraries' pages are shared with whatever else of Python runs on the machine.
    """
    processes = [slope for name, slope in slopes.items() if name.endswith(" own") and not name.startswith("total")]
    return (sum(processes) + slopes.get("shared_mib", 0.0)) / max(1.0, cameras / 16)


def first_and_last(values: list[float]) -> list[float]:
    """The median of the first tenth and that of the last."""
    tenth = max(1, len(values) // 10)
    return [round(float(np.median(part)), 2) for part in (values[:tenth], values[-tenth:])]


def loop_delay(samples: list[Sample]) -> dict[str, float]:
    """Of the five-second windows: the usual p99, the worst p99, and the worst of all."""
    p99 = [sample.wall["loop_p99_ms"] for sample in samples] or [0.0]
    worst = max((sample.wall["loop_max_ms"] for sample in samples), default=0.0)
    return {"p99_median": float(np.median(p99)), "p99_worst": max(p99), "max": worst}


def verdicts(
    slopes: dict[str, float], hours: float, counted: list[Sample], done: dict, *, reconnects: float
) -> list[dict]:  # fmt: skip
    """What was to be, what is, and whether that is good. `reconnects` were to be made."""
    found = []

    def judge(what: str, is_now: float, at_most: float) -> None:
        found.append({"what": what, "is": round(is_now, 3), "at_most": round(at_most, 3), "good": is_now <= at_most})

    judge(f"memory, MiB an hour, {GROWTH}", slopes[GROWTH], MEMORY_GOAL)
    for what in ("total threads", "total fds", "ui fds", "engine fds", "segments_open", "shared_names", "shared_mib"):
        judge(f"{what}, rise", slopes.get(what, 0.0) * hours, FLAT)
    judge("loop delay p99, ms", loop_delay(counted)["p99_median"], LOOP_GOAL_MS)
    judge("clips failed", done.get("clips_failed", 0), 0)
    judge("engines lost", done.get("engines_lost", 0), 0)
    judge("reconnects missing", max(0.0, reconnects * 0.9 - done.get("reconnects", 0)), 0)
    return found


def print_sample(sample: Sample, done: dict[str, int]) -> None:
    memory = {role: round(seen["pss"]) for role, seen in sample.roles.items()}
    print(
        f"{sample.at_s / 60:5.1f} min, {sample.wall['live']} live, MiB {memory}, shared {sample.shared_mib:.1f},"
        f" p99 {sample.wall['loop_p99_ms']} ms, {done | sample.wall['done']}",
        flush=True,
    )


def print_result(result: dict) -> None:
    for name, slope in result["slopes_an_hour"].items():
        first, last = result["first_and_last"].get(name, ("", ""))
        print(f"{name:30} {slope:+10.3f} an hour   {first:>10} to {last:>10}")
    print(json.dumps(result["happened"]), json.dumps(result["loop_delay_ms"]))
    for verdict in result["verdicts"]:
        word = "good" if verdict["good"] else "BAD"
        print(f"{word:5} {verdict['what']}: {verdict['is']} (at most {verdict['at_most']})")
    for left in (*result["left_processes"], *result["left_shared_memory"]):
        print("BAD   left behind:", left)


def save(path: Path | None, result: dict) -> None:
    if path is not None:
        whole = path.with_suffix(".part")
        whole.write_text(json.dumps(result, indent=1))
        whole.replace(path)


if __name__ == "__main__":
    sys.exit(main())
