"""Every reason against a row is said in both languages."""

import pytest

from tmcwall.cameras.list_reader import RowProblem, RowReason
from tmcwall.texts import Language, Translator
from tmcwall.texts.importing import problem_line, warning_line


@pytest.mark.parametrize("reason", RowReason, ids=str)
def test_every_reason_against_a_row_is_said_in_both_languages(reason: RowReason) -> None:
    problem = RowProblem(7, reason, "url", "12")
    said = [problem_line(problem, Translator(language)).partition(": ")[2] for language in Language]
    assert said[0] != said[1]
    assert problem_line(problem, Translator(Language.ID)).startswith("baris 7: ")
    assert problem_line(problem, Translator(Language.EN)).startswith("line 7: ")
    assert "{" not in problem_line(problem, Translator(Language.ID))


def test_what_is_remarked_about_a_row_that_was_taken_does_not_read_like_a_refusal() -> None:
    warning = RowProblem(4, RowReason.SAME_URL, limit="2")
    line = warning_line(warning, Translator())
    assert line == "perhatikan (kamera tetap masuk), baris 4: alamatnya sama dengan baris 2"
