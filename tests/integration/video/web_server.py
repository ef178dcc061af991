"""Cameras behind the plain web server of Python's library: a folder of segments, and a playlist that grows."""

import re
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


class WebServer:
    """Serves a folder, until left. `routes` answers paths otherwise, by a function of the request's handler."""

    def __init__(self, folder, *, tls=None, protocol="HTTP/1.1"):
        self.folder = folder
        self.routes = {}
        self.requests = []
        """(path, headers) of all that was asked."""
        self.stopping = threading.Event()
        self._tls = tls
        outer = self

        class Handler(SimpleHTTPRequestHandler):
            protocol_version = protocol

            def __init__(self, *arguments):
                super().__init__(*arguments, directory=str(folder))

            def do_GET(self):
                outer.requests.append((self.path, dict(self.headers)))
                route = outer.routes.get(self.path.partition("?")[0])
                if route is None:
                    super().do_GET()
                else:
                    route(self)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_):
                """A client that has gone."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def url(self, path):
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._server.server_address[1]}/{path}"

    def asked(self, path):
        return sum(known.partition("?")[0] == path for known, _ in list(self.requests))


def answer(handler, body, *, status=200, kind="application/vnd.apple.mpegurl", **fields):
    """`fields` are headers, with underscores for hyphens."""
    body = body.encode() if isinstance(body, str) else body
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in fields.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def without_end(handler, *, kind="video/x-flv"):
    """The head of an answer that has no length, as of a live stream."""
    handler.send_response(200)
    handler.send_header("Content-Type", kind)
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.close_connection = True


class Live:
    """A live playlist over the segments of a folder that `tests.web_footage.hls` has filled."""

    def __init__(self, server, folder, path, *, window=5):
        text = (server.folder / folder / "index.m3u8").read_text()
        heads = [line + "\n" for line in text.splitlines() if line.startswith("#EXT-X-MAP")]
        self.head = "".join(heads).replace('URI="', f'URI="/{folder}/')
        pairs = re.findall(r"#EXTINF:([\d.]+),\n(\S+)\n", text)
        self.segments = [(float(duration), f"/{folder}/{name}") for duration, name in pairs]
        self.window = window
        self.names = {}
        """Other names for segments, by number."""
        self.before = {}
        """Lines in front of segments, by number."""
        self._began = time.monotonic()
        self._most = len(self.segments)
        server.routes[path] = lambda handler: answer(handler, self.text())

    @property
    def published(self):
        """How many segments there are now."""
        ready_s = time.monotonic() - self._began
        count = self.window
        for duration_s, _ in self.segments[self.window :]:
            ready_s -= duration_s
            if ready_s < 0:
                break
            count += 1
        return min(count, self._most)

    def stop_growing(self):
        self._most = self.published

    def grow_again(self):
        self._began = time.monotonic() - sum(duration_s for duration_s, _ in self.segments[self.window : self._most])
        self._most = len(self.segments)

    def text(self):
        last = self.published
        first = max(0, last - self.window)
        lines = [f"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:{first}\n{self.head}"]
        for number in range(first, last):
            duration_s, name = self.segments[number]
            lines.append(f"{self.before.get(number, '')}#EXTINF:{duration_s},\n{self.names.get(number, name)}\n")
        return "".join(lines)
