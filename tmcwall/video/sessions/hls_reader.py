"""A playlist on the web, asked for again and again, and its segments in order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tmcwall.containers.hls import (
    LARGEST_PLAYLIST,
    Key,
    MasterPlaylist,
    MediaPlaylist,
    Resource,
    Segment,
    Standing,
    Variant,
    follow,
    parse,
    renumbered,
)
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.video.ipc.timeline import NS
from tmcwall.video.sessions.http_client import Answer, AnswerRefused, HttpClient, ShortBody
from tmcwall.video.sessions.reconnect import ResumePoint, Timing

_LARGEST_SEGMENT: Final = 256 * 1024 * 1024
_LARGEST_HEAD: Final = 4 * 1024 * 1024
_KEY_BYTES: Final = 16
_MOST_MISSING: Final = 3
"""Segments in a row that the server does not have."""
_STALE_TARGETS: Final = 3.0
_STALE_S: Final = 5.0
_SOONEST_S: Final = 0.5
_AHEAD_TARGETS: Final = 3.0
_HURRY_TARGETS: Final = 4.0
_WHOLE_FILE_AHEAD_S: Final = 10.0
_SHARE_OF_A_VARIANT: Final = 0.3
"""Of the time to open a stream, as long as there are others."""
_MISSED: Final = frozenset({
    FaultCode.STREAM_NOT_FOUND, FaultCode.CAMERA_BUSY, FaultCode.CAMERA_PREPARING, FaultCode.CONNECTION_LOST,
    FaultCode.NO_ANSWER, FaultCode.PROTOCOL_BROKEN,
})  # fmt: skip
"""What may befall one segment and not the next."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a segment stands in what is played."""

    begins_anew: bool
    """Its times have nothing to do with those before."""
    lost: int
    """Segments missing just before it."""
    behind_s: float | None
    """Set where playing begins here: how far behind the newest picture that is."""
    newest_behind_s: float | None
    """Set for the first segment after each look at the playlist: how far behind the newest picture it begins."""
    was_awaited: bool
    """Whether it was asked for as soon as the playlist listed it."""
    ahead_s: float
    """Read no further while more than this waits."""
    most_ahead_s: float | None
    """Hurry while more than this waits; None for what is not live."""


class Loading:
    """A segment that is fetched while it is read. One that breaks off ends early and leaves a gap."""

    def __init__(self, reader: HlsReader, segment: Segment, place: Place) -> None:
        self.place = place
        self.segment = segment
        self.starts_with_head = False
        """Known after the first `read`: the bytes of another head (EXT-X-MAP) than before come first."""
        self._reader = reader
        self._answer: Answer | None = None
        self._clear: _Decryption | None = None
        self._left_s = reader.limit_s
        self._left = _LARGEST_SEGMENT
        self._ended = False
        self._has_come = False
        self.is_whole = False
        """Whether it was read to its end, and is a segment."""
        self.is_cut = False
        """Whether pictures came of it and perhaps not all: it ended before its stated length, or in other bytes."""

    async def read(self) -> bytes | None:
        """The next bytes in the clear; None at the end. Raises Fault where the camera cannot be followed further."""
        if self._ended:
            return None
        if self.segment.gap:
            self._reader.left_out()
            self._end()
            return None
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        try:
            async with asyncio.timeout(self._left_s):
                found = await self._read()
        except TimeoutError:
            self._reader.missed(Fault(FaultCode.STREAM_STALLED, "segments come slower than they play"))
            found = None
        except Fault as fault:
            if fault.code not in _MISSED:
                raise
            if isinstance(fault, ShortBody) and self._has_come:
                self.is_cut = True
                self._reader.spoilt(Oddity.SHORT_BODY)
            else:
                self._reader.missed(fault)
            found = None
        else:
            # Only what we wait for the camera counts, and not what it waits for us.
            self._left_s -= loop.time() - began_s
            self.is_whole = found is None
        if found is None:
            self._end()
        self._has_come = True
        return found

    def break_off(self, fault: Fault, *, has_pictures: bool) -> None:
        """It is no segment, or none any more from here on. Raises the fault where that happens again and again."""
        self._end()
        self.is_whole = False
        self._reader.forget_head()
        if has_pictures:
            self.is_cut = True
            self._reader.spoilt(Oddity.BEHIND_VIDEO)
        else:
            self._reader.note(Oddity.NO_SEGMENT)
            self._reader.missed(fault)

    def _end(self) -> None:
        self._ended = True
        self._reader.passed(self.segment)

    async def _read(self) -> bytes | None:
        if self._answer is None:
            head = await self._reader.head_of(self.segment)
            self._clear = await self._reader.decryption_of(self.segment)
            self._answer = await self._reader.ask(self.segment.resource)
            if head:
                self.starts_with_head = True
                return head
        while (chunk := await self._answer.read()) is not None:
            self._left -= len(chunk)
            if self._left < 0:
                raise Fault(FaultCode.PROTOCOL_BROKEN, f"a segment above {_LARGEST_SEGMENT} bytes")
            clear = chunk if self._clear is None else self._clear.take(chunk)
            if clear:
                return clear
        last, self._clear = self._clear.end() if self._clear is not None else b"", None
        return last or None


class HlsReader:
    """Follows one media playlist. Everything raises Fault."""

    def __init__(
        self, web: HttpClient, *, clock: Clock, timing: Timing, small: bool, resume_point: ResumePoint
    ) -> None:
        self._web = web
        self._clock = clock
        self._timing = timing
        self._small = small
        self._resume_point = resume_point
        self._last = self._resumed = resume_point.sequence
        self._variants: deque[Variant] = deque()
        """Those that have not been tried."""
        self._variant: Variant | None = None
        self._variables: Mapping[str, str] = {}
        self._cause: Fault | None = None
        """Why the first variant was passed over."""
        self._url = ""
        self._playlist = MediaPlaylist((), 1.0)
        self._asked_ns = 0
        self._stale = False
        self._looked = False
        self._grown = False
        self._begun = False
        self._pending: deque[Loading] = deque()
        self._head: Resource | None = None
        self._keys: dict[str, bytes] = {}
        self._missing = 0
        self._misses = 0
        self._goes_on = False
        self.last_miss: Fault | None = None
        """Why a segment did not come, or was none; the last one."""
        self.waits = False
        """Whether everything that the playlist lists has been loaded."""

    @property
    def limit_s(self) -> float:
        """For one segment."""
        return max(self._timing.open_s, 2 * self._playlist.target_s)

    async def open(self, answer: Answer) -> None:
        """Read the playlist that has been asked for; where it lists variants, the best of them that can be had."""
        self._asked_ns = self._clock.monotonic_ns()
        playlist = await _parsed(answer)
        if isinstance(playlist, MediaPlaylist):
            self._take(answer, playlist)
            return
        ordered = playlist.in_order(small=self._small)
        self._variants.extend(self._resume_point.variants.in_turn(ordered, self._asked_ns))
        self._variables = playlist.variables
        await self._open_variant()

    async def open_next(self, fault: Fault) -> None:
        """The variant in play gave no picture: open the next. Raises the first one's fault where there is none."""
        self._pass_over(fault)
        self._last = self._resume_point.sequence = self._resumed
        self._looked = self._begun = self._goes_on = False
        self._pending.clear()
        self._head = self.last_miss = None
        self._missing = self._misses = 0
        await self._open_variant()

    def ends_without_picture(self) -> None:
        """The connection ends, and nothing came of the variant in play: the next one begins with another."""
        if self._variant is not None:
            self._resume_point.variants.failed(self._variant, self._clock.monotonic_ns())

    def works(self) -> None:
        """A picture has come of the variant in play."""
        if self._variant is not None:
            self._resume_point.variants.worked(self._variant)

    def _pass_over(self, fault: Fault) -> None:
        """Raises the fault where it is not one of a variant."""
        if self._variant is None or not _may_befall_one(fault):
            raise fault
        self._resume_point.variants.failed(self._variant, self._clock.monotonic_ns())
        self._cause = self._cause or fault
        if self._variants:
            self._web.oddities[Oddity.VARIANT] += 1

    async def _open_variant(self) -> None:
        while self._variants:
            self._variant = self._variants.popleft()
            self._asked_ns = self._clock.monotonic_ns()
            try:
                async with asyncio.timeout(self._timing.open_s * _SHARE_OF_A_VARIANT if self._variants else None):
                    answer = await self._web.get(Resource(self._variant.url))
                    playlist = await _parsed(answer, self._variables)
                if isinstance(playlist, MasterPlaylist):
                    raise Fault(FaultCode.PROTOCOL_BROKEN, "a playlist of playlists of playlists")
            except TimeoutError:
                self._pass_over(Fault(FaultCode.NO_ANSWER, "the playlist of the variant does not come"))
            except Fault as fault:
                self._pass_over(fault)
            else:
                self._take(answer, playlist)
                return
        assert self._cause is not None
        raise self._cause

    def _take(self, answer: Answer, playlist: MediaPlaylist) -> None:
        self._url = answer.url
        self._playlist = playlist = self._numbered(playlist, self._resume_point.playlist)
        age_s = answer.age_s
        self._stale = age_s is not None and age_s > _STALE_TARGETS * playlist.target_s + _STALE_S
        if playlist.ended and self._last is not None and not follow(playlist, self._last).segments:
            raise Fault(FaultCode.STREAM_ENDED, "the playlist has ended")

    async def next(self) -> Loading | None:
        """The next segment, once there is one; None where the playlist says that it has ended."""
        while not self._pending:
            if self._looked:
                self.waits = True
                if not self._playlist.ended:
                    await self._poll()
                elif not await self._grows_all_the_same():
                    return None
            self._look()
        self.waits = False
        return self._pending.popleft()

    async def ask(self, resource: Resource) -> Answer:
        return await self._web.get(resource)

    async def head_of(self, segment: Segment) -> bytes:
        """The head that belongs to a segment, where it is another one than that of the segment before."""
        if segment.head is None or segment.head == self._head:
            return b""
        answer = await self._web.get(segment.head)
        found = await answer.whole(largest=_LARGEST_HEAD)
        self._head = segment.head
        return found

    async def decryption_of(self, segment: Segment) -> _Decryption | None:
        if segment.key is None:
            return None
        key = self._keys.get(segment.key.url)
        if key is None:
            answer = await self._web.get(Resource(segment.key.url))
            key = await answer.whole(largest=_KEY_BYTES)
            if len(key) != _KEY_BYTES:
                raise Fault(FaultCode.PROTOCOL_BROKEN, "a key of another length")
            self._keys = {segment.key.url: key}
        return _Decryption(key, _vector(segment.key, segment.sequence))

    def forget_head(self) -> None:
        """What takes the segments apart begins anew, and needs the head once more."""
        self._head = None

    def left_out(self) -> None:
        """The playlist says that there is no such segment."""
        self._missing += 1

    def spoilt(self, oddity: Oddity) -> None:
        """Pictures came of a segment, and then something odd; what is missing of it, if anything, nobody knows."""
        self.note(oddity)
        self._misses = 0

    def note(self, oddity: Oddity) -> None:
        self._web.oddities[oddity] += 1

    def loaded(self) -> None:
        """A segment came whole, and is one."""
        self._misses = 0

    def missed(self, fault: Fault) -> None:
        """A segment did not come, or not all of it. Raises the fault where that happens again and again."""
        self._missing += 1
        self._misses += 1
        self.last_miss = fault
        if self._misses >= _MOST_MISSING:
            raise Fault(fault.code, f"segments are missing: {fault.detail}")

    def passed(self, segment: Segment) -> None:
        self._resume_point.sequence = segment.sequence

    def take_missing(self) -> int:
        """Segments that went by since this was last asked."""
        missing, self._missing = self._missing, 0
        return missing

    def _look(self) -> None:
        """What the playlist says is to be loaded next."""
        step = follow(self._playlist, self._last, stale=self._stale)
        self._looked = True
        self._last = step.last
        self._grown = step.standing is not Standing.SAME
        live = not self._playlist.ended or self._goes_on
        target_s = self._playlist.target_s
        for index, segment in enumerate(step.segments):
            first = index == 0
            anew = first and step.standing is Standing.BEGUN_ANEW
            begins = first and (anew or not self._begun)
            place = Place(
                begins_anew=anew or segment.discontinuity,
                lost=step.lost if first else 0,
                behind_s=step.behind_s if begins else None,
                newest_behind_s=step.behind_s if first and live else None,
                was_awaited=first and live and not begins and self.waits,
                ahead_s=_AHEAD_TARGETS * target_s if live else _WHOLE_FILE_AHEAD_S,
                most_ahead_s=_HURRY_TARGETS * target_s if live else None,
            )
            self._begun = True
            self._pending.append(Loading(self, segment, place))

    async def _poll(self) -> None:
        """Ask again when there may be more (RFC 8216 section 6.3.4)."""
        failures = 0
        while True:
            try:
                await self._ask_again(soon=failures > 0)
            except Fault as fault:
                failures += 1
                if failures >= _MOST_MISSING or fault.code not in _MISSED:
                    raise
            else:
                return

    async def _grows_all_the_same(self) -> bool:
        """Whether a playlist that says that it has ended has more when it is asked for once again."""
        try:
            await self._ask_again(soon=True)
        except Fault:
            return False
        if not follow(self._playlist, self._last).segments:
            return not self._playlist.ended
        self._web.oddities[Oddity.PLAYLIST_ENDED] += 1
        self._goes_on = True
        return True

    async def _ask_again(self, *, soon: bool) -> None:
        wait_s = self._playlist.target_s * (1.0 if self._grown and not soon else 0.5)
        passed_s = (self._clock.monotonic_ns() - self._asked_ns) / NS
        await asyncio.sleep(max(_SOONEST_S, wait_s - passed_s))
        self._asked_ns = self._clock.monotonic_ns()
        try:
            async with asyncio.timeout(self._timing.open_s):
                playlist = await _parsed(await self._web.get(Resource(self._url)), self._variables)
        except TimeoutError as error:
            raise Fault(FaultCode.NO_ANSWER, "the playlist does not come") from error
        if isinstance(playlist, MasterPlaylist):
            raise Fault(FaultCode.PROTOCOL_BROKEN, "the playlist has become one of variants")
        self._stale = False
        self._playlist = self._numbered(playlist, self._playlist)

    def _numbered(self, playlist: MediaPlaylist, before: MediaPlaylist | None) -> MediaPlaylist:
        """With numbers that go on; what is odd about it is counted."""
        found = playlist if before is None else renumbered(playlist, before)
        self._web.oddities.update(found.oddities)
        self._resume_point.playlist = found
        return found


class _Decryption:
    """AES-128 in CBC mode with padding (RFC 8216 section 4.3.2.4), as the bytes come."""

    def __init__(self, key: bytes, vector: bytes) -> None:
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
        self._held = b""

    def take(self, data: bytes) -> bytes:
        """All but the last block, whose end is padding."""
        clear = self._held + self._cipher.update(data)
        self._held = clear[-_KEY_BYTES:]
        return clear[:-_KEY_BYTES]

    def end(self) -> bytes:
        last = self._held
        return last[: -last[-1]] if last and 0 < last[-1] <= _KEY_BYTES else last


def _vector(key: Key, sequence: int) -> bytes:
    return key.vector if key.vector is not None else sequence.to_bytes(_KEY_BYTES)


def _may_befall_one(fault: Fault) -> bool:
    """Whether another variant may fare better. A login that was refused is offered to no other."""
    if isinstance(fault, AnswerRefused):
        return fault.status != 401
    return fault.code not in {FaultCode.UNAUTHORIZED, FaultCode.BASIC_AUTH_REFUSED}


async def _parsed(answer: Answer, imported: Mapping[str, str] | None = None) -> MasterPlaylist | MediaPlaylist:
    return parse(await answer.lines(largest=LARGEST_PLAYLIST), answer.url, imported=imported)
