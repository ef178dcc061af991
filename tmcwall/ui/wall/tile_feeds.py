"""Where the pictures of a wall's tiles come from: feeds opened at their size, seen, closed, and what of them is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tmcwall.domain.camera import Profile
from tmcwall.domain.fault import Fault
from tmcwall.ui.wall.tile import WallTile
from tmcwall.video.feed.tile_feed import Picture, TileFeed
from tmcwall.video.feed.video_feed import Pacer, VideoFeed
from tmcwall.video.ipc.shared_frames import WIDTH_STEP


class TileFeeds:
    """Acts on the tiles it is given; `follow` says which they are."""

    def __init__(self, feed: VideoFeed, *, priority: frozenset[str]) -> None:
        """`priority` are cameras whose tiles keep their rate under overload."""
        self._feed = feed
        self._priority = priority
        self._tile_of: dict[TileFeed, WallTile] = {}
        self._pacer = Pacer(())

    def due(self, now_ns: int) -> list[tuple[WallTile, TileFeed, Picture]]:
        """The pictures to be shown now, each once."""
        return [(self._tile_of[feed], feed, picture) for feed, picture in self._pacer.due(now_ns)]

    def follow(self, tiles: Iterable[WallTile]) -> None:
        """From now on pictures of these tiles are due, of all their feeds."""
        self._tile_of = {
            feed: tile
            for tile in tiles
            for feed in (tile.feed, tile.main, tile.replay.feed if tile.replay is not None else None)
            if feed is not None
        }
        self._pacer = Pacer(self._tile_of)

    def open(self, tiles: Sequence[WallTile], *, full_screen: int) -> None:
        """Have every tile that has room decoded at its size; the one in the cell `full_screen` in its main stream.

        Where the feed refuses, the tile knows the reason, and goes on with what it has.
        """
        for tile in tiles:
            if tile.camera is None or not tile.camera.may_be_shown or tile.rect.isEmpty():
                continue
            tile.refusal = None
            try:
                self._open(tile, tile.camera.id, whole=tile.cell == full_screen)
            except Fault as fault:
                tile.refusal = fault.code
        self.follow(tiles)

    def set_visible(self, tiles: Iterable[WallTile], *, in_sight: bool, selected: int) -> None:
        """Say which tiles can be seen and which come first: the selected one, and those with an alarm."""
        for tile in tiles:
            here = in_sight and not tile.rect.isEmpty()
            camera = tile.camera.id if tile.camera is not None else ""
            if tile.feed is not None:
                tile.feed.set_visible(visible=here and not tile.showing_main)
                tile.feed.prioritise(priority=camera in self._priority or tile.cell == selected or tile.has_alarm)
            if tile.main is not None:
                tile.main.set_visible(visible=here)
            if tile.replay is not None:
                tile.replay.feed.set_visible(visible=here)

    @staticmethod
    def close_main(tile: WallTile) -> bool:
        """Drop the main stream; False if there was none. The picture stays until the small one comes."""
        if tile.main is None:
            return False
        tile.keep_picture()
        tile.main.close()
        tile.main = None
        return True

    @staticmethod
    def close(tile: WallTile) -> None:
        """Give all of a tile's feeds back; it has no picture any more."""
        tile.forget_picture()
        for feed in (tile.feed, tile.main, tile.replay.feed if tile.replay is not None else None):
            if feed is not None:
                feed.close()
        tile.feed = tile.main = tile.replay = tile.refusal = None

    def _open(self, tile: WallTile, camera_id: str, *, whole: bool) -> None:
        width, height = tile.picture_size()
        if tile.replay is not None:
            _resize(tile, tile.replay.feed, width, height)
        if whole and tile.feed is not None:
            if tile.main is None:
                tile.main = self._feed.open_tile(camera_id, width, height, profile=Profile.MAIN, priority=True)
            else:
                _resize(tile, tile.main, width, height)
        elif tile.feed is None:
            tile.feed = self._feed.open_tile(camera_id, width, height, priority=camera_id in self._priority)
        else:
            _resize(tile, tile.feed, width, height)


def _resize(tile: WallTile, feed: TileFeed, width: int, height: int) -> None:
    """Where the size differs by more than the rows' padding."""
    if height != feed.height or not 0 <= feed.width - width < WIDTH_STEP:
        tile.keep_picture()
        feed.resize(width, height)
