"""`tmcwall doctor`: what this machine can do, what is wrong, and what to do about it, in words."""

from __future__ import annotations

import sys
from pathlib import Path

from tmcwall.commands.results import check_result
from tmcwall.doctor.examination import examine
from tmcwall.doctor.support_bundle import write_support_bundle
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.paths import Paths
from tmcwall.texts import Translator
from tmcwall.texts import doctor as words


def run_doctor(
    *, data_dir: Path | None, as_json: bool, translate: Translator, support_bundle: Path | None = None
) -> int:
    """Examine this machine and print it. Exit code 0: ready, with or without notes; 1: something is broken.

    Raises DomainError(OUTPUT_*) before anything is looked at, and Fault(DISK_FULL, FILE_UNWRITABLE).
    """
    check_result(support_bundle)
    if support_bundle is not None and support_bundle.exists():
        raise DomainError(DomainCode.OUTPUT_EXISTS, str(support_bundle))
    clock = SystemClock()
    paths = Paths.under(data_dir) if data_dir else Paths.of_user()
    examination = examine(paths, clock=clock)
    report = examination.as_json(translate) if as_json else "\n".join(examination.as_lines(translate))
    print(report)
    if support_bundle is not None:
        write_support_bundle(support_bundle, examination, paths, now=clock.utc(), translate=translate)
        print(translate(words.BUNDLE_WRITTEN, file=support_bundle), file=sys.stderr)
    return examination.exit_code
