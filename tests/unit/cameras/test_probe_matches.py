"""What devices say of themselves on the network, and what is made of answers that are none."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.onvif_answers import ANSWER, ID, MATCH, answer
from tmcwall.cameras.probe_matches import FoundDevice, parse_answer, probe, told_apart
from tmcwall.domain.fault import Fault, FaultCode

ADDRESS = "10.1.2.3"


def parsed(data: bytes) -> list[FoundDevice]:
    return parse_answer(data, address=ADDRESS, message_id=ID)


def test_a_device_is_told_with_id_address_service_name_and_model():
    (found,) = parsed(answer(MATCH))
    assert (found.id, found.address, found.service, found.name, found.model) == (
        "urn:uuid:2419d68a-2dd2-21b2-a205-4c11bf6f2e3a",
        ADDRESS,
        "http://10.1.2.3/onvif/device_service",
        "Simpang Lima",
        "DS-2CD2T47",
    )
    assert "onvif://www.onvif.org/Profile/Streaming" in found.scopes


def test_a_recorder_that_answers_for_several_devices_is_several():
    assert len(parsed(answer(MATCH + MATCH.replace("2419d68a", "99999999")))) == 2


def test_the_question_names_its_own_number_and_is_no_answer():
    assert ID.encode() in probe(ID)
    assert parsed(probe(ID)) == []


def test_an_answer_to_another_question_is_none():
    assert parse_answer(answer(MATCH), address=ADDRESS, message_id="another") == []


def test_a_service_on_another_host_is_not_told():
    assert parsed(answer(MATCH.replace("10.1.2.3", "198.51.100.9")))[0].service == ""


def test_a_terminal_is_given_nothing_that_it_would_obey():
    (found,) = parsed(answer(MATCH.replace("Simpang%20Lima", "Simpang%1B%5B2J" + "x" * 5000)))
    assert found.name.startswith("Simpang[2Jx")
    assert len(found.name) <= 200


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n\r\n",
        ANSWER.replace("<e:Envelope", '<!DOCTYPE x [<!ENTITY a "aaaa">]><e:Envelope', 1).encode(),
        b"<a>" * 40_000,
        b"<a>" + b"<b/>" * 10_000 + b"</a>",
        answer(MATCH)[:-40],
    ],
    ids=["nothing", "HTTP", "entities", "deep", "wide", "cut short"],
)
def test_what_is_no_answer_is_refused(data: bytes):
    with pytest.raises(Fault) as refused:
        parsed(data)
    assert refused.value.code is FaultCode.PROTOCOL_BROKEN


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_or_name_nobody(data: bytes):
    found: list[FoundDevice] = []
    with contextlib.suppress(Fault):
        found = parsed(data)
    assert found == []


def test_a_device_that_answers_twice_is_told_once_and_all_in_the_order_of_their_addresses():
    (near,) = parsed(answer(MATCH))
    (far,) = parse_answer(answer(MATCH), address="10.1.2.20", message_id=ID)
    assert told_apart([far, near, far]) == [near, far]
