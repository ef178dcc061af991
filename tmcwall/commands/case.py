"""`tmcwall case ...`: the cases of a workstation, also while its program runs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from tmcwall.commands.evidence import case_desk_of, opened
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.footage_request import RequestAnswer
from tmcwall.domain.letter import LetterKind, LetterState
from tmcwall.domain.remaining_footage import Keeper, Looks, Secured, Urgency
from tmcwall.services.cases import (
    CaseLine,
    CaseSheet,
    ExportLine,
    FootageLine,
    LetterLine,
    RemainingLine,
    RequestSheetLine,
)
from tmcwall.services.evidence_requests import CaseListing, ListCases, ShowCase
from tmcwall.services.handover import hand_over
from tmcwall.texts import Translator
from tmcwall.texts import evidence as say
from tmcwall.texts import footage_requests as request_texts
from tmcwall.texts import letters as letter_texts
from tmcwall.texts import remaining_footage as remaining_texts
from tmcwall.texts.faults import fault_text
from tmcwall.workstation import paths_of


def run_list(*, data_dir: Path | None, as_json: bool, translate: Translator) -> int:
    """A case a line, newest first."""
    found = hand_over(paths_of(data_dir), ListCases(), CaseListing)
    if found is None:
        with opened(data_dir) as workstation:
            found = case_desk_of(workstation).list()
    if as_json:
        print(_json(found.cases))
    elif not found.cases:
        print(translate(say.NO_CASES))
    else:
        for case in found.cases:
            print(_case_text(case, translate))
    return 0


def run_show(lp: str, *, data_dir: Path | None, as_json: bool, translate: Translator) -> int:
    """Raises DomainError(CASE_UNKNOWN)."""
    request = ShowCase(lp)
    sheet = hand_over(paths_of(data_dir), request, CaseSheet)
    if sheet is None:
        with opened(data_dir) as workstation:
            sheet = case_desk_of(workstation).show(request)
    if as_json:
        print(_json(sheet))
        return 0
    print(_case_text(sheet.case, translate))
    print(translate(say.CASE_OPENED, at=translate.zone.long_text(sheet.case.opened_at), by=sheet.case.opened_by))
    for footage in sheet.footage:
        print(_footage_text(footage, translate))
    for export in sheet.exports:
        print(_export_text(export, translate))
    for letter in sheet.letters:
        print(_letter_text(letter, translate))
    for asked in sheet.requests:
        print(_request_text(asked, translate))
    for row in sheet.remaining:
        print(_remaining_text(row, translate))
    return 0


def _json(found: object) -> str:
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode()


def _case_text(case: CaseLine, translate: Translator) -> str:
    return translate(say.CASE_LINE, lp=case.lp, stage=case.stage, bookmarks=case.bookmarks, ready=case.ready)


def _footage_text(footage: FootageLine, translate: Translator) -> str:
    state = say.CLIP_STATES.get(footage.state) or (say.HERE if footage.here else say.NOT_HERE)
    return translate(
        say.FOOTAGE_LINE,
        starts=_moment(footage.starts_at, translate),
        ends=translate.zone.time_of_day(footage.ends_at),
        camera=footage.camera_name,
        state=translate(state),
        note=footage.note,
    )


def _export_text(export: ExportLine, translate: Translator) -> str:
    at = _moment(export.at, translate)
    if export.failure:
        return translate(say.FAILED_LINE, at=at, by=export.by, failure=_failure(export.failure, translate))
    return translate(say.EXPORTED_LINE, at=at, by=export.by, package=export.package)


def _letter_text(letter: LetterLine, translate: Translator) -> str:
    kind = translate(letter_texts.KINDS[LetterKind(letter.kind)])
    return translate(
        say.LETTER_LINE,
        day=f"{letter.day:%Y-%m-%d}",
        kind=f"{kind} {letter.code}".strip(),
        number=letter.number,
        state=translate(letter_texts.STATES[LetterState(letter.state)]),
        receipt=f"{letter.received_on:%Y-%m-%d}" if letter.received_on is not None else "-",
    )


def _request_text(request: RequestSheetLine, translate: Translator) -> str:
    answer = translate(request_texts.ANSWERS[RequestAnswer(request.answer)])
    state = translate(request_texts.WITHDRAWN) if request.withdrawn else answer
    return translate(
        request_texts.LATE_LINE if request.late else request_texts.REQUEST_LINE,
        day=f"{request.asked_on:%Y-%m-%d}",
        number=request.letter_number or "-",
        cameras=", ".join(request.cameras),
        due=f"{request.due_on:%Y-%m-%d}",
        state=state,
        files=len(request.files),
    )


def _remaining_text(row: RemainingLine, translate: Translator) -> str:
    return translate(
        remaining_texts.LINE,
        camera=row.camera_name,
        keeper=translate(remaining_texts.KEEPERS[Keeper(row.keeper)]),
        looks=translate(remaining_texts.DIRECTIONS[Looks(row.looks)]),
        distance=f"{row.distance_m:.0f} m" if row.distance_m is not None else "-",
        ends=_moment(row.ends_at, translate) if row.ends_at is not None else translate(remaining_texts.NOT_KNOWN),
        left=remaining_texts.left_of(Urgency(row.urgency), row.ends_at, row.left_s, translate),
        state=translate(remaining_texts.SECURED[Secured(row.secured)]),
    )


def _failure(code: str, translate: Translator) -> str:
    return translate(fault_text(FaultCode(code))) if code in set(FaultCode) else code


def _moment(at: datetime, translate: Translator) -> str:
    return f"{translate.zone.date_of(at):%Y-%m-%d} {translate.zone.time_of_day(at)} {translate.zone}"
