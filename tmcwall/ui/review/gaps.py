"""What a clip, or a camera at some time, lacks, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from tmcwall.domain.bookmark import Bookmark, Clip, Gap, GapCause
from tmcwall.domain.footage_timeline import Piece
from tmcwall.texts import Language, Translator
from tmcwall.texts import review as texts

_SLACK_S: Final = 2.0
"""A clip begins at a key frame: a start or end that misses the asked one by less is no gap."""
_LINES: Final = 12
"""More gaps than this are counted."""


def incomplete_text(clip: Clip | None, translate: Translator) -> str:
    """One line, for a row; empty for a clip that is whole, or of which nothing is known."""
    if clip is None or not clip.gaps:
        return ""
    return translate(texts.INCOMPLETE, seconds=_seconds(clip.missing_s, translate))


def gaps_text(bookmark: Bookmark, clip: Clip, translate: Translator) -> str:
    """Every gap with its time, length and cause."""
    if clip.first_packet_at is None or clip.last_packet_at is None:
        return translate(texts.INFO_UNKNOWN)
    if clip.asked_from is None:
        return _by_its_ends(bookmark, clip, translate)
    if not clip.gaps:
        return translate(texts.INFO_GAPS_NONE)
    lines = [incomplete_text(clip, translate), *(_line(gap, translate) for gap in clip.gaps[:_LINES])]
    if len(clip.gaps) > _LINES:
        lines.append(translate(texts.GAPS_MORE, count=len(clip.gaps) - _LINES))
    return "\n".join(lines)


def piece_text(piece: Piece, translate: Translator) -> str:
    """What a piece of a track has, or why it has no pictures."""
    if piece.source is not None:
        return translate(texts.FOOTAGE_FROM[piece.source])
    if piece.cause is None:
        return translate(texts.FOOTAGE_NONE)
    return translate(texts.FOOTAGE_LACKS, cause=cause_text(piece.cause, translate))


def cause_text(cause: GapCause, translate: Translator) -> str:
    """Why pictures are missing, where it is not known how many packets were lost."""
    return translate(texts.LOST_ON_THE_WAY if cause is GapCause.PACKETS_LOST else texts.GAP_CAUSES[cause])


def _line(gap: Gap, translate: Translator) -> str:
    local = translate.zone.local(gap.starts_at)
    return translate(
        texts.GAP_LINE,
        time=f"{local:%H.%M.%S},{local.microsecond // 100_000} {translate.zone}",
        seconds=_seconds(gap.seconds, translate),
        cause=translate(texts.GAP_CAUSES[gap.cause], packets=gap.packets),
    )


def _by_its_ends(bookmark: Bookmark, clip: Clip, translate: Translator) -> str:
    """Of a clip that was cut before gaps were written down."""
    assert clip.first_packet_at is not None
    assert clip.last_packet_at is not None
    late: timedelta = clip.first_packet_at - bookmark.starts_at
    early: timedelta = bookmark.ends_at - clip.last_packet_at
    missing = []
    if late.total_seconds() > _SLACK_S:
        missing.append(translate(texts.INFO_SHORT_START, seconds=round(late.total_seconds())))
    if early.total_seconds() > _SLACK_S:
        missing.append(translate(texts.INFO_SHORT_END, seconds=round(early.total_seconds())))
    return ", ".join(missing) or translate(texts.INFO_GAPS_NONE)


def _seconds(seconds: float, translate: Translator) -> str:
    """With one digit, never less than was lost; a decimal comma where the language has one."""
    text = f"{max(seconds, 0.1):.1f}"
    return text.replace(".", ",") if translate.language is Language.ID else text
