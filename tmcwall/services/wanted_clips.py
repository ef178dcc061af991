"""Clips of other workstations that an investigator needs here for the basket of a case; `sync.clip_courier` asks."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from tmcwall.db import baskets, bookmarks, custody
from tmcwall.db.store import Session
from tmcwall.domain.bookmark import Clip, ClipState
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import CustodyAction
from tmcwall.durable import disk_fault, sync_file
from tmcwall.private_files import make_private_folder, open_private
from tmcwall.services.future_dispatcher import StoreProtocol, settled
from tmcwall.sync.clip_courier import WantedClip

_PARTS: Final = ".from-server"
_BLOCK: Final = 1 << 20


class BasketClips:
    """A case is asked for in the GUI thread; the rest is called, and waits, in the client's thread.

    What has come of a clip is kept under another name until it is whole and its hash is right.
    """

    def __init__(self, *, store: StoreProtocol, clips: Path, clock: Clock) -> None:
        self._store = store
        self._clips = clips
        self._clock = clock
        self._lock = threading.Lock()
        self._cases: dict[str, str] = {}
        """By id: the service number of whoever looked at its basket last."""
        self._wanted: dict[str, tuple[Clip, str]] = {}

    def want(self, case_id: str, *, officer: str) -> None:
        """From now on what is in the basket of that case is fetched."""
        with self._lock:
            self._cases[case_id] = officer

    def wanted(self) -> Sequence[WantedClip]:
        with self._lock:
            cases = dict(self._cases)
        if not cases:
            return ()
        found = settled(self._store.read(partial(_clips_of, cases=cases)))
        self._wanted = {clip.id: (clip, officer) for clip, officer in found if not (self._clips / clip.path).exists()}
        return [WantedClip(clip.id, clip.size_bytes, self._have(clip)) for clip, _ in self._wanted.values()]

    def take(self, clip_id: str, piece: bytes, *, offset: int) -> None:
        part = self._part(clip_id)
        try:
            make_private_folder(part.parent)
            with open_private(part, "ab") as file:
                file.truncate(offset)
                file.write(piece)
        except OSError as error:
            raise disk_fault(error, folder=self._clips) from error

    def arrived(self, clip_id: str) -> bool:
        clip, officer = self._wanted[clip_id]
        part, place = self._part(clip_id), self._clips / clip.path
        try:
            if part.stat().st_size != clip.size_bytes or _sha256(part) != clip.sha256:
                part.unlink()
                return False
            sync_file(part)
            make_private_folder(place.parent)
            part.replace(place)
        except OSError as error:
            raise disk_fault(error, folder=self._clips) from error
        about, at = f"clip/{clip_id}", self._clock.utc()
        record = partial(custody.append, actor=officer, action=CustodyAction.CLIP_FETCHED, about=about, at=at)
        settled(self._store.write(record))
        return True

    def _have(self, clip: Clip) -> int:
        part = self._part(clip.id)
        return min(part.stat().st_size, clip.size_bytes) if part.exists() else 0

    def _part(self, clip_id: str) -> Path:
        name = hashlib.sha256(clip_id.encode()).hexdigest()
        return self._clips / _PARTS / name


def _clips_of(session: Session, *, cases: dict[str, str]) -> list[tuple[Clip, str]]:
    found = []
    for case_id, officer in cases.items():
        chosen = {item.bookmark_id for item in baskets.of_case(session, case_id)}
        for entry in bookmarks.of_case(session, case_id):
            clip = entry.clip
            if entry.bookmark.id in chosen and clip is not None and clip.state is ClipState.READY and clip.path:
                found.append((clip, officer))
    return found


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
