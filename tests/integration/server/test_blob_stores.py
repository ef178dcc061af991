"""Where clips' bytes lie: the same of a folder and of a bucket."""

import hashlib
from pathlib import Path
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from tests.clocks import FakeClock
from tests.enrolled import ask_in, place_server_key, signed
from tests.exchange import CHEAP_HASHER, NRP, OFFICER, PASSWORD, START, clip, settings_in
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Operation
from tmcwall.server.accounts import add_user
from tmcwall.server.app import create_app
from tmcwall.server.blob_places import open_blobs
from tmcwall.server.blobs import BlobStore
from tmcwall.server.context import ServerContext, ServerSettings
from tmcwall.server.upkeep import check_clips
from tmcwall.sync.protocol import API, OperationMessage

pytest_plugins = ["tests.object_store"]

UPLOAD = "0" * 36
OTHER = "1" * 36
DATA = bytes(range(256)) * 5000
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(params=["files", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "files":
        return str(tmp_path / "blobs")
    url: str = request.getfixturevalue("bucket")
    return url


@pytest.fixture
def blobs(place: str, tmp_path: Path) -> BlobStore:
    return open_blobs(place, parts=tmp_path / "parts")


def keep(blobs: BlobStore, data: bytes = DATA, sha256: str = SHA256, upload: str = UPLOAD) -> None:
    blobs.begin(upload)
    blobs.append(upload, 0, data)
    blobs.complete(upload, sha256)


def test_a_clip_is_there_when_it_is_whole_and_not_before(blobs: BlobStore) -> None:
    blobs.begin(UPLOAD)
    blobs.append(UPLOAD, 0, DATA[:100_000])
    blobs.keep(UPLOAD)
    assert blobs.received(UPLOAD) == 100_000
    assert not blobs.has(SHA256, len(DATA))
    blobs.append(UPLOAD, 100_000, DATA[100_000:])
    assert blobs.digest(UPLOAD) == SHA256
    blobs.complete(UPLOAD, SHA256)
    assert blobs.has(SHA256, len(DATA))
    assert blobs.is_whole(SHA256)
    assert not blobs.has(SHA256, len(DATA) - 1)
    assert blobs.received(UPLOAD) == 0


def test_an_upload_goes_on_where_another_start_of_the_server_left_it(
    place: str, tmp_path: Path, blobs: BlobStore
) -> None:
    blobs.begin(UPLOAD)
    blobs.append(UPLOAD, 0, DATA[:100_000])
    again = open_blobs(place, parts=tmp_path / "parts")
    assert again.received(UPLOAD) == 100_000
    again.append(UPLOAD, 100_000, DATA[100_000:])
    assert again.digest(UPLOAD) == SHA256


def test_any_part_of_a_clip_is_read(blobs: BlobStore) -> None:
    keep(blobs)
    assert b"".join(blobs.read(SHA256, 0, len(DATA))) == DATA
    assert b"".join(blobs.read(SHA256, 1000, 70_000)) == DATA[1000:70_000]
    with pytest.raises(FileNotFoundError):
        next(blobs.read("b" * 64, 0, 10))


def test_the_same_clip_twice_is_one(blobs: BlobStore) -> None:
    keep(blobs)
    keep(blobs, upload=OTHER)
    assert b"".join(blobs.read(SHA256, 0, len(DATA))) == DATA
    assert blobs.received(OTHER) == 0


def test_a_clip_that_is_not_what_its_name_says_is_set_aside_for_the_right_one(
    place: str, tmp_path: Path, blobs: BlobStore
) -> None:
    keep(blobs)
    stored = next(path for path in tmp_path.rglob(SHA256) if path.is_file())
    stored.write_bytes(bytes(len(DATA)))
    assert not blobs.is_whole(SHA256)
    blobs.set_aside(SHA256)
    assert not blobs.has(SHA256, len(DATA))
    keep(open_blobs(place, parts=tmp_path / "parts"), upload=OTHER)
    assert blobs.is_whole(SHA256)
    assert [path.read_bytes() for path in tmp_path.rglob("damaged/*")] == [bytes(len(DATA))]


def test_a_clip_in_many_parts_arrives_whole(blobs: BlobStore) -> None:
    data = b"x" * (20 << 20)
    sha256 = hashlib.sha256(data).hexdigest()
    keep(blobs, data, sha256)
    assert blobs.is_whole(sha256)


def test_what_differs_from_its_hash_is_not_kept_in_a_bucket(bucket: str, tmp_path: Path) -> None:
    blobs = open_blobs(bucket, parts=tmp_path / "parts")
    with pytest.raises(Fault):
        keep(blobs, DATA[1:])
    assert not blobs.has(SHA256, len(DATA) - 1)


@pytest.mark.parametrize("url", ["s3://", "s3://kunci:rahasia@klip/solo", "ftp://klip"])
def test_an_address_that_names_no_place_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(DomainError) as refused:
        open_blobs(url, parts=tmp_path)
    assert refused.value.code is DomainCode.BLOBS_URL


def test_a_bucket_that_does_not_answer_is_a_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {"ENDPOINT_URL": "http://127.0.0.1:9", "ALLOW_HTTP": "true", "SKIP_SIGNATURE": "true"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    with pytest.raises(Fault) as unreachable:
        open_blobs("s3://klip", parts=tmp_path).has(SHA256, 1)
    assert unreachable.value.code is FaultCode.BLOBS_UNREACHABLE


def test_a_clip_goes_up_comes_down_in_parts_and_is_asked_for_again_when_it_is_missing(
    place: str, tmp_path: Path
) -> None:
    plain = settings_in(tmp_path)
    place_server_key(plain.key_file)
    app = create_app(ServerSettings(plain.database, place, plain.key_file), clock=FakeClock(), hasher=CHEAP_HASHER)
    context = app.state.context
    assert isinstance(context, ServerContext)
    with context.database.write() as session:
        add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
    with TestClient(app, base_url=f"http://server{API}") as client:
        reply = ask_in(client, NRP, PASSWORD)
        client.headers["Authorization"] = f"Bearer {reply.json()['token']}"
        fields = clip("c1", "b1", sha256=SHA256, size_bytes=len(DATA))
        made = Operation(
            uuid4(), "ws1", 1, NRP, START, Entity.CLIP, "c1", 0, fields, SCHEMA_VERSION, FIRST_HASH
        )  # fmt: skip
        message = OperationMessage.of(signed(made)).model_dump(mode="json")
        assert client.post("operations", json={"operations": [message]}).json()["fates"][0]["fate"] == "applied"
        upload = {"Upload-Length": str(len(DATA)), "Upload-Metadata": "clip_id YzE=", "Tus-Resumable": "1.0.0"}
        location = client.post("clips", headers=upload).headers["Location"].removeprefix(f"{API}/")
        part = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
        assert client.patch(location, content=DATA, headers=part).status_code == 204
        assert client.get("clips/c1").content == DATA
        ranged = client.get("clips/c1", headers={"Range": "bytes=1000-1999"})
        assert (ranged.status_code, ranged.content) == (206, DATA[1000:2000])
        assert ranged.headers["Content-Range"] == f"bytes 1000-1999/{len(DATA)}"
        assert client.get("clips/c1", headers={"Range": f"bytes={len(DATA)}-"}).status_code == 416
        next(path for path in tmp_path.rglob(SHA256) if path.is_file()).unlink()
        fresh = open_blobs(place, parts=tmp_path / "blobs")
        assert check_clips(context.database, fresh, read_all=False).missing == ("c1",)
        assert client.get("clips/c1").status_code == 404
        assert client.head(location).headers["Upload-Offset"] == "0"
