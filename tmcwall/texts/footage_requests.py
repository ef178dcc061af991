"""Requests for footage to the owners of cameras: their register, what became of them, and which are late."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.footage_request import RequestAnswer
from tmcwall.texts import Text

ANSWERS: Final[Mapping[RequestAnswer, Text]] = {
    RequestAnswer.OPEN: Text(id="Menunggu jawaban", en="No answer yet"),
    RequestAnswer.GIVEN: Text(id="Diberikan", en="Given"),
    RequestAnswer.PARTLY: Text(id="Diberikan sebagian", en="Given in part"),
    RequestAnswer.REFUSED: Text(id="Ditolak", en="Refused"),
    RequestAnswer.OVERWRITTEN: Text(id="Sudah tertimpa", en="Overwritten"),
}
WITHDRAWN = Text(id="Ditarik", en="Withdrawn")
REQUEST_LINE = Text(
    id="Permintaan {day}, surat {number}: {cameras}, jawaban ditunggu {due}, {state}, {files} berkas diterima",
    en="Request {day}, letter {number}: {cameras}, answer due {due}, {state}, {files} files received",
)
LATE_LINE = Text(
    id="TERLAMBAT: permintaan {day}, surat {number}: {cameras}, batas jawaban {due}, {state}, {files} berkas diterima",
    en="LATE: request {day}, letter {number}: {cameras}, answer due {due}, {state}, {files} files received",
)
