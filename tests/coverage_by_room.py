"""Line coverage of each room of the program, held against a floor that may not fall.

    pytest tests/unit tests/ui --cov --cov-report=
    python -m tests.coverage_by_room [--write]

Measured on the tests that run in one process: the tracer would slow the processes that decode, and the sandbox of those
lets no file of measurements be written. A room is a folder of `tmcwall`, or one below `tmcwall/video`.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from typing import Final

from coverage import Coverage

_ROOT: Final = Path(__file__).parents[1]
_FLOOR: Final = _ROOT / "tests" / "coverage_floor.toml"
_SLACK: Final = 0.5
"""Points: a test that waits may or may not pass through a line."""


def room_of(path: PurePath) -> str:
    """`video/engine` of `tmcwall/video/engine/budget/plan.py`; what lies outside of every folder is in `tmcwall`."""
    folders = path.parts[1:-1]
    if not folders:
        return path.parts[0]
    return "/".join(folders[:2] if folders[0] == "video" else folders[:1])


def measured() -> Mapping[str, float]:
    """Percent of the lines of each room that ran, by the measurement that lies there."""
    coverage = Coverage(data_file=str(_ROOT / ".coverage"), config_file=str(_ROOT / "pyproject.toml"))
    coverage.load()
    lines: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for file in coverage.get_data().measured_files():
        room = room_of(PurePath(file))
        _, statements, _, missing, _ = coverage.analysis2(str(_ROOT / file))
        lines[room] += len(statements)
        missed[room] += len(missing)
    return {room: 100 * (count - missed[room]) / count for room, count in sorted(lines.items()) if count}


def faults(found: Mapping[str, float], floor: Mapping[str, float]) -> Iterator[str]:
    """What is wrong with a measurement, one sentence a room."""
    for room in sorted(found.keys() | floor.keys()):
        if room not in floor:
            yield f"{room} has no floor yet"
        elif room not in found:
            yield f"{room} has a floor, but was not measured"
        elif found[room] < floor[room] - _SLACK:
            yield f"{room} fell from {floor[room]:.1f} to {found[room]:.1f}"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Line coverage by room.")
    parser.add_argument("--write", action="store_true", help="take what was measured as the floor")
    write = parser.parse_args(arguments).write
    found = measured()
    if write:
        rows = "".join(f'"{room}" = {percent:.1f}\n' for room, percent in found.items())
        _FLOOR.write_text(
            f"# Percent of lines by room, of `tests/unit` and `tests/ui`: see coverage_by_room.py.\n{rows}"
        )
    floor = tomllib.loads(_FLOOR.read_text("utf-8"))
    for room, percent in found.items():
        print(f"{room:20} {percent:5.1f} %   floor {floor.get(room, 0.0):5.1f} %")
    wrong = list(faults(found, floor))
    if wrong:
        print("\n".join([*wrong, "`python -m tests.coverage_by_room --write` sets the floor anew."]), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
