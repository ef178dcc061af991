"""The replays of a wall's tiles: begun, moved and ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault
from tmcwall.texts import Text
from tmcwall.texts import wall as texts
from tmcwall.texts.states import STATES
from tmcwall.ui.wall.replaying import STEP_S, Replay
from tmcwall.ui.wall.tile import WallTile
from tmcwall.video.feed.video_feed import VideoFeed


class Replays:
    """Acts on the tiles it is given. `tell` says a sentence to the officer, `changed` that other feeds are shown."""

    def __init__(
        self, feed: VideoFeed, *, clock: Clock, tell: Callable[[Text], None], changed: Callable[[], None]
    ) -> None:
        self._feed = feed
        self._clock = clock
        self._tell = tell
        self._changed = changed

    def back(self, tile: WallTile | None) -> None:
        """The tile's recording from ten seconds ago, or ten seconds further back."""
        if tile is not None and tile.camera is not None and tile.camera.withheld is not None:
            self._tell(STATES[tile.camera.withheld].meaning)
            return
        if tile is None or tile.camera is None or tile.feed is None:
            self._tell(texts.REPLAY_NO_TILE)
            return
        now_s, now_ns = self._clock.utc().timestamp(), self._clock.monotonic_ns()
        if tile.replay is not None:
            tile.replay.back(now_s=now_s, now_ns=now_ns)
            return
        if not self.open(tile, now_s - STEP_S):
            self._tell(texts.REPLAY_FAILED)

    def open(self, tile: WallTile, from_s: float) -> bool:
        """The recording of a live tile from a moment in seconds since the epoch on; False where it cannot be shown."""
        if tile.camera is None or not tile.camera.may_be_shown or tile.feed is None or tile.replay is not None:
            return False
        width, height = tile.picture_size()
        try:
            feed = self._feed.open_replay(tile.camera.id, from_s, width, height)
        except Fault:
            return False
        tile.pause(paused=False)
        tile.replay = Replay(feed, now_s=self._clock.utc().timestamp())
        self._changed()
        return True

    def forward(self, tile: WallTile | None) -> None:
        """Ten seconds nearer to now, up to live."""
        if tile is None or tile.replay is None:
            return
        if not tile.replay.forward(now_ns=self._clock.monotonic_ns()):
            self.end([tile])

    def shown_at(self, tile: WallTile | None, camera_id: str) -> datetime | None:
        """When what the tile shows of that camera was recorded; None while it is live."""
        if tile is None or tile.replay is None or tile.camera is None or tile.camera.id != camera_id:
            return None
        return tile.replay.shown_at(self._clock.monotonic_ns())

    def end(self, tiles: Iterable[WallTile]) -> bool:
        """These tiles are live again; False if they were."""
        ended = False
        for tile in tiles:
            replay, tile.replay = tile.replay, None
            if replay is not None:
                tile.be_live()
                replay.feed.close()
                ended = True
        if ended:
            self._changed()
        return ended

    def end_finished(self, tiles: Iterable[WallTile]) -> None:
        """Those that have come to their end, with the reason where that was no end."""
        now_s, now_ns = self._clock.utc().timestamp(), self._clock.monotonic_ns()
        over = []
        for tile in tiles:
            if tile.replay is not None and tile.replay.over(now_s=now_s, now_ns=now_ns):
                over.append(tile)
                refusal = tile.replay.refusal()
                if refusal is not None:
                    self._tell(refusal)
        self.end(over)
