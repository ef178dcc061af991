"""`tmcwall evidence custody`: the chain of custody in words, on the screen or as a list for a spreadsheet."""

from __future__ import annotations

from pathlib import Path

from tmcwall.commands.evidence import case_desk_of, opened
from tmcwall.commands.results import check_result, save_result
from tmcwall.services.custody_report import CustodyQuestion, CustodyReport, ReportedRow
from tmcwall.services.evidence_requests import ReportCustody
from tmcwall.services.handover import hand_over
from tmcwall.spreadsheet_csv import spreadsheet_csv
from tmcwall.texts import Translator
from tmcwall.texts import custody as say
from tmcwall.workstation import paths_of

_CHAIN_BROKEN = 1


def run_custody(
    question: CustodyQuestion,
    *,
    nrp: str,
    password: str,
    csv_file: Path | None,
    data_dir: Path | None,
    translate: Translator,
) -> int:
    """1 if the chain does not hold. Raises DomainError(NOT_ALLOWED, CASE_UNKNOWN, OUTPUT_REFUSED), Fault(SIGN_IN_*)."""
    check_result(csv_file)
    request = ReportCustody(nrp, password, question)
    report = hand_over(paths_of(data_dir), request, CustodyReport)
    if report is None:
        with opened(data_dir) as workstation:
            report = case_desk_of(workstation).custody(request)
    if csv_file is not None:
        save_result(csv_file, _as_csv(report, translate))
        print(translate(say.REPORT_SAVED, count=len(report.rows), file=csv_file))
    else:
        for row in report.rows:
            print("  ".join(filter(None, _cells(row, translate))))
    receipts = report.receipts
    if receipts.contradicted_rows is not None:
        print(translate(say.RECEIPT_CONTRADICTED, rows=receipts.contradicted_rows))
        return _CHAIN_BROKEN
    if report.broken_at is not None:
        print(translate(say.CHAIN_BROKEN, row=report.broken_at))
        return _CHAIN_BROKEN
    print(translate(say.CHAIN_WHOLE, length=report.length, head=report.head))
    if receipts.newest_at is not None:
        at = receipts.newest_at.isoformat(timespec="seconds").replace("+00:00", "Z")
        print(translate(say.RECEIPTED, count=receipts.count, rows=receipts.newest_rows, at=at))
    return 0


def _as_csv(report: CustodyReport, translate: Translator) -> bytes:
    return spreadsheet_csv(map(translate, say.COLUMNS), *(_cells(row, translate) for row in report.rows))


def _cells(row: ReportedRow, translate: Translator) -> tuple[str, ...]:
    """As `texts.custody.COLUMNS` names them."""
    zone = translate.zone
    return (
        str(row.seq),
        row.time.isoformat(timespec="seconds").replace("+00:00", "Z"),
        f"{zone.date_of(row.time):%Y-%m-%d} {zone.time_of_day(row.time)} {zone}",
        row.actor,
        say.action_text(row.action, translate),
        row.object,
        row.reason,
        row.facts,
        row.hash,
    )
