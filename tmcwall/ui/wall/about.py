"""What an officer who asks can read on a tile about its video: rates, stream, decoder, plan and why."""

from __future__ import annotations

from typing import Final

from tmcwall.ui.texts import Translator
from tmcwall.ui.texts import wall as texts
from tmcwall.video.wire import StreamReport

_SPAN_NS: Final = 2_000_000_000
"""Over so long rates are counted; the engine reports once a second."""


class Rates:
    """Pictures a second that came in and that were painted, counted from the first time it is asked."""

    def __init__(self) -> None:
        self.received: float | None = None
        self.displayed: float | None = None
        self._before: tuple[int, int, int] | None = None

    def note(self, now_ns: int, *, received: int, displayed: int) -> None:
        """The counts so far, at any interval; a count that went back began anew."""
        if self._before is None or received < self._before[1] or displayed < self._before[2]:
            self._before = (now_ns, received, displayed)
            return
        since_ns, received_before, displayed_before = self._before
        passed_s = (now_ns - since_ns) / 1e9
        if now_ns - since_ns >= _SPAN_NS:
            self.received = (received - received_before) / passed_s
            self.displayed = (displayed - displayed_before) / passed_s
            self._before = (now_ns, received, displayed)


def lines(
    report: StreamReport | None, rates: Rates, *, size: tuple[int, int], translate: Translator
) -> tuple[str, ...]:
    """The words, line by line. `size` is what the picture is decoded to, in pixels."""
    if report is None:
        return (translate(texts.ABOUT_NOTHING),)
    codec = f"{report.codec} " if report.codec else ""
    return (
        translate(texts.ABOUT_RECEIVED, fps=_rate(rates.received)),
        translate(texts.ABOUT_DISPLAYED, fps=_rate(rates.displayed)),
        translate(texts.ABOUT_STREAM, profile=report.profile, codec=codec, width=report.width, height=report.height),
        translate(texts.ABOUT_DECODER, width=size[0], height=size[1]),
        translate(texts.ABOUT_PLAN, plan=translate(texts.PLANS[report.plan])),
        translate(texts.ABOUT_REASON, reason=translate(texts.PLAN_REASONS[report.plan_reason])),
        translate(texts.ABOUT_LOST, packets=report.packets_lost, reconnects=report.reconnects),
    )


def _rate(fps: float | None) -> str:
    return "–" if fps is None else f"{fps:.1f}"
