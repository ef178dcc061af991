"""What a camera does that no specification allows, in words that an installer can send to its maker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tmcwall.domain.fault import FaultCode
from tmcwall.domain.source import SessionKind
from tmcwall.rtsp.oddities import Oddity
from tmcwall.texts import Text, Translator
from tmcwall.texts.faults import short_cause
from tmcwall.video.ipc.messages import OddityCount


@dataclass(frozen=True, slots=True)
class OddityText:
    """What was met, in a few words; what the standard says; and what it costs."""

    name: Text
    clause: Text
    cost: Text


_NOTHING_LOST: Final = Text(
    id="Tidak ada gambar yang hilang karenanya.",
    en="No picture is lost by it.",
)

ODDITIES: Final[Mapping[Oddity, OddityText]] = {
    Oddity.BYTES_BETWEEN: OddityText(
        Text(id="bita asing di antara paket", en="stray bytes between packets"),
        Text(
            id="RFC 2326 bagian 10.12: setelah satu paket langsung menyusul paket atau pesan berikutnya.",
            en="RFC 2326 section 10.12: a packet is followed at once by the next packet or message.",
        ),
        Text(
            id="Program mencari awal paket berikutnya; satu paket dapat hilang.",
            en="The program looks for the next packet; one packet may be lost.",
        ),
    ),
    Oddity.SHORT_LENGTH: OddityText(
        Text(id="panjang paket ditulis terlalu kecil", en="packet lengths that are too small"),
        Text(
            id="RFC 2326 bagian 10.12: dua bita panjang menyebut ukuran paket seluruhnya.",
            en="RFC 2326 section 10.12: the two bytes of length tell the size of the whole packet.",
        ),
        Text(
            id="Paket itu disusun lagi bila mungkin; bila tidak, gambarnya rusak sampai gambar kunci berikutnya.",
            en="The packet is put together again where possible; else pictures are damaged up to the next key picture.",
        ),
    ),
    Oddity.NOT_RTP: OddityText(
        Text(id="paket yang bukan RTP", en="packets that are no RTP"),
        Text(id="RFC 3550 bagian 5.1: versi paket RTP adalah 2.", en="RFC 3550 section 5.1: the version of RTP is 2."),
        _NOTHING_LOST,
    ),
    Oddity.PADDING: OddityText(
        Text(id="isian paket sebesar nol bita", en="padding of no bytes"),
        Text(
            id="RFC 3550 bagian 5.1: bita terakhir isian menghitung isian itu termasuk dirinya, jadi paling sedikit 1.",
            en="RFC 3550 section 5.1: the last byte of padding counts the padding, itself included: at least 1.",
        ),
        _NOTHING_LOST,
    ),
    Oddity.EMPTY_FRAGMENT: OddityText(
        Text(id="pecahan tanpa isi", en="fragments without data"),
        Text(
            id="RFC 6184 bagian 5.8 dan RFC 7798 bagian 4.4.3: sebuah pecahan memuat bagian dari unit NAL.",
            en="RFC 6184 section 5.8 and RFC 7798 section 4.4.3: a fragment holds a part of a NAL unit.",
        ),
        _NOTHING_LOST,
    ),
    Oddity.START_CODES: OddityText(
        Text(id="kode awal di dalam unit NAL", en="start codes inside NAL units"),
        Text(
            id="RFC 6184 bagian 5.6 dan RFC 7798 bagian 4.4.1: satu unit NAL per paket, tanpa kode awal.",
            en="RFC 6184 section 5.6 and RFC 7798 section 4.4.1: one NAL unit a packet, without start codes.",
        ),
        Text(id="Unit itu dipisah lagi oleh program.", en="The program parts the units again."),
    ),
    Oddity.NUMBERS: OddityText(
        Text(id="nomor urut paket tidak berarti", en="packet numbers that mean nothing"),
        Text(
            id="RFC 3550 bagian 5.1: nomor urut bertambah satu pada setiap paket.",
            en="RFC 3550 section 5.1: the sequence number goes up by one with each packet.",
        ),
        Text(
            id="Paket yang hilang di jaringan tidak terlihat, dan gambar yang rusak karenanya dapat tampil.",
            en="Packets that the network loses are not seen, and pictures damaged by that may be shown.",
        ),
    ),
    Oddity.ANSWER_NUMBERS: OddityText(
        Text(id="jawaban bernomor salah", en="answers with a wrong number"),
        Text(
            id="RFC 2326 bagian 12.17: jawaban mengulang CSeq permintaannya.",
            en="RFC 2326 section 12.17: an answer repeats the CSeq of its request.",
        ),
        Text(id="Jawaban dicocokkan menurut urutannya.", en="Answers are matched by their order."),
    ),
    Oddity.NO_SESSION: OddityText(
        Text(id="jawaban SETUP tanpa nomor sesi", en="SETUP answered without a session"),
        Text(
            id="RFC 2326 bagian 12.37: jawaban SETUP yang berhasil memuat Session.",
            en="RFC 2326 section 12.37: the answer to a successful SETUP holds Session.",
        ),
        Text(
            id="Sesi diambil dari jawaban PLAY; bila tidak ada, kamera dapat memutuskan sendiri.",
            en="The session is taken from the answer to PLAY; without one the camera may end it by itself.",
        ),
    ),
    Oddity.NO_TRANSPORT: OddityText(
        Text(id="jawaban SETUP tanpa cara kirim", en="SETUP answered without a transport"),
        Text(
            id="RFC 2326 bagian 12.39: jawaban SETUP menyebut cara kirim yang dipilih.",
            en="RFC 2326 section 12.39: the answer to SETUP names the transport that was chosen.",
        ),
        Text(id="Cara kirim yang diminta dianggap diterima.", en="What was asked for is taken as granted."),
    ),
    Oddity.NO_KEEP_ALIVE: OddityText(
        Text(id="tanda hidup tidak dijawab", en="keep-alive not answered"),
        Text(
            id="RFC 2326 bagian 10.8: GET_PARAMETER tanpa isi dijawab, dan menguji apakah pihak lain masih ada.",
            en="RFC 2326 section 10.8: GET_PARAMETER without a body is answered, and tests whether the other is there.",
        ),
        Text(
            id="Satu sambungan dapat terputus; sesudahnya kamera ditanya dengan cara lain.",
            en="One connection may be lost; the camera is asked in another way from then on.",
        ),
    ),
}

_OTHER_WAY: Final = Text(id="mencoba cara lain", en="trying another way")
_COUNT: Final = Text(id="{name} ({count} kali)", en="{name} ({count} times)")
_REPORTED: Final = Text(id="{name}, {count} kali. {clause} {cost}", en="{name}, {count} times. {clause} {cost}")

_READ_OTHERWISE: Final[Mapping[SessionKind, Text]] = {
    SessionKind.OWN_AGAIN: Text(
        id="Cara lain (FFmpeg) juga tidak dapat membacanya: {cause}",
        en="FFmpeg's RTSP could not read it either: {cause}",
    ),
    SessionKind.COMPAT_MARKED: Text(id="Dibaca dengan FFmpeg (compat)", en="Read by FFmpeg's RTSP (compat)"),
    SessionKind.COMPAT_TRIED: Text(
        id="Dicoba dibaca dengan cara lain (FFmpeg) karena {cause}",
        en="FFmpeg's RTSP is being tried because of: {cause}",
    ),
    SessionKind.COMPAT_FOUND: Text(
        id="Dibaca dengan cara lain (FFmpeg) karena {cause}", en="Read by FFmpeg's RTSP because of: {cause}"
    ),
}


def session_text(kind: SessionKind, cause: FaultCode | None, say: Translator) -> str:
    """Who reads a camera, where that is not simply our own session: empty then."""
    text = _READ_OTHERWISE.get(kind)
    if text is None:
        return ""
    return say(text, cause=say(short_cause(cause)) if cause is not None else "")


def cause_text(cause: FaultCode, session: SessionKind, say: Translator) -> str:
    """The cause on a tile, and whether another way to read the camera is being tried meanwhile."""
    said = say(short_cause(cause))
    return f"{said} · {say(_OTHER_WAY)}" if session is SessionKind.COMPAT_TRIED else said


def oddities_text(found: Iterable[OddityCount], say: Translator) -> str:
    """`stray bytes between packets (12 times), padding of no bytes (3 times)`; empty where there are none."""
    return ", ".join(say(_COUNT, name=say(ODDITIES[one.oddity].name), count=one.count) for one in found)


def oddity_report(found: OddityCount, say: Translator) -> str:
    """One oddity for the camera's maker: what was met, how often, what the standard says, and what it costs."""
    text = ODDITIES[found.oddity]
    name = say(text.name)
    return say(
        _REPORTED, name=name[:1].upper() + name[1:], count=found.count, clause=say(text.clause), cost=say(text.cost)
    )
