"""GStreamer's RTSP server over one file of H.264, H.265 or JPEG, for the system's Python: FILE COUNT FPS [CONFIG].

It prints its port.
CONFIG is the `config-interval`: -1 repeats parameter sets before key frames, 0 sends the file as it is.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
gi.require_version("GstApp", "1.0")
from gi.repository import GLib, Gst, GstApp, GstRtspServer  # noqa: E402, F401 - after the versions; GstApp adds methods

Gst.init(None)
PATH, COUNT, FPS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
CONFIG = sys.argv[4] if len(sys.argv) > 4 else "-1"
CODEC = PATH.rpartition(".")[2]
CAPS = f"video/x-{CODEC},stream-format=byte-stream,alignment=au"
PARSE = f"{CODEC}parse config-interval={CONFIG} ! {CAPS}"
PAY = f"rtp{CODEC}pay name=pay0 pt=96 config-interval={CONFIG}"
if CODEC == "jpeg":
    CAPS, PARSE, PAY = "image/jpeg,width=640,height=360", "jpegparse", "rtpjpegpay name=pay0 pt=26"


def access_units():
    pipeline = Gst.parse_launch(f"filesrc location={PATH} ! {PARSE} ! appsink name=sink sync=false")
    sink = pipeline.get_by_name("sink")
    pipeline.set_state(Gst.State.PLAYING)
    units = []
    while (sample := sink.try_pull_sample(5 * Gst.SECOND)) is not None:
        buffer = sample.get_buffer()
        units.append(buffer.extract_dup(0, buffer.get_size()))
    pipeline.set_state(Gst.State.NULL)
    return units


UNITS = access_units()


class Factory(GstRtspServer.RTSPMediaFactory):  # type: ignore[misc]  # it has no type information
    """One live stream that loops over the file."""

    def __init__(self):
        super().__init__()
        self.set_shared(True)

    def do_create_element(self, url):
        source = f'appsrc name=src is-live=true block=false format=time caps="{CAPS},framerate={FPS}/1"'
        return Gst.parse_launch(f"( {source} ! {PAY} )")

    def do_configure(self, media):
        source = media.get_element().get_by_name_recurse_up("src")
        sent = 0

        def push():
            nonlocal sent
            buffer = Gst.Buffer.new_wrapped(UNITS[sent % len(UNITS)])
            buffer.pts = buffer.dts = sent * Gst.SECOND // FPS
            buffer.duration = Gst.SECOND // FPS
            sent += 1
            return source.emit("push-buffer", buffer) == Gst.FlowReturn.OK

        GLib.timeout_add(1000 // FPS, push)


server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service("0")
factories = [Factory() for _ in range(COUNT)]
for index, factory in enumerate(factories):
    server.get_mount_points().add_factory(f"/cam{index:02d}", factory)
server.attach(None)
print(server.get_bound_port(), flush=True)  # noqa: T201 - the test reads it
GLib.MainLoop().run()
