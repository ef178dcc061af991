"""`tmcwall doctor`: what this machine can do, what is wrong, and what to do about it, in words."""

from __future__ import annotations

from pathlib import Path

from tmcwall.doctor.examination import examine
from tmcwall.paths import Paths
from tmcwall.texts import Translator


def run_doctor(*, data_dir: Path | None, as_json: bool, translate: Translator) -> int:
    """Examine this machine and print it. Exit code 0: ready, with or without notes; 1: something is broken."""
    examination = examine(Paths.under(data_dir) if data_dir else Paths.of_user())
    report = examination.as_json(translate) if as_json else "\n".join(examination.as_lines(translate))
    print(report)  # noqa: T201 - the command's answer
    return examination.exit_code
