"""Every reason against a row is said in both languages."""

import pytest

from tmcwall.cameras.importing import ImportReport, RowProblem, RowReason
from tmcwall.texts import Language, Translator
from tmcwall.texts.importing import problem_line, reason_text, report_lines


@pytest.mark.parametrize("reason", RowReason, ids=str)
def test_every_reason_against_a_row_is_said_in_both_languages(reason: RowReason) -> None:
    text = reason_text(reason)
    assert text.id != text.en
    problem = RowProblem(7, reason, "url", "12")
    assert problem_line(problem, Translator(Language.ID)).startswith("baris 7: ")
    assert problem_line(problem, Translator(Language.EN)).startswith("line 7: ")
    assert "{" not in problem_line(problem, Translator(Language.ID))


def test_a_report_names_every_refused_line_then_the_warnings_then_the_counts() -> None:
    report = ImportReport(
        added=2,
        changed=0,
        unchanged=1,
        problems=(RowProblem(3, RowReason.MISSING, "url"),),
        warnings=(RowProblem(4, RowReason.SAME_URL, limit="2"),),
    )
    assert report_lines(report, Translator()) == [
        "baris 3: kolom url kosong",
        "perhatikan, baris 4: alamatnya sama dengan baris 2",
        "2 kamera baru, 0 berubah, 1 tetap, 1 baris ditolak.",
    ]
    assert report_lines(report, Translator(), dry_run=True)[-1].startswith("Uji coba")
