"""A support bundle of a station where secrets and people are planted in every place, and none of them in the bundle."""

import json
import sqlite3
import zipfile
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.integration.secrets.canary import files_with
from tests.services_stage import incident
from tmcwall.cameras.logins import CameraLogins, Login
from tmcwall.commands.doctor import run_doctor
from tmcwall.db import cameras as camera_rows
from tmcwall.db import custody, operations
from tmcwall.db import officers as officer_rows
from tmcwall.db.backup import BackupKind, Backups
from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.camera import Camera
from tmcwall.domain.case import Case
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.custody import CustodyAction, EditFacts, FieldChange
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.roster import Origin
from tmcwall.log import get_logger
from tmcwall.texts import Language, Translator
from tmcwall.workstation import open_workstation

ENGLISH = Translator(Language.EN)

PASSWORD = "kenari-R4h@s14/burung"
TOKEN = "kq7VfR2mXw9bT4nLc8sYd1hGz6pJa3eU"
NRP = "76030512"
NAME = "Wahyuningsih"
REPORTER = "Suparminah"
PHONE = "081234567890"
LP = "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA"
PLATE = "AD 1234 XY"
HOST = "10.20.30.40"
DOMAIN = "kamera-tetangga"
PRIVATE = (PASSWORD, TOKEN, NRP, NAME, REPORTER, PHONE, LP, "POLRESTA", PLATE, HOST, DOMAIN, "pemilik-kamera")
SPOKEN = (
    f"petugas {NAME} ({NRP}) membuka rtsp://pemilik-kamera:{PASSWORD}@{HOST}:554/siaran dengan {TOKEN} untuk {LP}",
    f"pelapor {REPORTER} {PHONE} melihat {PLATE} di {DOMAIN}, sandi {PASSWORD}",
)


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Everything that a station may hold, and a log that was written without any redaction."""
    data, key = tmp_path / "data", tmp_path / "kunci"
    key.write_bytes(bytes(range(48)))
    key.chmod(0o600)
    monkeypatch.setenv("TMCWALL_VAULT_KEY_FILE", str(key))
    monkeypatch.setenv("TMCWALL_SERVER_URL", f"https://{DOMAIN}:1")
    monkeypatch.setenv("TMCWALL_ALLOWED_NETWORKS", '["192.0.2.0/24"]')  # no camera is tried
    with open_workstation(data, clock=SystemClock()) as workstation:
        now = workstation.clock.utc()
        camera = Camera(
            id="CAM-1", name=f"Rumah {REPORTER}", url=f"rtsp://{HOST}/a", substream_url=f"rtsp://{DOMAIN}/b"
        )
        workstation.vault.put({"CAM-1": CameraLogins(Login(HOST, "pemilik-kamera", PASSWORD))})
        officer = partial(
            officer_rows.put,
            officer=Officer(NRP, NAME, Role.OPERATOR, "Aipda"),
            verifier=officer_rows.make_verifier(PASSWORD),
            origin=Origin.LOCAL,
            at=now,
        )
        case = Case("kasus-1", LP, "LPB123III2025", now, NRP)
        ends, note = now + timedelta(seconds=9), f"{PLATE} {REPORTER}"
        mark = Bookmark("tanda-1", "CAM-1", camera.name, now, ends, now, NRP, note)
        call = incident(reporter_name=REPORTER, reporter_phone=PHONE, text=SPOKEN[1])
        for unit in (
            partial(camera_rows.put, cameras=[camera]),
            officer,
            partial(operations.change, value=case, actor=NRP, at=now),
            partial(operations.change, value=mark, actor=NRP, at=now),
            partial(operations.change, value=call, actor=NRP, at=now),
        ):
            workstation.store.write(unit).result()
        for text in SPOKEN:
            get_logger("test").error(text, officer=NAME, detail=text, nrp=int(NRP))
        logs = workstation.paths.logs
    detail = {"cause": list(SPOKEN), "nrp": NRP}
    line = {"event": SPOKEN[0], "detail": detail, "exception": "\n".join(SPOKEN), "id": NRP}
    (logs / "engine.jsonl.1").write_text("\n".join([json.dumps(line), *SPOKEN]) + "\n")
    (logs / "tmcwall.crash.txt").write_text("\n".join(SPOKEN))
    (logs / f"{LP.replace('/', '-')}.jsonl").write_text(SPOKEN[0])
    (logs / "notes.txt").write_text(SPOKEN[1])
    return data


def unpacked(data: Path, folder: Path) -> Path:
    file = folder / "bahan.zip"
    run_doctor(data_dir=data, as_json=False, translate=ENGLISH, support_bundle=file)
    with zipfile.ZipFile(file) as bundle:
        bundle.extractall(folder / "isi")
        assert not [name for name in bundle.namelist() if any(word in name for word in PRIVATE)]
    return folder / "isi"


def found_in(folder: Path) -> dict[str, list[str]]:
    """The planted words that are found, each with the files."""
    found = {word: [path.name for path in files_with(word, folder)] for word in PRIVATE}
    return {word: files for word, files in found.items() if files}


def test_no_secret_and_nobodys_data_is_in_the_bundle(station: Path, tmp_path: Path) -> None:
    assert found_in(unpacked(station, tmp_path)) == {}


def test_the_same_holds_where_vault_and_store_cannot_be_read_and_the_log_hid_the_password(
    station: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (station / "cameras.vault").write_bytes(b"rusak")
    (station / "tmcwall.db").write_bytes(b"rusak" * 1000)
    for log in (station / "state" / "logs").iterdir():
        log.write_text(log.read_text().replace(PASSWORD, "***"))
    content = unpacked(station, tmp_path)
    assert found_in(content) == {}


def test_it_holds_findings_facts_and_logs_and_nothing_of_evidence(station: Path, tmp_path: Path) -> None:
    (station / "clips").mkdir()
    (station / "clips" / "klip.mp4").write_bytes(b"klip")
    content = unpacked(station, tmp_path)
    names = {str(path.relative_to(content)) for path in content.rglob("*") if path.is_file()}
    assert names == {
        "README.txt", "cameras.txt", "doctor.json", "facts.json",
        "logs/engine.jsonl.1", "logs/tmcwall.jsonl", "logs/tmcwall.crash.txt",
    }  # fmt: skip
    facts = json.loads((content / "facts.json").read_text())
    assert facts["settings"]["server_url"] == "set"
    assert facts["settings"]["time_zone"] == "WIB"
    assert facts["version"]
    checks = {one["check"]: one for one in json.loads((content / "doctor.json").read_text())["checks"]}
    assert checks["store"]["facts"]["counts"]["cameras"] == 1


def test_it_is_for_its_owner_and_overwrites_nothing(station: Path, tmp_path: Path) -> None:
    unpacked(station, tmp_path)
    file = tmp_path / "bahan.zip"
    before = file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(DomainError) as caught:
        run_doctor(data_dir=station, as_json=False, translate=ENGLISH, support_bundle=file)
    assert caught.value.code is DomainCode.OUTPUT_EXISTS
    assert file.read_bytes() == before


OLD_SECRETS = ("tlJwpbo6-sekarang", "tlJwpbo6-diganti", "tlJwpbo6-cadangan", "tlJwpbo6-brankas")


def test_secrets_that_stood_in_addresses_are_taken_out_whether_store_vault_custody_or_a_backup_knows_them(
    station: Path, tmp_path: Path
) -> None:
    now_secret, edited_secret, backup_secret, vault_secret = OLD_SECRETS
    address = "rtsp://10.20.30.40/user=admin_password={}_channel=1"
    with open_workstation(station, clock=SystemClock()) as workstation:
        paths, at = workstation.paths, workstation.clock.utc()
        change = FieldChange("url", address.format(edited_secret), address.format(now_secret))
        remember = partial(
            custody.append,
            actor=NRP,
            action=CustodyAction.CAMERA_EDITED,
            about="camera/CAM-1",
            at=at,
            facts=EditFacts((change,)),
        )
        workstation.store.write(remember).result()
        workstation.vault.put({"CAM-1": CameraLogins(Login(HOST, "", "", (vault_secret,)))})
    with closing(sqlite3.connect(paths.database)) as store:
        for secret in (backup_secret, now_secret):
            store.execute("UPDATE cameras SET url = ?", (address.format(secret),))
            store.commit()
            if secret == backup_secret:
                Backups(station / "backups").make(store, at=at, kind=BackupKind.DAILY)
    (paths.logs / "engine.jsonl").write_text("".join(f"server menolak {secret} lagi\n" for secret in OLD_SECRETS))
    content = unpacked(station, tmp_path)
    assert "menolak" in (content / "logs" / "engine.jsonl").read_text()
    assert [path for secret in OLD_SECRETS for path in files_with(secret, content)] == []
