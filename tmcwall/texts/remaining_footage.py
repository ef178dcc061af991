"""Footage that dies: how much time is left, who keeps it, and what was done about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tmcwall.domain.letter import LetterItem
from tmcwall.domain.remaining_footage import Keeper, Looks, RemainingFootage, Secured, Urgency
from tmcwall.services.securing import SecuringDone
from tmcwall.texts import Text, Translator, letters

TITLE: Final = Text(id="Sisa waktu rekaman", en="Time left of footage")
OF: Final = Text(id="Sisa waktu rekaman: {subject}", en="Time left of footage: {subject}")
OPEN: Final = Text(id="&Sisa waktu rekaman…", en="Time &left of footage…")
CAMERA: Final = Text(id="Kamera", en="Camera")
DISTANCE: Final = Text(id="Jarak", en="Distance")
LOOKS: Final = Text(id="Arah", en="Looks")
KEEPER: Final = Text(id="Disimpan oleh", en="Kept by")
LEFT: Final = Text(id="Sisa waktu", en="Time left")
ENDS: Final = Text(id="Tertimpa pada ({zone})", en="Overwritten at ({zone})")
STATE: Final = Text(id="Keadaan", en="State")
NONE: Final = Text(
    id="Tidak ada kamera yang diketahui melihat tempat itu.", en="No camera is known to have seen that place."
)
EXPLANATION: Final = Text(
    id="Yang paling cepat tertimpa di atas. Rekaman kita tertimpa paling lambat pada waktu itu, lebih cepat bila disk "
    "penuh. Masa simpan pemilik ialah menurut pernyataannya; yang belum diketahui tidak ditebak.",
    en="What is overwritten first is on top. Ours is overwritten at that time at the latest, earlier where the disk "
    "fills up. How long an owner keeps is his own statement; what is not known is not guessed.",
)
SECURE: Final = Text(id="Amankan (S)", en="Secure (S)")
SECURE_HELP: Final = Text(
    id="Tahan rekaman kita di sekitar waktu kejadian, dan buat surat permintaan kepada pemilik kamera lainnya.",
    en="Hold what we recorded around that time, and draft the requests to the owners of the other cameras.",
)
UNDO: Final = Text(id="&Urungkan permintaan", en="&Undo the requests")
CLOSE: Final = Text(id="&Tutup", en="&Close")
METRES: Final = Text(id="{distance} m", en="{distance} m")
NOT_KNOWN: Final = Text(id="belum diketahui", en="not known")
GONE_SINCE: Final = Text(id="sudah tertimpa sejak {at}", en="overwritten since {at}")
DAYS: Final = Text(id="{days} hari {hours} jam", en="{days} d {hours} h")
HOURS: Final = Text(id="{hours} jam {minutes} mnt", en="{hours} h {minutes} min")
MINUTES: Final = Text(id="{minutes} mnt", en="{minutes} min")
LESS: Final = Text(id="kurang dari 1 mnt", en="less than 1 min")
LINE: Final = Text(
    id="Sisa waktu {left}: {camera}, {keeper} ({distance}, {looks}), tertimpa {ends}, {state}",
    en="Time left {left}: {camera}, {keeper} ({distance}, {looks}), overwritten {ends}, {state}",
)
UNDO_REASON: Final = "permintaan diurungkan"
"""What the register says of letters that were taken back; it is Indonesian, as the letters are."""

KEEPERS: Final[Mapping[Keeper, Text]] = {
    Keeper.OURS: Text(id="rekaman kita", en="our recording"),
    Keeper.OWNER: Text(id="perekam pemilik", en="the owner's recorder"),
}
DIRECTIONS: Final[Mapping[Looks, Text]] = {
    Looks.TOWARDS: Text(id="menghadap tempat", en="towards the place"),
    Looks.UNKNOWN: Text(id="arah tidak diketahui", en="direction not known"),
    Looks.NEIGHBOURHOOD: Text(id="di RT yang sama", en="in the same RT"),
    Looks.TAGGED: Text(id="ditandai petugas", en="tagged by an officer"),
}
SECURED: Final[Mapping[Secured, Text]] = {
    Secured.NOT: Text(id="belum diamankan", en="not secured"),
    Secured.ASKED: Text(id="sudah diminta, belum dijawab", en="asked for, no answer yet"),
    Secured.HELD: Text(id="ditahan", en="held"),
    Secured.RECEIVED: Text(id="sudah diterima", en="received"),
    Secured.REFUSED: Text(id="ditolak pemilik", en="refused by the owner"),
    Secured.LOST: Text(id="tertimpa, menurut pemilik", en="overwritten, as the owner says"),
}
_HELD: Final = Text(id="{count} kamera diamankan", en="{count} cameras secured")
_LETTERS: Final = Text(id="{count} surat permintaan dibuat", en="{count} requests drafted")
_WITHOUT: Final = Text(
    id="{count} permintaan dicatat tanpa surat (kurang: {items})",
    en="{count} requests noted without a letter (lacking: {items})",
)
_NAMES: Final = Text(id="nama orang: {names}", en="names of persons: {names}")
_NO_CASE: Final = Text(
    id="{count} kamera pemilik perlu nomor LP dahulu", en="{count} cameras of owners need an LP number first"
)
_INVESTIGATOR: Final = Text(
    id="{count} kamera pemilik perlu surat dari penyidik",
    en="{count} cameras of owners need a letter by an investigator",
)
_GONE: Final = Text(id="{count} kamera sudah tertimpa", en="{count} cameras are overwritten already")
_FAILED: Final = Text(id="{count} gagal", en="{count} failed")
_NOTHING: Final = Text(id="tidak ada lagi yang perlu diamankan", en="nothing is left to secure")
UNDONE: Final = Text(id="{count} permintaan ditarik; yang ditahan tetap ditahan.", en="{count} requests withdrawn.")


def left_text(row: RemainingFootage, now: datetime, say: Translator) -> str:
    """`2 hari 4 jam`, `5 jam 12 mnt`, `sudah tertimpa sejak …`, or that it is not known."""
    return left_of(row.urgency(now), row.ends_at, row.left_s(now), say)


def left_of(urgency: Urgency, ends_at: datetime | None, left_s: float | None, say: Translator) -> str:
    """As `left_text`, of what a command was told."""
    if urgency is Urgency.GONE and ends_at is not None and left_s is not None and left_s <= 0:
        return say(GONE_SINCE, at=say.zone.long_text(ends_at))
    if urgency is Urgency.SAFE:
        return "–"
    if left_s is None:
        return say(NOT_KNOWN)
    minutes = int(left_s // 60)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return say(DAYS, days=days, hours=hours)
    if hours:
        return say(HOURS, hours=hours, minutes=minutes % 60)
    return say(MINUTES, minutes=minutes) if minutes else say(LESS)


def state_text(row: RemainingFootage, now: datetime, say: Translator) -> str:
    """What was done about it; nothing more can be done about what is gone."""
    if row.secured is Secured.NOT and row.urgency(now) is Urgency.GONE:
        return say(_GONE_STATE)
    return say(SECURED[row.secured])


_GONE_STATE: Final = Text(id="tertimpa", en="overwritten")


def done_text(done: SecuringDone, say: Translator) -> str:
    """What one press did, in one sentence."""
    parts = [
        say(text, count=count)
        for text, count in (
            (_HELD, done.held),
            (_LETTERS, done.letters),
            (_NO_CASE, done.waiting_for_case),
            (_INVESTIGATOR, done.waiting_for_investigator),
            (_GONE, done.gone),
            (_FAILED, len(done.refusals)),
        )
        if count
    ]
    if done.without_letter:
        parts.append(say(_WITHOUT, count=done.without_letter, items=_lacking(done.lacking, done.names, say)))
    sentence = ", ".join(parts) or say(_NOTHING)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _lacking(items: tuple[LetterItem, ...], names: tuple[str, ...], say: Translator) -> str:
    said = [say(letters.ITEMS[item]) for item in items]
    return ", ".join([*said, say(_NAMES, names=", ".join(names))] if names else said)
