"""`tmcwall relay`: the configuration of the relay that opens cameras for the city, and the login for it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tmcwall.commands.register import relay_desk_of
from tmcwall.domain.clock import SystemClock
from tmcwall.services.camera_requests import Done
from tmcwall.services.handover import Request, hand_over
from tmcwall.services.relay import KeepRelayLogin, RelayDesk, RelayReport, WriteRelay
from tmcwall.texts import Translator
from tmcwall.texts import relay as say
from tmcwall.workstation import open_workstation, paths_of

_WOULD_CHANGE = 1

T = TypeVar("T")


def run_config(folder: Path, *, check: bool, data_dir: Path | None, translate: Translator) -> int:
    """With `check` exit code 1 if the files are not as they should be. Raises what `RelayDesk.write` does."""
    request = WriteRelay(str(folder.absolute()), check)
    report = _carried_out(
        request,
        RelayReport,
        lambda desk: desk.write(Path(request.folder), check=check),
        data_dir=data_dir,
    )
    for line in say.change_lines(report.changes, translate):
        print(line)
    for line in say.left_out_lines(report.left_out, translate):
        print(line, file=sys.stderr)
    changed = say.WOULD_CHANGE if check else say.WRITTEN
    text = changed if report.changes else say.UNCHANGED
    print(translate(text, streams=report.streams, folder=folder))
    return _WOULD_CHANGE if check and report.changes else 0


def run_login(password: str, *, data_dir: Path | None, translate: Translator) -> int:
    """Raises what `RelayDesk.keep_login` does."""
    _carried_out(KeepRelayLogin(password), Done, lambda desk: desk.keep_login(password), data_dir=data_dir)
    print(translate(say.LOGIN_KEPT))
    return 0


def _carried_out(request: Request, reply: type[T], here: Callable[[RelayDesk], T], *, data_dir: Path | None) -> T:
    """By the program that runs on that data, else `here`."""
    handed_over = hand_over(paths_of(data_dir), request, reply)
    if handed_over is not None:
        return handed_over
    with open_workstation(data_dir, clock=SystemClock(), process="relay") as workstation:
        return here(relay_desk_of(workstation))
