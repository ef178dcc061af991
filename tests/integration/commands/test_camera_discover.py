"""`tmcwall camera discover`: devices that answer on the network, and what does not belong there."""

from __future__ import annotations

import csv
import re
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.onvif_answers import MATCH, answer
from tmcwall.cameras.discovery import discover, networks_of
from tmcwall.commands.camera_discover import run_discover
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.texts import Language, Translator

ENGLISH = Translator(Language.EN)
HERE = "127.0.0.1/32"
Script = Sequence[Callable[[str], bytes]]


class Responder:
    """Answers each question with all of its script, given the question's number."""

    def __init__(self) -> None:
        self.script: Script = ()
        self.questions = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._answer)
        self._thread.start()

    def close(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()

    def _answer(self) -> None:
        while True:
            data, asker = self._socket.recvfrom(65_535)
            if not data:
                return
            self.questions += 1
            number = re.search(rb"uuid:([0-9a-f-]+)", data)
            assert number is not None
            for part in self.script:
                self._socket.sendto(part(number[1].decode()), asker)


@pytest.fixture
def responder() -> Iterator[Responder]:
    responder = Responder()
    yield responder
    responder.close()


def test_a_camera_that_answers_is_printed_and_stands_in_the_table(
    responder: Responder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    responder.script = [lambda number: answer(MATCH.replace("10.1.2.3", "127.0.0.1"), number)]
    table = tmp_path / "found.csv"
    assert run_discover([HERE], table=table, translate=ENGLISH, port=responder.port) == 0
    out = capsys.readouterr().out
    assert "127.0.0.1  urn:uuid:2419d68a-2dd2-21b2-a205-4c11bf6f2e3a  Simpang Lima  DS-2CD2T47\n" in out
    assert "onvif://www.onvif.org/Profile/Streaming" in out
    with table.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["address"], row["model"], row["service"]) == (
        "127.0.0.1",
        "DS-2CD2T47",
        "http://127.0.0.1/onvif/device_service",
    )
    assert responder.questions == 2


def test_hostile_answers_cost_only_themselves(responder: Responder) -> None:
    responder.script = [
        lambda _: b"\xff" * 60_000,
        lambda _: b'<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>',
        lambda _: answer(MATCH, "11111111-1111-4111-8111-111111111111"),
        lambda number: answer(MATCH, number),
    ]
    found = discover(networks_of([HERE]), clock=SystemClock(), port=responder.port, listens_s=0.3)
    assert ([device.model for device in found.devices], found.garbled) == (["DS-2CD2T47"], 1)


def test_without_an_answer_it_says_what_else_can_be_done(
    responder: Responder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_discover([HERE], table=None, translate=ENGLISH, port=responder.port) == 1
    assert "--subnet" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("subnet", "code"),
    [("10.0.0.0/8", DomainCode.NUMBER_OUT_OF_RANGE), ("10.1.2.x", DomainCode.NETWORK_MALFORMED)],
)
def test_a_network_that_is_too_large_or_none_is_refused(subnet: str, code: DomainCode) -> None:
    with pytest.raises(DomainError) as refused:
        run_discover([subnet], table=None, translate=ENGLISH)
    assert refused.value.code is code
