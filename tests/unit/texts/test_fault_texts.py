"""Every code an officer can meet is said in both languages, with a cause and advice."""

import string

import pytest

from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.texts import Language, Text, Translator
from tmcwall.texts.faults import explain, fault_text, short_cause

CODES = [*FaultCode, *DomainCode]


def sentences(text: str) -> list[str]:
    return [part for part in text.replace("; ", ". ").replace(": ", ". ").split(". ") if part]


@pytest.mark.parametrize("code", CODES, ids=str)
def test_every_code_has_a_cause_and_advice_in_both_languages(code: FaultCode | DomainCode) -> None:
    text = fault_text(code)
    for said in (text.id, text.en):
        assert said.endswith(".")
        assert len(sentences(said)) >= 2, "a cause and an advice"
        assert 20 < len(said) < 240
    assert text.id != text.en


@pytest.mark.parametrize("code", FaultCode, ids=str)
def test_every_fault_has_a_short_cause_that_fits_a_tile(code: FaultCode) -> None:
    text = short_cause(code)
    for said in (text.id, text.en):
        assert 2 <= len(said.split()) <= 4
        assert len(said) <= 28
        assert not said.endswith(".")
    assert text.id != text.en


@pytest.mark.parametrize("code", CODES, ids=str)
def test_no_fault_sentence_asks_for_fields(code: FaultCode | DomainCode) -> None:
    text = fault_text(code)
    fields = [name for said in (text.id, text.en) for _, name, _, _ in string.Formatter().parse(said) if name]
    assert fields == []


def test_no_two_codes_say_the_same() -> None:
    said: list[Text] = [fault_text(code) for code in CODES]
    assert len({text.id for text in said}) == len({text.en for text in said}) == len(CODES)


def test_a_raised_fault_is_explained_with_its_detail() -> None:
    say = Translator(Language.EN)
    assert explain(Fault(FaultCode.PORT_IN_USE, "8000"), say).endswith("choose another port. (8000)")
    assert explain(DomainError(DomainCode.NAME_TAKEN), say) == "That name is taken. Choose another."
