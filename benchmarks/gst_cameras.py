"""RTSP cameras of GStreamer's server: a third party for tests and benchmarks. Runs under Debian's python3 (its `gi`).

usage: gst_cameras.py FILE.h264|FILE.h265 COUNT PORT FPS
Cameras are rtsp://127.0.0.1:PORT/cam00 ...; prints `ready PORT`. Every camera sends the file's access units in a loop.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
gi.require_version("GstApp", "1.0")
from gi.repository import GLib, Gst, GstApp, GstRtspServer  # noqa: E402, F401 - versions first; GstApp adds its methods

Gst.init(None)
PATH, COUNT, PORT, FPS = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
CODEC = "h265" if PATH.endswith("h265") else "h264"
CAPS = f"video/x-{CODEC},stream-format=byte-stream,alignment=au"


def access_units(path):
    pipeline = Gst.parse_launch(
        f"filesrc location={path} ! {CODEC}parse config-interval=-1 ! {CAPS} ! appsink name=sink sync=false"
    )
    sink = pipeline.get_by_name("sink")
    pipeline.set_state(Gst.State.PLAYING)
    units = []
    while (sample := sink.try_pull_sample(5 * Gst.SECOND)) is not None:
        buffer = sample.get_buffer()
        units.append(buffer.extract_dup(0, buffer.get_size()))
    pipeline.set_state(Gst.State.NULL)
    return units


UNITS, DURATION = access_units(PATH), Gst.SECOND // FPS


class Factory(GstRtspServer.RTSPMediaFactory):
    def __init__(self):
        super().__init__()
        self.set_shared(True)

    def do_create_element(self, _url):
        return Gst.parse_launch(
            f'( appsrc name=source is-live=true block=false format=time caps="{CAPS},framerate={FPS}/1" '
            f"! rtp{CODEC}pay name=pay0 pt=96 config-interval=-1 )"
        )

    def do_configure(self, media):
        source = media.get_element().get_by_name_recurse_up("source")
        state = {"index": 0, "started": GLib.get_monotonic_time()}

        def push():
            elapsed = GLib.get_monotonic_time() - state["started"]
            while state["index"] * 1_000_000 // FPS <= elapsed:
                index = state["index"]
                state["index"] += 1
                buffer = Gst.Buffer.new_wrapped(UNITS[index % len(UNITS)])
                buffer.pts = buffer.dts = index * DURATION
                buffer.duration = DURATION
                if source.emit("push-buffer", buffer) != Gst.FlowReturn.OK:
                    return False
            return True

        GLib.timeout_add(max(1, 500 // FPS), push)


server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(PORT)
mounts = server.get_mount_points()
factories = [Factory() for _ in range(COUNT)]
for number, factory in enumerate(factories):
    mounts.add_factory(f"/cam{number:02d}", factory)
server.attach(None)
print("ready", server.get_bound_port(), flush=True)
GLib.MainLoop().run()
