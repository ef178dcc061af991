"""Which cameras are read by FFmpeg's RTSP without being marked: tried once where our own session gets nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.source import SessionKind, TransportPreference, is_compat, is_rtsp
from tmcwall.rtsp.codecs import PackingUnsupported
from tmcwall.video.ipc.messages import StreamUrl
from tmcwall.video.ipc.timeline import NS

_MAY_HELP: Final = frozenset({FaultCode.PROTOCOL_BROKEN, FaultCode.NO_MEDIA, FaultCode.NO_KEY_FRAME})
_CAMERA_AWAY: Final = frozenset({
    FaultCode.CONNECTION_REFUSED, FaultCode.HOST_UNREACHABLE, FaultCode.HOST_UNKNOWN, FaultCode.NO_ANSWER,
})  # fmt: skip
"""Faults that say nothing of who reads the camera better."""
_ENOUGH: Final = 2
"""Failures in a row after which the other way is tried, or left."""

Key = tuple[str, str]
"""Camera and address: a camera with another address is another one."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is to read a stream in one attempt. `cause`: of our own session's failure, where that is why."""

    kind: SessionKind
    cause: FaultCode | None = None

    @property
    def is_compat(self) -> bool:
        return self.kind in {SessionKind.COMPAT_MARKED, *_BY_ITSELF}


_BY_ITSELF: Final = frozenset({SessionKind.COMPAT_TRIED, SessionKind.COMPAT_FOUND})


@dataclass(slots=True)
class _Known:
    """Of one stream whose own session has failed."""

    cause: FaultCode
    failures: int = 0
    """In a row: of our own session, or of FFmpeg's where that was found to play."""
    found_until_ns: int | None = None
    resting: dict[FaultCode, int] = field(default_factory=dict)
    """Causes for which the other way was tried in vain, and until when it is not tried for them again."""


def compat_may_help(fault: Fault) -> bool:
    """Whether FFmpeg's RTSP may play what our own session failed at: what was not understood, or did not come.

    Never where the camera cannot be reached, or where it, the address rule or a limit of ours said no.
    """
    return fault.code in _MAY_HELP or isinstance(fault, PackingUnsupported)


class CompatHistory:
    """For all streams of an engine, as long as it runs. Processes are few: `most` at once, `most_tries` on trial.

    What was found is forgotten after `found_s`, when the camera is next opened: one that was repaired comes back to our
    own session. What was tried in vain is not tried again within `rest_s` for the same cause.
    """

    def __init__(
        self, *, found_s: float = 6 * 3600.0, rest_s: float = 3600.0, most: int = 8, most_tries: int = 2
    ) -> None:
        self._found_ns = int(found_s * NS)
        self._rest_ns = int(rest_s * NS)
        self._most = most
        self._most_tries = most_tries
        self._known: dict[Key, _Known] = {}
        self._running: dict[Key, SessionKind] = {}

    def choose(self, camera: str, source: StreamUrl, *, now_ns: int) -> Choice:
        """For the next attempt. Follow it by `ended`, whatever becomes of it."""
        if not is_rtsp(source.url):
            return Choice(SessionKind.OWN)
        if source.transport is TransportPreference.COMPAT or is_compat(source.url):
            return Choice(SessionKind.COMPAT_MARKED)
        key = (camera, source.url)
        known = self._known.get(key)
        if known is None:
            return Choice(SessionKind.OWN)
        choice = _choose(known, now_ns)
        if choice.kind in _BY_ITSELF:
            if not self._has_place(choice.kind):
                return Choice(SessionKind.OWN)
            self._running[key] = choice.kind
        return choice

    def plays(self, camera: str, source: StreamUrl, choice: Choice, *, now_ns: int) -> Choice:
        """The attempt has brought a picture; the answer is what it is from now on."""
        key = (camera, source.url)
        known = self._known.get(key)
        if known is not None:
            known.failures = 0
        if known is None or choice.kind not in _BY_ITSELF:
            return choice if choice.is_compat else Choice(SessionKind.OWN)
        if choice.kind is SessionKind.COMPAT_FOUND:
            return choice
        known.found_until_ns = now_ns + self._found_ns
        self._running[key] = SessionKind.COMPAT_FOUND
        return Choice(SessionKind.COMPAT_FOUND, choice.cause)

    def ended(
        self, camera: str, source: StreamUrl, choice: Choice, *, fault: Fault | None, played: bool, now_ns: int
    ) -> None:
        """The attempt is over. `fault` is None where it was given up by us."""
        key = (camera, source.url)
        if choice.kind in _BY_ITSELF:
            self._running.pop(key, None)
        if fault is None or played:
            return
        match choice.kind:
            case SessionKind.COMPAT_TRIED:
                self._rest(self._known[key], now_ns)
            case SessionKind.COMPAT_FOUND if fault.code not in _CAMERA_AWAY:
                self._note_failure_of_found(self._known[key], now_ns)
            case SessionKind.OWN | SessionKind.OWN_AGAIN if compat_may_help(fault):
                self._note_failure_of_own(self._known.setdefault(key, _Known(fault.code)), fault.code)
            case _:
                pass

    def _has_place(self, kind: SessionKind) -> bool:
        running = list(self._running.values())
        if kind is SessionKind.COMPAT_TRIED and running.count(kind) >= self._most_tries:
            return False
        return len(running) < self._most

    def _note_failure_of_own(self, known: _Known, cause: FaultCode) -> None:
        """Where the other way was tried in vain another cause has to show twice, too."""
        if known.resting and cause is not known.cause:
            known.failures = 0
        known.cause = cause
        known.failures += 1

    def _rest(self, known: _Known, now_ns: int) -> None:
        known.failures = _ENOUGH
        known.resting[known.cause] = now_ns + self._rest_ns

    def _note_failure_of_found(self, known: _Known, now_ns: int) -> None:
        known.failures += 1
        if known.failures >= _ENOUGH:
            known.found_until_ns = None
            self._rest(known, now_ns)


def _choose(known: _Known, now_ns: int) -> Choice:
    if known.found_until_ns is not None:
        if now_ns < known.found_until_ns:
            return Choice(SessionKind.COMPAT_FOUND, known.cause)
        known.found_until_ns = None
        known.failures = _ENOUGH - 1
    if known.failures < _ENOUGH:
        return Choice(SessionKind.OWN)
    rests = now_ns < known.resting.get(known.cause, now_ns)
    return Choice(SessionKind.OWN_AGAIN if rests else SessionKind.COMPAT_TRIED, known.cause)
