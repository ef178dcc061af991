"""Web servers as they stand in the street: sessions by cookie, compression, redirects."""

import gzip
import zlib

import pytest

from tests.integration.video.certificates import Office
from tests.integration.video.web_server import Live, WebServer, answer
from tests.integration.video.web_watch import said, watch
from tests.planted import CAMERA_PASSWORD
from tests.web_footage import hls
from tmcwall.domain.address import AddressRule
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.net.resolver import Resolver
from tmcwall.net.trust import Trust

LOGIN = {"username": "petugas", "password": CAMERA_PASSWORD}


@pytest.fixture(scope="module")
def footage(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web")
    hls(folder / "short", pictures=50, gop=10)
    hls(folder / "ts", pictures=500, gop=10)
    return folder


@pytest.fixture
def server(footage):
    with WebServer(footage) as running:
        yield running


@pytest.fixture
def another_port(footage):
    with WebServer(footage) as running:
        yield running


def another_host(server, path):
    """The same machine under another name."""
    return server.url(path).replace("127.0.0.1", "localhost")


def played(watched):
    return set(watched.faults) == {FaultCode.STREAM_ENDED} and len(watched.units) == 50


def sent_with(server, suffix, field):
    """The values of a header in requests for paths that end so."""
    return {headers.get(field) for path, headers in server.requests if path.partition("?")[0].endswith(suffix)}


def redirect(server, path, to, *, status=302, **fields):
    server.routes[path] = lambda handler: answer(handler, "", status=status, Location=to, **fields)


def asks_for_login(handler):
    answer(handler, "", status=401, WWW_Authenticate='Basic realm="kamera"')


def test_segments_are_asked_for_with_the_cookie_that_the_playlist_set(server, footage):
    text = (footage / "short" / "index.m3u8").read_text()
    server.routes["/short/index.m3u8"] = lambda handler: answer(
        handler, text, Set_Cookie="sesi=a1; Path=/short; HttpOnly; Max-Age=60"
    )
    for path in (footage / "short").glob("*.ts"):
        body = path.read_bytes()

        def guarded(handler, body=body):
            known = handler.headers.get("Cookie") == "sesi=a1"
            answer(handler, body if known else "", status=200 if known else 403)

        server.routes[f"/short/{path.name}"] = guarded
    assert played(watch(server.url("short/index.m3u8")))


def test_a_cookie_goes_to_no_other_host_and_is_in_no_log(server, another_port, footage, caplog):
    caplog.set_level("DEBUG")
    text = (footage / "short" / "index.m3u8").read_text().replace("index", another_host(another_port, "short/index"))
    server.routes["/mixed.m3u8"] = lambda handler: answer(handler, text, Set_Cookie="sesi=rahasia; Path=/")
    assert played(watch(server.url("mixed.m3u8")))
    assert sent_with(another_port, ".ts", "Cookie") == {None}
    assert "rahasia" not in caplog.text


def test_a_new_connection_begins_without_cookies(server):
    text = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:0.4,\n/short/index0.ts\n#EXT-X-ENDLIST\n"
    server.routes["/live.m3u8"] = lambda handler: answer(handler, text, Set_Cookie="sesi=a1; Path=/")

    async def scenario(watched):
        await watched.until(lambda: len(watched.faults) >= 3)

    watch(server.url("live.m3u8"), scenario)
    assert sent_with(server, ".ts", "Cookie") == {"sesi=a1"}
    first, *_ = [headers.get("Cookie") for path, headers in server.requests if path == "/live.m3u8"]
    opened = [headers.get("Cookie") for path, headers in server.requests if path == "/live.m3u8"]
    assert first is None
    assert opened.count(None) >= 3


def test_a_server_that_redirects_to_the_same_address_for_its_cookie_is_no_circle(server, footage):
    text = (footage / "short" / "index.m3u8").read_text()

    def checking(handler):
        if handler.headers.get("Cookie"):
            answer(handler, text)
        else:
            answer(handler, "", status=302, Location=handler.path, Set_Cookie="sesi=a1; Path=/")

    server.routes["/short/index.m3u8"] = checking
    assert played(watch(server.url("short/index.m3u8")))


def deflated(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", deflated)]
)
def test_what_is_compressed_though_nobody_asked_for_it_is_played(server, footage, coding, pack):
    for path in (footage / "short").iterdir():
        packed = pack(path.read_bytes())
        server.routes[f"/short/{path.name}"] = lambda handler, packed=packed: answer(
            handler, packed, Content_Encoding=coding
        )
    assert played(watch(server.url("short/index.m3u8")))
    assert sent_with(server, ".m3u8", "Accept-Encoding") == {"identity"}


def chunked(handler, body, **fields):
    """In chunks of odd sizes, with extensions, and the coding in another case."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "Chunked")
    for name, value in fields.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    for start in range(0, len(body), 77):
        piece = body[start : start + 77]
        handler.wfile.write(b"%x;name=value\r\n%b\r\n" % (len(piece), piece))
    handler.wfile.write(b"0;last\r\nX-Trailer: 1\r\n\r\n")


@pytest.mark.parametrize("said_so", [True, False])
def test_a_live_playlist_that_is_gzip_is_followed_whether_it_says_so_or_not(server, said_so):
    live = Live(server, "ts", "/live.m3u8")
    fields = {"Content_Encoding": "gzip"} if said_so else {}
    server.routes["/live.m3u8"] = lambda handler: chunked(handler, gzip.compress(live.text().encode()), **fields)

    async def scenario(watched):
        await watched.until(lambda: len(watched.units) >= 60 or watched.faults)

    assert watch(server.url("live.m3u8"), scenario).faults == []


@pytest.mark.parametrize("said_so", [True, False])
def test_a_playlist_that_unpacks_into_too_much_is_refused(server, said_so):
    fields = {"Content_Encoding": "gzip"} if said_so else {}
    bomb = gzip.compress(b"#EXTM3U\n" + b"#" * 50_000_000)
    server.routes["/bomb.m3u8"] = lambda handler: answer(handler, bomb, **fields)
    assert said(watch(server.url("bomb.m3u8"))) == (FaultCode.PROTOCOL_BROKEN, "an answer above 1048576 bytes")


def test_a_coding_that_was_not_asked_for_and_that_we_do_not_know_is_named(server):
    server.routes["/live.m3u8"] = lambda handler: answer(handler, b"\x00", Content_Encoding="br")
    assert said(watch(server.url("live.m3u8"))) == (FaultCode.PROTOCOL_BROKEN, "a compressed answer: br")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_port_of_the_same_host_is_followed_and_said(server, another_port, caplog, status):
    caplog.set_level("INFO", "tmcwall.video.sessions.http_client")
    redirect(server, "/short/index.m3u8", another_port.url("short/index.m3u8"), status=status)
    watched = watch(server.url("short/index.m3u8"))
    assert played(watched)
    followed = caplog.text.count("redirect followed: camera=cam from=http:")
    assert followed >= 1
    assert watched.stream.oddities[Oddity.REDIRECTED] == followed


def test_another_port_gets_the_cookies_of_the_host_and_no_login(server, another_port):
    def first(handler):
        if handler.headers.get("Authorization"):
            answer(handler, "", status=302, Location=another_port.url("short/index.m3u8"), Set_Cookie="s=1; Path=/")
        else:
            asks_for_login(handler)

    server.routes["/masuk"] = first
    assert played(watch(server.url("masuk"), **LOGIN))
    assert sent_with(another_port, "", "Authorization") == {None}
    assert sent_with(another_port, "", "Cookie") == {"s=1"}


def test_another_port_that_asks_for_the_login_does_not_get_it_and_is_named(server, another_port):
    redirect(server, "/short/index.m3u8", another_port.url("short/index.m3u8"))
    another_port.routes["/short/index.m3u8"] = asks_for_login
    port = another_port.url("").split(":")[2].strip("/")
    watched = watch(server.url("short/index.m3u8"), **LOGIN)
    assert said(watched) == (
        FaultCode.REDIRECT_REFUSED,
        f"http on port {port} wants the login, which the camera's own port gets alone",
    )
    assert sent_with(another_port, "", "Authorization") == {None}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("office"))


def test_a_redirect_to_https_is_followed_and_the_certificate_is_judged(server, office, footage):
    tls, fingerprint = office.camera("situs")
    with WebServer(footage, tls=tls) as secured:
        redirect(server, "/short/index.m3u8", secured.url("short/index.m3u8"))
        url = server.url("short/index.m3u8")
        assert watch(url).faults[0] is FaultCode.TLS_UNTRUSTED
        assert secured.requests == []
        assert played(watch(url, trust=Trust(office.file)))
        assert played(watch(url, fingerprint=fingerprint))


@pytest.mark.parametrize("where", ["the stream", "a playlist behind a redirect"])
def test_a_redirect_from_https_to_http_is_refused(server, office, footage, where):
    tls, fingerprint = office.camera("situs")
    with WebServer(footage, tls=tls) as secured, WebServer(footage) as plain:
        redirect(secured, "/short/index.m3u8", plain.url("short/index.m3u8"))
        first = secured if where == "the stream" else server
        redirect(server, "/short/index.m3u8", secured.url("short/index.m3u8"))
        watched = watch(first.url("short/index.m3u8"), fingerprint=fingerprint)
        assert said(watched) == (FaultCode.REDIRECT_REFUSED, "redirected from https to http")
        assert plain.requests == []


def test_a_redirect_is_asked_anew_where_its_host_stands(server, another_port):
    places = iter([["127.0.0.1"]])
    resolver = Resolver(lambda host, port: next(places, ["169.254.169.254"]))
    url = server.url("short/index.m3u8").replace("127.0.0.1", "kamera.example")
    redirect(server, "/short/index.m3u8", another_port.url("short/index.m3u8").replace("127.0.0.1", "kamera.example"))
    watched = watch(url, resolver=resolver, rule=AddressRule.anywhere())
    assert watched.faults[0] is FaultCode.ADDRESS_FORBIDDEN
    assert another_port.requests == []


def test_redirects_that_never_end_are_refused(server):
    def further(handler):
        answer(handler, "", status=302, Location=handler.path + "x")

    for length in range(1, 10):
        server.routes["/" + "x" * length] = further
    assert said(watch(server.url("x"))) == (FaultCode.REDIRECT_REFUSED, "redirected more than 5 times")
