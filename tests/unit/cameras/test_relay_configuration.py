"""The relay's configuration as text: MediaMTX's keys, no login in the file, each camera once."""

import base64
import hashlib
import re

import pytest
import yaml

from tmcwall.cameras.logins import CameraLogins, Login
from tmcwall.cameras.relay_configuration import (
    LeftOutWhy,
    RelayFiles,
    RelayOrder,
    changes_between,
    relay_files,
)
from tmcwall.domain.address import AddressRule
from tmcwall.domain.camera import Camera, Profile
from tmcwall.domain.relay import relay_path
from tmcwall.domain.source import TransportPreference
from tmcwall.domain.urlsecrets import take_secrets

PASSWORD = "kata-sandi-relai-yang-panjang"
KEYS = {
    "authMethod", "authInternalUsers", "api", "metrics", "pprof", "playback", "rtsp", "rtspTransports",
    "rtspEncryption", "rtspAddress", "rtspsAddress", "rtspServerKey", "rtspServerCert", "rtspAuthMethods", "rtmp",
    "hls", "webrtc", "srt", "pathDefaults", "paths",
}  # fmt: skip
"""Of MediaMTX's reference file that we write; it does not start with a key that it does not know."""
PATH_KEYS = {
    "source", "sourceFingerprint", "sourceOnDemand", "sourceOnDemandStartTimeout", "sourceOnDemandCloseAfter",
    "rtspTransport", "record",
}  # fmt: skip
PATH_NAME = re.compile(r"[0-9a-zA-Z_\-/\.~:]+")
"""What MediaMTX takes as a path; our own are narrower."""


def order(**changes):
    values = {
        "address": "rtsps://relay.example:8322",
        "password": PASSWORD,
        "rule": AddressRule.of(["10.0.0.0/8"]),
        "fingerprints": {},
    }
    return RelayOrder(**{**values, **changes})


def files(*cameras, logins=None, **changes):
    return relay_files(cameras, logins or {}, order(**changes))


def read(found):
    return yaml.safe_load(found.configuration)


CAMERA = Camera("DISHUB-01", "Simpang", "rtsp://10.0.0.1/main", substream_url="rtsp://10.0.0.1/sub")
LOGIN = CameraLogins(main=Login("10.0.0.1", "admin", 'a/b@c:$d"e f#g'))


def test_every_stream_of_a_camera_has_a_path_that_is_opened_when_it_is_read():
    document = read(files(CAMERA))
    assert set(document["paths"]) == {relay_path("DISHUB-01", Profile.MAIN), relay_path("DISHUB-01", Profile.SUB)}
    assert document["paths"][relay_path("DISHUB-01", Profile.SUB)]["source"] == "rtsp://10.0.0.1/sub"
    assert document["pathDefaults"]["sourceOnDemand"] is True
    assert document["pathDefaults"]["record"] is False


@pytest.mark.parametrize("address", ["rtsps://relay.example:8322", "rtsp://relay.example:8554"])
def test_only_keys_of_the_reference_stand_in_the_file(address):
    document = read(files(CAMERA, address=address, fingerprints={"10.0.0.1:322": "ab" * 32}))
    assert set(document) <= KEYS
    assert set(document["pathDefaults"]) <= PATH_KEYS
    assert all(set(path) <= PATH_KEYS for path in document["paths"].values())


def test_only_rtsp_is_served_and_only_to_who_knows_the_password():
    document = read(files(CAMERA))
    off = ("api", "metrics", "pprof", "playback", "rtmp", "hls", "webrtc", "srt")
    assert not any(document[key] for key in off)
    assert (document["rtspEncryption"], document["rtspsAddress"]) == ("strict", ":8322")
    (reader,) = document["authInternalUsers"]
    digest = base64.b64encode(hashlib.sha256(PASSWORD.encode()).digest()).decode()
    assert reader == {
        "user": "tmcwall",
        "pass": f"sha256:{digest}",
        "ips": [],
        "permissions": [{"action": "read", "path": ""}],
    }


def test_without_tls_the_file_says_no_as_a_word():
    found = files(CAMERA, address="rtsp://10.1.1.1:8554")
    assert b'rtspEncryption: "no"' in found.configuration
    assert read(found)["rtspAddress"] == ":8554"


def test_logins_stand_in_the_environment_only():
    found = files(CAMERA, logins={"DISHUB-01": LOGIN})
    assert b"admin" not in found.configuration
    lines = found.environment.decode().splitlines()
    name = relay_path("DISHUB-01", Profile.MAIN).upper()
    assert f"MTX_PATHS_{name}_SOURCE=rtsp://admin:a%2Fb%40c%3A%24d%22e%20f%23g@10.0.0.1/main" in lines
    assert PASSWORD.encode() not in found.configuration + found.environment


def test_secrets_of_an_address_stand_in_the_environment_only():
    opened = take_secrets("rtsp://10.0.0.1/x?token=rahasia&channel=1")
    camera = Camera("A", "A", opened.url)
    found = files(camera, logins={"A": CameraLogins(main=Login("10.0.0.1", "", "", opened.secrets))})
    assert b"rahasia" not in found.configuration
    assert b"token=rahasia&channel=1" in found.environment


def test_a_login_is_not_given_to_another_host():
    found = files(Camera("A", "A", "rtsp://10.0.0.9/x"), logins={"A": LOGIN})
    assert b"admin" not in found.environment


@pytest.mark.parametrize("camera_id", ["A-1", "a1", "Simpang Lima №3", "../x", "A_B", "", "x" * 300])
def test_a_path_has_only_signs_that_an_environment_takes_and_no_two_cameras_share_one(camera_id):
    name = relay_path(camera_id, Profile.MAIN)
    assert re.fullmatch(r"c[a-z0-9]+main", name)
    assert name != relay_path(camera_id + "-", Profile.MAIN)
    assert PATH_NAME.fullmatch(name)


def test_ids_that_differ_only_in_signs_have_paths_of_their_own():
    ids = ["A-1", "A_1", "a1", "A 1", "A1"]
    assert len({relay_path(one, Profile.MAIN) for one in ids}) == len(ids)


def test_what_the_relay_must_not_or_cannot_read_is_left_out_and_said():
    half = CameraLogins(main=Login("10.0.0.3", "admin", ""))
    found = files(
        Camera("WEB", "", "http://10.0.0.2/x.m3u8"),
        Camera("SELF", "", "rtsp://127.0.0.1/x"),
        Camera("HALF", "", "rtsp://10.0.0.3/x"),
        logins={"HALF": half},
    )
    assert read(found)["paths"] == {}
    assert {one.camera: one.why for one in found.left_out} == {
        "WEB": LeftOutWhy.NOT_RTSP,
        "SELF": LeftOutWhy.ADDRESS_FORBIDDEN,
        "HALF": LeftOutWhy.HALF_A_LOGIN,
    }


def test_variables_marks_and_quotes_of_an_address_are_not_read_as_something_else():
    found = files(Camera("A", "", "rtsp://10.0.0.1/$MTX_QUERY'x#compat"))
    assert read(found)["paths"][relay_path("A", Profile.MAIN)]["source"] == "rtsp://10.0.0.1/%24MTX_QUERY%27x"


def test_a_known_certificate_and_the_carrier_of_a_camera_are_handed_on():
    secure = Camera("A", "", "rtsps://10.0.0.1/x", transport=TransportPreference.UDP)
    path = read(files(secure, fingerprints={"10.0.0.1:322": "12" * 32}))["paths"][relay_path("A", Profile.MAIN)]
    assert (path["sourceFingerprint"], path["rtspTransport"]) == ("12" * 32, "udp")


def test_the_same_cameras_give_the_same_bytes_in_any_order():
    other = Camera("B", "", "rtsp://10.0.0.2/x")
    assert files(CAMERA, other).configuration == files(other, CAMERA).configuration


def test_what_a_new_configuration_changes_is_named_by_its_paths():
    other = Camera("B", "", "rtsp://10.0.0.2/x")
    before = files(CAMERA, other)
    moved = Camera("B", "", "rtsp://10.0.0.7/x")
    main, sub = (relay_path("DISHUB-01", profile) for profile in (Profile.MAIN, Profile.SUB))
    changes = changes_between(before, files(moved, Camera("C", "", "rtsp://10.0.0.3/x")))
    assert changes.added == (relay_path("C", Profile.MAIN),)
    assert changes.changed == (relay_path("B", Profile.MAIN),)
    assert changes.removed == tuple(sorted((main, sub)))
    assert not changes.settings


def test_a_new_password_of_a_camera_is_a_change_and_equal_files_are_none():
    with_login = files(CAMERA, logins={"DISHUB-01": LOGIN})
    assert not changes_between(with_login, files(CAMERA, logins={"DISHUB-01": LOGIN}))
    assert changes_between(files(CAMERA), with_login).changed


@pytest.mark.parametrize("content", [b"", b"- 1", b"paths: 3", b"{[", b"\xff\xfe"])
def test_over_files_that_cannot_be_read_everything_is_new(content):
    changes = changes_between(RelayFiles(content, b"\xff"), files(CAMERA))
    assert len(changes.added) == 2
    assert changes.settings
