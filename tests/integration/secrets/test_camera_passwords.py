"""Row R11: a password, however odd, goes from a list through the vault and the engine into a camera, or is refused."""

import io
from contextlib import ExitStack
from urllib.parse import quote

import pytest

from tests.city_in_a_thread import SimServer
from tests.integration.video.city_town import QUICK_ENGINE
from tests.integration.video.engine_process import EngineProcess
from tests.waiting import until
from tmcwall.cameras.importing import import_cameras
from tmcwall.cameras.keystore import system_keyring
from tmcwall.cameras.list_reader import RowReason, read_list
from tmcwall.cameras.vault import open_vault
from tmcwall.domain.address import AddressRule
from tmcwall.rtsp.auth import Scheme, Verifier
from tmcwall.services.sources import source_of
from tmcwall.sim.library import ClipLibrary
from tmcwall.sim.server import SimCamera

pytest_plugins = ["tests.cameras"]

PASSWORDS = ["@:/#%?&=+ \"'\\", "100%25%40", "Grüße-Çağ-Ñ", "kata-ꦱꦤ꧀ꦢꦶ-密码", "x" * 126 + "#"]
"""Signs that mean something in an address, or in its percents; letters of other scripts; as long as may be."""


class Store:
    def __init__(self):
        self.kept = {}

    def cameras(self):
        return self.kept

    def removed(self) -> set[str]:
        return set()

    def put(self, cameras):
        self.kept |= {camera.id: camera for camera in cameras}


@pytest.fixture
def vault(tmp_path):
    (tmp_path / "data").mkdir()
    key = tmp_path / "kunci"
    key.write_bytes(bytes(range(48)))
    key.chmod(0o600)
    return open_vault(
        tmp_path / "data" / "cameras.vault", key_file=key, keyring=lambda: system_keyring([]), passphrase=lambda: None
    )


def imported(vault, ports: list[int], passwords: list[str]):
    """The report, the cameras and their logins as the vault gives them back."""
    rows = "".join(
        f"c{number},rtsp://petugas:{quote(password, safe='')}@127.0.0.1:{port}/cam/sub\n"
        for number, (port, password) in enumerate(zip(ports, passwords, strict=True))
    )
    store = Store()
    rule = AddressRule.of(["10.0.0.0/8"], loopback=True)
    report = import_cameras(read_list(io.StringIO("id,url\n" + rows), rule=rule), store=store, vault=vault)
    return report, store.kept, vault.all()


@pytest.mark.parametrize("scheme", [Scheme.BASIC, Scheme.DIGEST_MD5, Scheme.DIGEST_SHA256], ids=lambda s: s.name)
def test_passwords_of_a_list_open_their_cameras_as_they_stand(tiny_clip, tmp_path, vault, scheme):
    with ExitStack() as stack:
        servers = [
            stack.enter_context(
                SimServer(
                    [SimCamera("cam", "clip")],
                    ClipLibrary(tiny_clip),
                    verifier=Verifier("petugas", password, schemes=(scheme,)),
                )
            )
            for password in PASSWORDS
        ]
        report, cameras, logins = imported(vault, [server.port for server in servers], PASSWORDS)
        assert (report.added, list(report.problems)) == (len(PASSWORDS), [])
        assert [logins[name].main.password for name in sorted(cameras)] == PASSWORDS
        assert not any("petugas" in known.url for known in cameras.values())
        engine = stack.enter_context(EngineProcess(tmp_path / "recordings", program=QUICK_ENGINE))
        engine.set_cameras(*(source_of(cameras[name], logins[name]) for name in sorted(cameras)))
        for tile, name in enumerate(sorted(cameras)):
            engine.show(name, tile=tile)
        until(lambda: all(engine.pictures(tile) > 0 for tile in range(len(PASSWORDS))))
        assert {server.control.ledger("cam").connections for server in servers} == {1}


@pytest.mark.parametrize("password", ["x" * 128, "y" * 200, "ü" * 64], ids=["128", "200", "64 umlauts"])
def test_a_password_that_cameras_would_cut_is_refused_at_entry(vault, password):
    report, cameras, logins = imported(vault, [8554], [password])
    assert [problem.reason for problem in report.problems] == [RowReason.LOGIN_TOO_LONG]
    assert cameras == logins == {}
