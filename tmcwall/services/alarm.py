"""The alarm tone: beeps from the sound device of the workstation, in a thread of its own."""

from __future__ import annotations

import array
import itertools
import math
import os
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import miniaudio
from PySide6.QtCore import QObject, Qt, Signal, Slot

from tmcwall.domain.clock import Clock
from tmcwall.domain.incident import Incident, IncidentType, Place, Source, Status, Tone, alarm_tone

SAMPLE_RATE: Final = 44_100
_FADE_S: Final = 0.01


@dataclass(frozen=True, slots=True)
class Beeps:
    """Beeps of these frequencies in turn, said again every `every_s` until `lasts_s` are over or it is silenced."""

    hertz: tuple[float, ...]
    beep_s: float
    every_s: float
    lasts_s: float


BEEPS: Final[Mapping[Tone, Beeps]] = {
    Tone.SOFT: Beeps((660.0,), beep_s=0.18, every_s=1.0, lasts_s=0.5),
    Tone.ALARM: Beeps((660.0, 880.0), beep_s=0.18, every_s=3.0, lasts_s=15.0),
    Tone.URGENT: Beeps((988.0, 740.0, 988.0, 740.0), beep_s=0.22, every_s=1.5, lasts_s=60.0),
}


_URGENCY: Final = {tone: rank for rank, tone in enumerate((Tone.SILENT, Tone.SOFT, Tone.ALARM, Tone.URGENT))}


class Speaker(Protocol):
    """Plays beeps."""

    def play(self, beeps: Beeps, silenced: threading.Event) -> None:
        """Blocks until they are over or `silenced` is set; returns at once where there is nothing to play on."""
        ...


class SoundDevice:
    """The default sound device, found anew for each alarm, so that one plugged in later is used."""

    def __init__(self, *, volume: float = 0.7) -> None:
        self._rounds = {beeps: samples(beeps, volume=volume) for beeps in BEEPS.values()}

    def play(self, beeps: Beeps, silenced: threading.Event) -> None:
        if not _may_have_sound():
            return
        try:
            device = miniaudio.PlaybackDevice(nchannels=1, sample_rate=SAMPLE_RATE, app_name="tmcwall")
        except miniaudio.MiniaudioError:
            return
        with closing(device):
            frames = _frames(self._rounds[beeps])
            next(frames)
            device.start(frames)
            silenced.wait(beeps.lasts_s)


class Alarm(QObject):
    """Sounds for incidents by rule and severity until its time is over, it is silenced or all are taken up.

    One alarm sounds at a time: a more urgent one replaces it, another joins it. Repeats of one kind from one place
    within `repeat_s` are not sounded again (domain R22: counted, not stacked).
    """

    sounding_changed = Signal(bool)

    _ended = Signal(int)

    def __init__(
        self, *, clock: Clock, speaker: Speaker | None, repeat_s: float = 30.0, parent: QObject | None = None
    ) -> None:
        """`speaker` None: the settings say that this workstation makes no sound."""
        super().__init__(parent)
        self._clock = clock
        self._speaker = speaker
        self._repeat_ns = int(repeat_s * 1e9)
        self._heard: dict[tuple[Source, IncidentType, Place], int] = {}
        self._sounds_for: set[str] = set()
        """Ids of incidents that nobody has taken up."""
        self._tone = Tone.SILENT
        self._number = 0
        self._silenced = threading.Event()
        self._thread: threading.Thread | None = None
        self._ended.connect(self._settle, Qt.ConnectionType.QueuedConnection)

    @property
    def sounding(self) -> bool:
        return self._tone is not Tone.SILENT

    @Slot(object)
    def sound(self, incident: Incident) -> None:
        """For an incident that has arrived; those of a silent kind change nothing."""
        tone = alarm_tone(incident)
        if self._speaker is None or tone is Tone.SILENT or self._is_repeat(incident):
            return
        self._sounds_for.add(incident.id)
        if _URGENCY[tone] <= _URGENCY[self._tone]:
            return
        was_sounding = self.sounding
        self._silenced.set()
        self._silenced = threading.Event()
        self._number += 1
        self._tone = tone
        # A daemon, because a sound driver that hangs must not keep the program from ending.
        self._thread = threading.Thread(
            target=self._play,
            args=(self._speaker, BEEPS[tone], self._silenced, self._number),
            name="alarm",
            daemon=True,
        )
        self._thread.start()
        if not was_sounding:
            self.sounding_changed.emit(True)

    @Slot(object)
    def answer(self, incident: Incident) -> None:
        """An incident that somebody has taken up or merged into another, or that is over, needs no alarm."""
        if incident.id in self._sounds_for and (incident.status is not Status.NEW or incident.duplicate_of):
            self._sounds_for.discard(incident.id)
            if not self._sounds_for:
                self.silence()

    @Slot()
    def silence(self) -> None:
        """Until the next alarm."""
        self._silenced.set()
        self._settle(self._number)

    def start(self) -> None:
        """It waits for incidents."""

    def stop(self) -> None:
        self.silence()
        self._speaker = None

    def join(self, timeout_s: float) -> bool:
        """Whether the sound device was let go in time; for the end of the program."""
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _is_repeat(self, incident: Incident) -> bool:
        now = self._clock.monotonic_ns()
        self._heard = {kind: at for kind, at in self._heard.items() if now - at < self._repeat_ns}
        kind = (incident.source, incident.type, incident.place)
        repeat = kind in self._heard
        self._heard.setdefault(kind, now)
        return repeat

    def _play(self, speaker: Speaker, beeps: Beeps, silenced: threading.Event, number: int) -> None:
        speaker.play(beeps, silenced)
        if not silenced.is_set():
            self._ended.emit(number)

    @Slot(int)
    def _settle(self, number: int) -> None:
        if number == self._number and self.sounding:
            self._sounds_for.clear()
            self._tone = Tone.SILENT
            self.sounding_changed.emit(False)


def samples(beeps: Beeps, *, volume: float) -> array.array[int]:
    """One round, with its silence: mono, signed 16 bits, `SAMPLE_RATE`; each beep fades in and out over 10 ms."""
    length = int(beeps.beep_s * SAMPLE_RATE)
    fade = int(_FADE_S * SAMPLE_RATE)
    one_round = array.array("h")
    for hertz in beeps.hertz:
        step = 2 * math.pi * hertz / SAMPLE_RATE
        one_round.extend(
            int(32767 * volume * min(1.0, index / fade, (length - index) / fade) * math.sin(step * index))
            for index in range(length)
        )
    one_round.extend(itertools.repeat(0, max(0, int(beeps.every_s * SAMPLE_RATE) - len(one_round))))
    return one_round


def _frames(one_round: array.array[int]) -> Generator[array.array[int], int, None]:
    """The round again and again, as miniaudio asks for it: it sends a number of frames and takes so many samples."""
    place = 0
    wanted = yield array.array("h")
    while True:
        frames = array.array("h")
        while len(frames) < wanted:
            part = one_round[place : place + wanted - len(frames)]
            frames.extend(part)
            place = (place + len(part)) % len(one_round)
        wanted = yield frames


def _may_have_sound() -> bool:
    return _alsa_finds_sound() if sys.platform == "linux" else True


def _alsa_finds_sound() -> bool:
    """Without a card and without a sound server, ALSA would write pages of its own onto stderr."""
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent"))
    return Path("/dev/snd").exists() or "PULSE_SERVER" in os.environ or (runtime / "pulse" / "native").exists()
