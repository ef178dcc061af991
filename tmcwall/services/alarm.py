"""The alarm tone: beeps from the sound device of the workstation, in a thread of its own."""

from __future__ import annotations

import array
import itertools
import math
import os
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol

import miniaudio
from PySide6.QtCore import QObject, Signal, Slot

from tmcwall.domain.alarm import Tone, tone_of
from tmcwall.domain.clock import Clock
from tmcwall.domain.incident import OPEN_STATUSES, Incident, IncidentType, Place, Source, Status

SAMPLE_RATE = 44_100
_FADE_S = 0.01
_LOUDNESS = 0.5


class Speaker(Protocol):
    """Plays a tone until it is over or stopped."""

    def play(self, tone: Tone, stop: threading.Event) -> None:
        """Blocks. Returns early when `stop` is set; returns at once where there is nothing to play on."""
        ...


class SoundDevice:
    """The default sound device; found anew for each tone, so that one plugged in later is used."""

    def play(self, tone: Tone, stop: threading.Event) -> None:
        if not _may_have_sound():
            return
        try:
            device = miniaudio.PlaybackDevice(nchannels=1, sample_rate=SAMPLE_RATE, app_name="tmcwall")
        except miniaudio.MiniaudioError:
            return
        with closing(device):
            stream = _frames(tone)
            next(stream)
            device.start(stream)
            stop.wait(tone.lasts_s)


class Alarm(QObject):
    """Sounds for incidents by rule and severity; the newest alarm replaces the one that sounds.

    Repeats of one kind from one place within `repeat_s` are not sounded again (domain R22: counted, not stacked).
    """

    sounding_changed = Signal(bool)

    _ended = Signal(int)

    def __init__(
        self, *, clock: Clock, speaker: Speaker | None = None, repeat_s: float = 30.0, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._speaker = speaker or SoundDevice()
        self._repeat_ns = int(repeat_s * 1e9)
        self._heard: dict[tuple[Source, IncidentType, Place], int] = {}
        self._for: str | None = None
        self._number = 0
        self._silencer = threading.Event()
        self._thread: threading.Thread | None = None
        self._ended.connect(self._settle)

    @property
    def sounding(self) -> bool:
        return self._for is not None

    @Slot(object)
    def sound(self, incident: Incident) -> None:
        """Sound for an incident that has arrived, if its kind sounds at all."""
        tone = tone_of(incident)
        if tone is None or self._is_repeat(incident):
            return
        self._silencer.set()
        self._silencer = threading.Event()
        self._number += 1
        was = self.sounding
        self._for = incident.id
        # A daemon, because a sound driver that hangs must not keep the program from ending.
        self._thread = threading.Thread(
            target=self._play, args=(tone, self._silencer, self._number), name="alarm", daemon=True
        )
        self._thread.start()
        if not was:
            self.sounding_changed.emit(True)

    @Slot(object)
    def answer(self, incident: Incident) -> None:
        """Silence the alarm of an incident that somebody has taken up or that is over."""
        if incident.id == self._for and (incident.status is not Status.NEW or incident.status not in OPEN_STATUSES):
            self.silence()

    @Slot()
    def silence(self) -> None:
        """Until the next alarm."""
        self._silencer.set()
        self._settle(self._number)

    def stop(self) -> None:
        self.silence()

    def join(self, timeout_s: float) -> bool:
        """Wait for the sound device to be closed; for the very end of the program and for tests."""
        if self._thread is not None:
            self._thread.join(timeout_s)
        return self._thread is None or not self._thread.is_alive()

    def _is_repeat(self, incident: Incident) -> bool:
        now = self._clock.monotonic_ns()
        self._heard = {kind: at for kind, at in self._heard.items() if now - at < self._repeat_ns}
        kind = (incident.source, incident.type, incident.place)
        repeat = kind in self._heard
        self._heard.setdefault(kind, now)
        return repeat

    def _play(self, tone: Tone, silencer: threading.Event, number: int) -> None:
        self._speaker.play(tone, silencer)
        self._ended.emit(number)

    @Slot(int)
    def _settle(self, number: int) -> None:
        if number == self._number and self.sounding:
            self._for = None
            self.sounding_changed.emit(False)


def _may_have_sound() -> bool:
    """Without a card and without a sound server, ALSA would fill the log with its own lines."""
    if not sys.platform.startswith("linux"):
        return True
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent"))
    return Path("/dev/snd").exists() or "PULSE_SERVER" in os.environ or (runtime / "pulse" / "native").exists()


def samples(tone: Tone) -> array.array[int]:
    """One round of a tone, silence up to the next included: mono, signed 16 bits, `SAMPLE_RATE`."""
    beep = int(tone.beep_s * SAMPLE_RATE)
    fade = int(_FADE_S * SAMPLE_RATE)
    round_ = array.array("h")
    for hertz in tone.beeps:
        step = 2 * math.pi * hertz / SAMPLE_RATE
        for index in range(beep):
            level = min(1.0, index / fade, (beep - index) / fade) * _LOUDNESS
            round_.append(int(32767 * level * math.sin(step * index)))
    round_.extend(itertools.repeat(0, max(0, int(tone.every_s * SAMPLE_RATE) - len(round_))))
    return round_


def _frames(tone: Tone) -> Generator[array.array[int], int, None]:
    """What miniaudio asks for: it sends a number of frames and takes as many samples."""
    endless: Iterator[int] = itertools.cycle(samples(tone))
    wanted = yield array.array("h")
    while True:
        wanted = yield array.array("h", itertools.islice(endless, wanted))
