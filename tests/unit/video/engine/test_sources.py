"""Which sources are files."""

import pytest

from tmcwall.domain.camera import Profile
from tmcwall.video.engine.sources import Sources
from tmcwall.video.ipc.messages import CameraSource, StreamUrl
from tmcwall.video.sessions.stream import StreamKey


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/rekaman/a b.mp4", "/rekaman/a b.mp4"),
        ("file:///rekaman/a%20b.mp4", "/rekaman/a b.mp4"),
        ("file:///rekaman/a%2520b.mp4", "/rekaman/a%20b.mp4"),
        ("rtsp://127.0.0.1/a", ""),
        ("https://127.0.0.1/a.m3u8", ""),
    ],
)
def test_a_source_is_a_file_by_its_path_or_its_url(url, path):
    sources = Sources()
    sources.replace([CameraSource("a", StreamUrl(url))], known=[])
    assert sources.file_of(StreamKey("a", Profile.MAIN)) == path
