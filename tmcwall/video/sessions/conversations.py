"""Requests and their answers as plain steps, several conversations at a time, without a socket and without a task."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeVar

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.messages import Response
from tmcwall.video.ipc.timeline import NS


class Awaited(Enum):
    CONNECTION = auto()
    ANSWER = auto()
    DATAGRAM = auto()
    """The first packet or report over UDP."""
    PAUSE = auto()
    """Only the time; all others fail with the connection."""


@dataclass(frozen=True, slots=True)
class Wait:
    """What a conversation waits for; with `until_ns` no longer than that."""

    what: Awaited
    sequence: int = 0
    """CSeq of the request whose answer it is."""
    until_ns: int | None = None


T = TypeVar("T")
Talk = Generator[Wait, Response | None, T]
"""Steps of a conversation: each `yield` is a wait, and gives the answer where one was waited for."""


@dataclass(slots=True, eq=False)
class _Conversation:
    steps: Talk[None]
    limit_ns: int | None
    finished: Callable[[Fault | None], None]
    wait: Wait | None = None
    """None while its steps run."""


class Conversations:
    """The open conversations of one session: a keep-alive has its own, beside the request that is under way."""

    def __init__(self, clock: Clock, *, wake_at: Callable[[int | None], None]) -> None:
        """`wake_at` is called when the next moment changes at which `time_passed` has something to do."""
        self._clock = clock
        self._wake_at = wake_at
        self._going_on: list[_Conversation] = []
        self._deadline_ns: int | None = None
        self._last_answered = 0

    def begin(self, steps: Talk[None], *, limit_s: float | None, finished: Callable[[Fault | None], None]) -> None:
        """`finished` gets the fault it ended with: NO_ANSWER after `limit_s`, or what its steps raised."""
        limit_ns = None if limit_s is None else self._clock.monotonic_ns() + int(limit_s * NS)
        conversation = _Conversation(steps, limit_ns, finished)
        self._going_on.append(conversation)
        self._go_on(conversation, None)

    def arrived(self, what: Awaited) -> None:
        """Resume all that wait for it."""
        for conversation in self._waiting_for(what):
            self._go_on(conversation, None)

    def answered(self, response: Response) -> bool:
        """An answer belongs to the request with its CSeq. One without a usable CSeq belongs to the oldest, as does one
        with 0 or that of the answer before, which some cameras always send: RTSP answers in order.

        False where the number was such a one.
        """
        waiting = {one.wait.sequence: one for one in self._waiting_for(Awaited.ANSWER) if one.wait is not None}
        text = response.headers.get("cseq", "").strip()
        sequence = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
        is_right = sequence in waiting or sequence not in {-1, 0, self._last_answered}
        if not is_right and waiting:
            sequence = min(waiting)
        if sequence in waiting:
            if is_right:
                self._last_answered = sequence
            self._go_on(waiting[sequence], response)
        return is_right

    def connection_lost(self, fault: Fault) -> None:
        """Fail all that wait for something of the connection; the fault is raised in their steps."""
        for what in (Awaited.CONNECTION, Awaited.ANSWER, Awaited.DATAGRAM):
            for conversation in self._waiting_for(what):
                self._go_on(conversation, fault)

    def time_passed(self) -> None:
        now_ns = self._clock.monotonic_ns()
        self._deadline_ns = None
        for conversation in list(self._going_on):
            wait = conversation.wait
            if conversation.limit_ns is not None and now_ns >= conversation.limit_ns:
                self._finish(conversation, Fault(FaultCode.NO_ANSWER, "no answer within the limit"))
            elif wait is not None and wait.until_ns is not None and now_ns >= wait.until_ns:
                self._go_on(conversation, None)
        self._set_deadline()

    def abandon(self) -> None:
        """Stop all where they are; `finished` is not called."""
        self._going_on.clear()
        self._set_deadline()

    def _go_on(self, conversation: _Conversation, event: Response | Fault | None) -> None:
        """Resume with what was waited for, or raise the fault where it waits."""
        conversation.wait = None
        steps = conversation.steps
        try:
            conversation.wait = steps.throw(event) if isinstance(event, Fault) else steps.send(event)
        except StopIteration:
            self._finish(conversation, None)
        except Fault as fault:
            self._finish(conversation, fault)
        self._set_deadline()

    def _finish(self, conversation: _Conversation, fault: Fault | None) -> None:
        conversation.steps.close()
        if conversation in self._going_on:
            self._going_on.remove(conversation)
            conversation.finished(fault)

    def _waiting_for(self, what: Awaited) -> list[_Conversation]:
        return [one for one in self._going_on if one.wait is not None and one.wait.what is what]

    def _set_deadline(self) -> None:
        moments = [one.limit_ns for one in self._going_on if one.limit_ns is not None]
        moments += [one.wait.until_ns for one in self._going_on if one.wait and one.wait.until_ns is not None]
        deadline_ns = min(moments, default=None)
        if deadline_ns != self._deadline_ns:
            self._deadline_ns = deadline_ns
            self._wake_at(deadline_ns)
