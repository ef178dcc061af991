"""What a camera does that no specification allows, in words that an installer can send to its maker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tmcwall.domain.fault import FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.domain.source import SessionKind
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
    Oddity.DESCRIPTION: OddityText(
        Text(id="deskripsi yang bentuknya harus ditebak", en="a description whose form has to be guessed"),
        Text(
            id="RFC 4566 bagian 5.14 dan 6: baris m= dan rtpmap menyebut port, cara kirim, dan kodek.",
            en="RFC 4566 sections 5.14 and 6: the m= line and rtpmap name port, transport and codec.",
        ),
        _NOTHING_LOST,
    ),
    Oddity.PAYLOAD_TYPE: OddityText(
        Text(id="jenis paket lain daripada deskripsinya", en="packets of another type than described"),
        Text(
            id="RFC 3551 bagian 3: jenis paket adalah yang disebut dalam deskripsi sesi.",
            en="RFC 3551 section 3: the payload type is the one that the session description names.",
        ),
        _NOTHING_LOST,
    ),
    Oddity.CHANNEL: OddityText(
        Text(id="paket pada saluran yang lain", en="packets on another channel than agreed"),
        Text(
            id="RFC 2326 bagian 10.12: paket datang pada saluran yang disebut dalam jawaban SETUP.",
            en="RFC 2326 section 10.12: packets come on the channel that the answer to SETUP names.",
        ),
        Text(
            id="Saluran yang dipakai kamera diterima; detik pertama hilang.",
            en="The channel that the camera uses is taken; the first second is lost.",
        ),
    ),
    Oddity.OTHER_SOURCE: OddityText(
        Text(id="paket dari sumber lain", en="packets of another source"),
        Text(
            id="RFC 2326 bagian 10.12: sambungan hanya memuat paket sesinya sendiri.",
            en="RFC 2326 section 10.12: a connection holds the packets of its own session.",
        ),
        Text(id="Paket itu dilewati.", en="They are passed over."),
    ),
    Oddity.FOREIGN_UNIT: OddityText(
        Text(id="unit NAL berjenis yang tidak ada", en="NAL units of a type that there is not"),
        Text(
            id="RFC 6184 bagian 5.2 dan RFC 7798 bagian 4.4: jenis itu tidak dipakai.",
            en="RFC 6184 section 5.2 and RFC 7798 section 4.4: these types are not used.",
        ),
        _NOTHING_LOST,
    ),
    Oddity.ANSWER_HEAD: OddityText(
        Text(id="jawaban dengan kepala yang aneh", en="answers with odd heads"),
        Text(
            id="RFC 2326 bagian 7.1 dan 15: kepala terdiri atas baris status dan baris nama dan isi.",
            en="RFC 2326 sections 7.1 and 15: a head is a status line and lines of name and value.",
        ),
        _NOTHING_LOST,
    ),
    Oddity.ODD_TRANSPORT: OddityText(
        Text(id="cara kirim yang ditulis aneh", en="a transport that is written oddly"),
        Text(
            id="RFC 2326 bagian 12.39: saluran dan port adalah pasangan angka.",
            en="RFC 2326 section 12.39: channels and ports are pairs of numbers.",
        ),
        Text(id="Yang diminta dianggap diterima.", en="What was asked for is taken as granted."),
    ),
    Oddity.GOODBYE: OddityText(
        Text(id="pamit dari sumber lain", en="a goodbye of another source"),
        Text(
            id="RFC 3550 bagian 6.6: BYE menyebut sumber yang berakhir.",
            en="RFC 3550 section 6.6: BYE names the source that ends.",
        ),
        _NOTHING_LOST,
    ),
    Oddity.FORGOTTEN: OddityText(
        Text(id="sesi dikatakan hilang, gambar tetap ada", en="sessions said to be gone that go on"),
        Text(
            id="RFC 2326 bagian 11.3.5: 454 berarti sesi itu tidak ada.",
            en="RFC 2326 section 11.3.5: 454 says that there is no such session.",
        ),
        Text(
            id="Sambungan dipertahankan selama gambar datang; kamera ditanya dengan cara lain.",
            en="The connection is kept while pictures come; the camera is asked in another way.",
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
    Oddity.MARKER_WITHIN: OddityText(
        Text(id="tanda akhir gambar di tengah gambar", en="ends of pictures marked within them"),
        Text(
            id="RFC 6184 bagian 5.1 dan RFC 7798 bagian 4.1: tanda itu hanya pada paket terakhir sebuah gambar.",
            en="RFC 6184 section 5.1 and RFC 7798 section 4.1: only the last packet of a picture has the marker.",
        ),
        Text(
            id="Akhir gambar dicari dari isinya; gambar tampil satu gambar lebih lambat.",
            en="The program finds the ends by what is inside; pictures come one picture later.",
        ),
    ),
    Oddity.TIME_WITHIN: OddityText(
        Text(id="waktu RTP berubah di tengah gambar", en="RTP time that changes within a picture"),
        Text(
            id="RFC 3550 bagian 5.1: semua paket sebuah gambar mempunyai waktu yang sama.",
            en="RFC 3550 section 5.1: all packets of a picture have one time.",
        ),
        _NOTHING_LOST,
    ),
    Oddity.HEADS_WITHIN: OddityText(
        Text(id="data pembuka di tengah gambar", en="parameter sets or SEI within a picture"),
        Text(
            id="RFC 6184 bagian 6.3: unit NAL datang menurut urutan dekode; data itu berdiri di depan gambarnya.",
            en="RFC 6184 section 6.3: NAL units come in decoding order; these stand in front of their picture.",
        ),
        _NOTHING_LOST,
    ),
    Oddity.RATE: OddityText(
        Text(id="waktu RTP yang tidak benar", en="RTP times that are not true"),
        Text(
            id="RFC 3550 bagian 5.1: waktu berjalan dengan jam pengambil gambar.",
            en="RFC 3550 section 5.1: the time goes with the clock that samples the pictures.",
        ),
        Text(
            id="Waktu kedatangan dipakai, juga dalam klip; kelancaran gambar mengikuti jaringan.",
            en="The time of arrival is used, in clips too; how evenly pictures come depends on the network.",
        ),
    ),
    Oddity.CLOCK_RATE: OddityText(
        Text(id="laju jam video bukan 90.000", en="a clock rate of video that is not 90,000"),
        Text(
            id="RFC 6184 bagian 8.1 dan RFC 7798 bagian 7.1: laju jam RTP adalah 90.000.",
            en="RFC 6184 section 8.1 and RFC 7798 section 7.1: the RTP clock rate is 90,000.",
        ),
        Text(
            id="Bila waktunya tidak cocok dengan kedatangan, kedatangan yang dipakai.",
            en="Where its times disagree with the arrival, the arrival is used.",
        ),
    ),
    Oddity.ODD_HEAD: OddityText(
        Text(id="jawaban web dengan kepala yang aneh", en="web answers with odd heads"),
        Text(
            id="RFC 9112 bagian 5 dan 6: kepala terdiri atas baris nama dan isi, dan panjang ditulis sekali.",
            en="RFC 9112 sections 5 and 6: a head is made of lines of name and value, and one length.",
        ),
        _NOTHING_LOST,
    ),
    Oddity.COMPRESSED: OddityText(
        Text(id="jawaban dimampatkan tanpa diminta", en="answers compressed though nobody asked"),
        Text(
            id="RFC 9110 bagian 12.5.3: server mengikuti Accept-Encoding.",
            en="RFC 9110 section 12.5.3: a server follows Accept-Encoding.",
        ),
        _NOTHING_LOST,
    ),
    Oddity.COMPRESSED_UNSAID: OddityText(
        Text(id="jawaban dimampatkan tanpa menyebutnya", en="answers compressed without saying so"),
        Text(
            id="RFC 9110 bagian 8.4: Content-Encoding menyebut pemampatan.",
            en="RFC 9110 section 8.4: Content-Encoding names the compression.",
        ),
        _NOTHING_LOST,
    ),
    Oddity.NOT_COMPRESSED: OddityText(
        Text(id="jawaban mengaku dimampatkan", en="answers that claim to be compressed"),
        Text(
            id="RFC 9110 bagian 8.4: Content-Encoding menyebut pemampatan.",
            en="RFC 9110 section 8.4: Content-Encoding names the compression.",
        ),
        _NOTHING_LOST,
    ),
    Oddity.SHORT_BODY: OddityText(
        Text(id="jawaban lebih pendek daripada panjangnya", en="answers shorter than their length"),
        Text(
            id="RFC 9112 bagian 6.3: Content-Length menyebut panjang seluruhnya.",
            en="RFC 9112 section 6.3: Content-Length is the whole length.",
        ),
        Text(
            id="Yang terbaca dipakai; akhir potongan video dapat hilang.",
            en="What came is used; the end of a segment may be missing.",
        ),
    ),
    Oddity.BYTES_BEHIND: OddityText(
        Text(id="bita asing di belakang jawaban", en="stray bytes behind answers"),
        Text(
            id="RFC 9112 bagian 6.3: sesudah isi menyusul jawaban berikutnya.",
            en="RFC 9112 section 6.3: behind the body comes the next answer.",
        ),
        _NOTHING_LOST,
    ),
    Oddity.REDIRECTED: OddityText(
        Text(id="pengalihan ke port lain atau ke https", en="redirects to another port or to https"),
        Text(
            id="RFC 9110 bagian 15.4: alamat yang dituju dapat langsung ditulis di daftar kamera.",
            en="RFC 9110 section 15.4: where it leads can be written in the list of cameras at once.",
        ),
        Text(
            id="Diikuti pada host yang sama; login hanya diberikan pada port kamera itu sendiri.",
            en="They are followed on the same host; the login goes to the camera's own port alone.",
        ),
    ),
    Oddity.VARIANT: OddityText(
        Text(id="pilihan mutu yang tidak dapat diputar", en="variants that cannot be played"),
        Text(
            id="RFC 8216 bagian 4.3.4.2: setiap pilihan mutu adalah daftar putar yang dapat diambil.",
            en="RFC 8216 section 4.3.4.2: each variant is a playlist that can be had.",
        ),
        Text(id="Pilihan berikutnya diputar.", en="The next one is played."),
    ),
    Oddity.BEFORE_PLAYLIST: OddityText(
        Text(id="bita asing di depan daftar putar", en="stray bytes before a playlist"),
        Text(
            id="RFC 8216 bagian 4.3.1.1: baris pertama adalah #EXTM3U.",
            en="RFC 8216 section 4.3.1.1: the first line is #EXTM3U.",
        ),
        _NOTHING_LOST,
    ),
    Oddity.PLAYLIST_NUMBERS: OddityText(
        Text(id="nomor daftar putar tidak maju", en="playlist numbers that stand still"),
        Text(
            id="RFC 8216 bagian 6.2.2: nomor urut naik dengan setiap potongan yang dihapus.",
            en="RFC 8216 section 6.2.2: the number goes up with each segment that is removed.",
        ),
        _NOTHING_LOST,
    ),
    Oddity.PLAYLIST_ENDED: OddityText(
        Text(id="daftar putar mengaku sudah berakhir", en="playlists that say they have ended and go on"),
        Text(
            id="RFC 8216 bagian 4.3.3.4: sesudah EXT-X-ENDLIST tidak ada potongan lagi.",
            en="RFC 8216 section 4.3.3.4: behind EXT-X-ENDLIST no segment comes.",
        ),
        _NOTHING_LOST,
    ),
    Oddity.TARGET_DURATION: OddityText(
        Text(id="lama potongan disebut terlalu panjang", en="target duration far too long"),
        Text(
            id="RFC 8216 bagian 4.3.3.1: tidak satu potongan pun lebih lama daripada yang disebut.",
            en="RFC 8216 section 4.3.3.1: it is the longest duration of a segment.",
        ),
        Text(
            id="Daftar putar diminta menurut lama potongan yang sebenarnya.",
            en="The playlist is asked for by the real durations.",
        ),
    ),
    Oddity.NO_LENGTH: OddityText(
        Text(id="potongan tanpa lama", en="segments without a duration"),
        Text(
            id="RFC 8216 bagian 4.3.2.1: setiap potongan mempunyai EXTINF.",
            en="RFC 8216 section 4.3.2.1: each segment has an EXTINF.",
        ),
        _NOTHING_LOST,
    ),
    Oddity.NO_RANGE: OddityText(
        Text(id="rentang bita yang tidak benar", en="byte ranges that are none"),
        Text(
            id="RFC 8216 bagian 4.3.2.2: EXT-X-BYTERANGE memuat panjang dan letak.",
            en="RFC 8216 section 4.3.2.2: EXT-X-BYTERANGE holds length and offset.",
        ),
        Text(id="Potongan itu dilewati dan dihitung hilang.", en="That segment is left out and counted as lost."),
    ),
    Oddity.BEFORE_VIDEO: OddityText(
        Text(id="bita asing di depan video", en="stray bytes before the video of a segment"),
        Text(
            id="RFC 8216 bagian 3: potongan dimulai dengan wadah videonya.",
            en="RFC 8216 section 3: a segment begins with its container.",
        ),
        _NOTHING_LOST,
    ),
    Oddity.BEHIND_VIDEO: OddityText(
        Text(id="bita asing di belakang video", en="stray bytes behind the video of a segment"),
        Text(
            id="RFC 8216 bagian 3: potongan hanya memuat wadah videonya.",
            en="RFC 8216 section 3: a segment holds its container and nothing else.",
        ),
        _NOTHING_LOST,
    ),
    Oddity.NO_SEGMENT: OddityText(
        Text(id="potongan yang bukan video", en="segments that are no video"),
        Text(id="RFC 8216 bagian 3: setiap potongan memuat video.", en="RFC 8216 section 3: each segment holds media."),
        Text(id="Potongan itu dilewati dan dihitung hilang.", en="That segment is left out and counted as lost."),
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
