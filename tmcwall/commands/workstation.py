"""`tmcwall workstation ...`: move everything to another machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from tmcwall.commands.results import check_result
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.signatures import fingerprint
from tmcwall.texts import Translator
from tmcwall.texts import enrolment as enrolment_texts
from tmcwall.texts import transfer as say
from tmcwall.transfer.exporting import Contents, check_passphrase, export_workstation
from tmcwall.transfer.importing import check_place, import_workstation
from tmcwall.workstation import open_workstation, paths_of


def run_export(target: Path, *, data_dir: Path | None, passphrase: Callable[[], str], translate: Translator) -> int:
    """Raises DomainError(OUTPUT_*, PASSPHRASE_*) and Fault, and leaves no file then."""
    check_result(target)
    if target.exists():
        raise DomainError(DomainCode.OUTPUT_EXISTS, str(target))
    with open_workstation(data_dir, clock=SystemClock(), process="workstation") as workstation:
        phrase = passphrase()
        check_passphrase(phrase)
        contents = export_workstation(workstation, target, phrase)
    print(translate(say.EXPORTED, file=target, **_counts(contents)))
    print(translate(say.STOP_USING))
    if contents.missing_clips:
        count, first = len(contents.missing_clips), contents.missing_clips[0]
        _warn(translate(say.CLIPS_MISSING, count=count, first=first))
    if contents.uncut:
        _warn(translate(say.CLIPS_UNCUT, count=contents.uncut))
    _tell_chain(contents, translate)
    return 0


def run_import(source: Path, *, data_dir: Path | None, passphrase: Callable[[], str], translate: Translator) -> int:
    """Raises DomainError(WORKSTATION_IN_PLACE, INPUT_UNREADABLE, EXPORT_*) and Fault, and leaves nothing then."""
    paths = paths_of(data_dir)
    check_place(paths)
    if not source.is_file():
        raise DomainError(DomainCode.INPUT_UNREADABLE, str(source))
    contents = import_workstation(paths, source, passphrase(), clock=SystemClock())
    print(translate(say.IMPORTED, **_counts(contents)))
    _tell_chain(contents, translate)
    return 0


def run_enrol(code: str, *, data_dir: Path | None, translate: Translator) -> int:
    """Raises DomainError(ENROLMENT_CODE, SERVER_URL_*) and Fault: of the store, the vault, network and server."""
    with open_workstation(data_dir, clock=SystemClock(), process="workstation") as workstation:
        if not workstation.settings.server_url:
            raise DomainError(DomainCode.SERVER_URL_MALFORMED, "server_url")
        enrolled = workstation.identity.enrol(code)
    public = fingerprint(enrolled.key.public)
    print(translate(enrolment_texts.WORKSTATION_ENROLLED, name=enrolled.name, fingerprint=public))
    return 0


def _counts(contents: Contents) -> dict[str, object]:
    return {
        "cameras": contents.cameras,
        "logins": contents.logins,
        "pending": contents.pending,
        "clips": contents.clips,
        "size_mib": f"{contents.size_bytes / (1 << 20):.1f}",
    }


def _tell_chain(contents: Contents, translate: Translator) -> None:
    if contents.chain_break is not None:
        _warn(translate(say.CUSTODY_BROKEN, row=contents.chain_break.seq))


def _warn(sentence: str) -> None:
    print(f"tmcwall: {sentence}", file=sys.stderr)
