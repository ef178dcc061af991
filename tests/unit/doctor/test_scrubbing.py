"""What must not leave a station is taken out of texts, and what helps is left in them."""

import json

import pytest

from tmcwall.doctor.scrubbing import Scrubber


@pytest.mark.parametrize(
    "private",
    [
        "rtsp://petugas:r4h@s14@10.20.30.40:554/siaran",
        "http://10.20.30.40/user=admin_password=tlJwpbo6_channel=1",
        "https://kamera.semarang.go.id/h264?token=abc",
        "10.20.30.40",
        "fd00::17:3",
        "kamera-3.semarang.go.id",
        "76030512",
        "NRP 76030512",
        "officer/76030512",
        "198003122005011002",
        "19800312 200501 1 002",
        "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH",
        "lp/b/7/2025",
        "AD 1234 XY",
        "H 8888 ZZ",
        "B1234CD",
        "0812-3456-7890",
        "+62 812 3456 7890",
        "siti@polri.go.id",
        "Authorization: Basic b3BlcmF0b3I6cmFoYXNpYQ==",
        "Bearer eyJhbGciOiJIUzI1NiJ9",
        "kq7VfR2mXw9bT4nLc8sYd1hGz6pJa3eU",
        "/home/siti.rahma/tmcwall",
        "C:\\Users\\siti.rahma\\tmcwall",
    ],
)
def test_what_looks_private_is_taken_out_wherever_it_stands(private: str) -> None:
    scrubber = Scrubber()
    spoken = [
        scrubber.text(f"gagal: {private}"),
        scrubber.log(json.dumps({"at": "x", "event": f"gagal {private}", "detail": {"cause": [private]}})),
        scrubber.log(f"File x.py, line 3: {private}"),
        json.dumps(scrubber.value({"reason": private})),
    ]
    parts = {part for part in private.replace("/", " ").split() if len(part) > 4 and any(map(str.isdigit, part))}
    for text in spoken:
        assert private not in text
        assert "siti" not in text
        assert not any(part in text for part in parts), text


@pytest.mark.parametrize(
    "helpful",
    [
        "no frame for 12.5 s",
        "2026-11-30T08:15:00.123+00:00",
        "0192f3a4-7c1d-7e2b-9f00-1234567890ab",
        "libavcodec 62.28.102",
        "H.264 1920x1080",
        "tmcwall.video.sessions.rtsp_session",
        "tmcwall.net.reach",
        "connection_refused",
        "http://127.0.0.1:8470/",
        "12:30:45",
    ],
)
def test_what_helps_stays(helpful: str) -> None:
    assert Scrubber().text(helpful) == helpful


def test_a_host_is_called_the_same_everywhere() -> None:
    scrubber = Scrubber(hosts=["kamera1"])
    assert scrubber.text("10.0.0.1 and 10.0.0.2 and 10.0.0.1") == "host-1 and host-2 and host-1"
    assert scrubber.log("rtsp://10.0.0.2:554/a kamera1 lost") == "rtsp://host-2:554/ host-3 lost"


def test_known_words_are_taken_out_in_any_spelling_and_names_word_by_word() -> None:
    scrubber = Scrubber(secrets=['kata "sandi" é'], persons=["Siti Rahma"])
    assert Scrubber(secrets=["kata%40sandi"]).text("kata@sandi ditolak") == "*** ditolak"
    cleaned = scrubber.log(json.dumps({"event": 'kata "sandi" é', "detail": "SITI rahma Bu Rahma"}))
    assert json.loads(cleaned) == {"event": "***", "detail": "*** *** Bu ***"}


def test_keys_that_tell_are_emptied_whatever_stands_under_them() -> None:
    line = {"nrp": 76030512, "actor": "Budi", "reporter_name": "Ani", "note": "x", "lp": "7", "frames": 76030512}
    assert json.loads(Scrubber().log(json.dumps(line))) == {
        "nrp": "***", "actor": "***", "reporter_name": "***", "note": "***", "lp": "***", "frames": 76030512,
    }  # fmt: skip


def test_where_people_are_not_known_only_the_programs_own_words_stay() -> None:
    scrubber = Scrubber(strict=True)
    line = {"at": "2026-11-30T08:15:00", "event": "camera lost", "camera": "Depan rumah Pak Budi", "frames": 3}
    own, other = {**line, "logger": "tmcwall.services.healthlog"}, {**line, "logger": "httpx"}
    assert json.loads(scrubber.log(json.dumps(own))) == {**own, "camera": "***"}
    assert json.loads(scrubber.log(json.dumps(other))) == {**other, "camera": "***", "event": "***"}
    assert scrubber.log("Pak Budi") == "***"
