"""What an officer who asks can read on a tile about its video: rates, delay, stream, decoder, plan and why."""

from __future__ import annotations

import math

from tmcwall.domain.fault import FaultCode
from tmcwall.texts import Translator
from tmcwall.texts import wall as texts
from tmcwall.texts.faults import short_cause
from tmcwall.texts.health import clock_text
from tmcwall.texts.oddities import oddities_text, session_text
from tmcwall.texts.relay import way_text
from tmcwall.ui.wall.history import Sample
from tmcwall.video.ipc.messages import SOFTWARE, StreamReport


def lines(report: StreamReport | None, now: Sample, *, size: tuple[int, int], translate: Translator) -> tuple[str, ...]:
    """The words, line by line. `size` is what the picture is decoded to, in pixels."""
    if report is None:
        return (translate(texts.ABOUT_NOTHING),)
    codec = f"{report.codec} " if report.codec else ""
    decoder = _decoder(report, translate)
    return (
        translate(texts.ABOUT_RECEIVED, fps=_number(now.received_fps, 1)),
        translate(texts.ABOUT_DISPLAYED, fps=_number(now.displayed_fps, 1)),
        translate(texts.ABOUT_DELAY, delay=_number(now.delay_ms, 0)),
        translate(texts.ABOUT_STREAM, profile=report.profile, codec=codec, width=report.width, height=report.height),
        translate(texts.ABOUT_DECODER, decoder=decoder, width=size[0], height=size[1]),
        translate(texts.ABOUT_PLAN, plan=translate(texts.PLANS[report.plan])),
        translate(texts.ABOUT_REASON, reason=translate(texts.PLAN_REASONS[report.plan_reason])),
        translate(texts.ABOUT_LOST, packets=report.packets_lost, reconnects=report.reconnects),
        *((_fault(report.fault, report.detail, translate),) if report.fault is not None else ()),
        *filter(None, (way_text(report.way, report.relay_fault, translate),)),
        *filter(None, (session_text(report.session, report.session_cause, translate),)),
        *((translate(texts.ABOUT_ODD, oddities=odd),) if (odd := oddities_text(report.oddities, translate)) else ()),
        *(() if report.view_checked else (translate(texts.ABOUT_VIEW),)),
        *((clock_text(report.clock_offset_ms, translate),) if report.clock_offset_ms is not None else ()),
    )


def _fault(fault: FaultCode, detail: str, translate: Translator) -> str:
    cause = translate(short_cause(fault))
    return translate(texts.ABOUT_FAULT, cause=f"{cause} ({detail})" if detail else cause)


def _decoder(report: StreamReport, translate: Translator) -> str:
    if report.device != SOFTWARE:
        return report.device
    return translate(texts.SOFTWARE_INSTEAD if report.fell_back else texts.SOFTWARE)


def _number(value: float, digits: int) -> str:
    return "–" if math.isnan(value) else f"{value:.{digits}f}"
