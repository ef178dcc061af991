"""A desktop program that is only its video, for tests that kill it: prints its processes once all cameras play."""

import json
import sys
from pathlib import Path

import psutil
from PySide6.QtCore import QCoreApplication, QTimer

from tmcwall.domain.clock import SystemClock
from tmcwall.domain.health import TileState
from tmcwall.video.feed.video_feed import VideoFeed
from tmcwall.video.ipc.messages import Live, StreamUrl

application = QCoreApplication(sys.argv)
feed = VideoFeed(clock=SystemClock(), recordings=Path(sys.argv[1]), decoders=2)
feed.start()
urls = sys.argv[2:]
feed.set_cameras([Live(camera=str(number), main=StreamUrl(url)) for number, url in enumerate(urls)])
tiles = [feed.open_tile(str(number), 320, 180) for number in range(len(urls))]


def look():
    now_ns = SystemClock().monotonic_ns()
    children = psutil.Process().children(recursive=True)
    if len(children) == 4 and all(tile.verdict(now_ns).state is TileState.LIVE for tile in tiles):
        timer.stop()
        sys.stdout.write(json.dumps([child.pid for child in children]) + "\n")
        sys.stdout.flush()


timer = QTimer(interval=50)
timer.timeout.connect(look)
timer.start()
sys.exit(application.exec())
