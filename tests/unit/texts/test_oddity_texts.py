"""What cameras do that no specification allows is said for their makers, in both languages."""

import pytest

from tmcwall.domain.fault import FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.domain.source import SessionKind
from tmcwall.texts import Language, Translator
from tmcwall.texts.oddities import ODDITIES, cause_text, oddities_text, oddity_report, session_text
from tmcwall.video.ipc.messages import OddityCount

INDONESIAN, ENGLISH = Translator(Language.ID), Translator(Language.EN)


@pytest.mark.parametrize("oddity", Oddity)
def test_every_oddity_has_a_name_a_clause_of_a_standard_and_a_cost_in_both_languages(oddity):
    text = ODDITIES[oddity]
    for said in (text.name, text.clause, text.cost):
        assert said.id != said.en
    assert text.clause.en.startswith("RFC ")
    assert len(text.name.id) <= 40


def test_a_report_for_the_maker_says_what_how_often_which_rule_and_what_it_costs():
    found = OddityCount(Oddity.PADDING, 12)
    assert oddity_report(found, ENGLISH) == (
        "Padding of no bytes, 12 times. RFC 3550 section 5.1: the last byte of padding counts the padding, itself "
        "included: at least 1. No picture is lost by it."
    )
    assert oddity_report(found, INDONESIAN).startswith("Isian paket sebesar nol bita, 12 kali. RFC 3550 bagian 5.1")


def test_several_oddities_stand_in_one_line_with_their_counts():
    found = [OddityCount(Oddity.PADDING, 12), OddityCount(Oddity.NO_SESSION, 1)]
    assert oddities_text(found, ENGLISH) == "padding of no bytes (12 times), SETUP answered without a session (1 times)"
    assert oddities_text([], ENGLISH) == ""


@pytest.mark.parametrize("kind", [kind for kind in SessionKind if kind is not SessionKind.OWN])
def test_a_camera_that_is_not_simply_read_by_our_own_session_says_so_and_why(kind):
    said = [session_text(kind, FaultCode.PROTOCOL_BROKEN, say) for say in (INDONESIAN, ENGLISH)]
    assert said[0] != said[1]
    assert ("FFmpeg" in said[0], "FFmpeg" in said[1]) == (True, True)
    assert kind is SessionKind.COMPAT_MARKED or "jawaban kamera rusak" in said[0]


def test_nothing_is_said_of_our_own_session():
    assert session_text(SessionKind.OWN, None, INDONESIAN) == ""


def test_a_tile_says_that_another_way_is_being_tried_while_it_is():
    tried = cause_text(FaultCode.NO_MEDIA, SessionKind.COMPAT_TRIED, INDONESIAN)
    assert tried == "video belum datang · mencoba cara lain"
    assert cause_text(FaultCode.NO_MEDIA, SessionKind.OWN_AGAIN, INDONESIAN) == "video belum datang"
