"""The vault: logins in one encrypted file, no key beside it, and no doubt about a byte."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tmcwall.cameras.keystore import SystemKeyring, system_keyring
from tmcwall.cameras.logins import CameraLogins, Login
from tmcwall.cameras.vault import Vault, VaultOnDemand, open_vault
from tmcwall.domain.camera import Profile
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.paths import Paths
from tmcwall.settings import Settings

CANARY = "r4h@s14-kamera"
LOGINS = {
    "CAM-1": CameraLogins(main=Login("10.0.0.1", "operator", CANARY)),
    "CAM-2": CameraLogins(main=Login("10.0.0.2", "admin", "kata:sandi/é"), sub=Login("10.0.0.3", "lain", "x")),
}


class MemoryKeyring:
    """A back-end in memory, under the name of one that is trusted."""

    priority = 0

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[f"{service}/{username}"] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[f"{service}/{username}"]


class CutsLongSecrets(MemoryKeyring):
    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password[:32])


class Refuses(MemoryKeyring):
    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError(f"cannot keep {password}")


def trusted(backend: type[MemoryKeyring]) -> MemoryKeyring:
    return type(backend.__name__, (backend,), {"__module__": "keyring.backends.SecretService"})()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path


@pytest.fixture
def key_file(folder: Path) -> Path:
    path = folder / "kunci" / "tmcwall.key"
    path.parent.mkdir()
    path.write_bytes(bytes(range(48)))
    path.chmod(0o600)
    return path


def opened(folder: Path, *, key_file: Path | None = None, keyring=None, passphrase: str | None = None) -> Vault:
    return open_vault(
        folder / "data" / "cameras.vault",
        key_file=key_file,
        keyring=lambda: system_keyring([keyring] if keyring else []),
        passphrase=lambda: passphrase,
    )


def refusal(folder: Path, code: FaultCode = FaultCode.VAULT_UNAVAILABLE, **how) -> str:
    with pytest.raises(Fault) as caught:
        opened(folder, **how)
    assert caught.value.code is code
    return caught.value.detail


def set_aside_in(folder: Path) -> list[Path]:
    return sorted((folder / "data").glob("cameras.vault.lost-*"))


def test_logins_come_back_with_the_same_key_file(folder: Path, key_file: Path) -> None:
    opened(folder, key_file=key_file).put(LOGINS)
    assert opened(folder, key_file=key_file).all() == LOGINS


def test_logins_come_back_with_the_same_passphrase_and_no_other(folder: Path) -> None:
    opened(folder, passphrase="delapan belas huruf").put(LOGINS)
    assert opened(folder, passphrase="delapan belas huruf").all() == LOGINS
    assert "the key is another" in refusal(folder, passphrase="delapan belas hurup")
    assert "none was given" in refusal(folder)


def test_the_key_in_the_system_keyring_opens_the_vault(folder: Path) -> None:
    ring = trusted(MemoryKeyring)
    opened(folder, keyring=ring).put(LOGINS)
    assert opened(folder, keyring=ring).all() == LOGINS
    assert len(ring.kept) == 1, "the probe is gone"
    assert "does not have" in refusal(folder, FaultCode.VAULT_LOST, keyring=trusted(MemoryKeyring))
    assert "none here" in refusal(folder)


def test_a_key_file_that_is_named_is_preferred_to_the_keyring(folder: Path, key_file: Path) -> None:
    assert opened(folder, key_file=key_file, keyring=trusted(MemoryKeyring))._header.key == "key file"


def test_without_any_safe_place_there_is_no_vault(folder: Path) -> None:
    refusal(folder)
    assert not (folder / "data" / "cameras.vault").exists()


@pytest.mark.parametrize("backend", [CutsLongSecrets, Refuses])
def test_a_keyring_that_fails_with_a_real_sized_secret_is_refused(folder: Path, backend: type[MemoryKeyring]) -> None:
    detail = refusal(folder, keyring=trusted(backend))
    assert "keyring" in detail
    assert not (folder / "data" / "cameras.vault").exists()


def test_a_plaintext_keyring_is_no_keyring() -> None:
    plain = type("PlaintextKeyring", (MemoryKeyring,), {"__module__": "keyrings.alt.file", "priority": 99})()
    assert system_keyring([plain]) is None


def test_a_key_file_beside_the_vault_is_refused(folder: Path, key_file: Path) -> None:
    beside = folder / "data" / "sub" / "key"
    beside.parent.mkdir()
    beside.write_bytes(key_file.read_bytes())
    beside.chmod(0o600)
    link = folder / "link"
    link.symlink_to(beside)
    assert "outside" in refusal(folder, key_file=beside)
    assert "outside" in refusal(folder, key_file=link)


def test_a_key_file_that_everybody_may_read_or_that_is_short_is_refused(folder: Path, key_file: Path) -> None:
    key_file.chmod(0o644)
    assert "chmod 600" in refusal(folder, key_file=key_file)
    key_file.chmod(0o600)
    key_file.write_bytes(b"pendek")
    assert "random bytes" in refusal(folder, key_file=key_file)
    assert "No such file" in refusal(folder, key_file=folder / "tiada")


def test_a_short_passphrase_is_refused(folder: Path) -> None:
    assert "12 characters" in refusal(folder, passphrase="pendek")


def test_the_file_shows_no_login_and_is_for_its_owner_only(folder: Path, key_file: Path) -> None:
    opened(folder, key_file=key_file).put(LOGINS)
    path = folder / "data" / "cameras.vault"
    content = path.read_bytes()
    for word in (CANARY, "operator", "CAM-1", "10.0.0.1"):
        assert word.encode() not in content
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, bytes]:
    folder = tmp_path_factory.mktemp("sealed")
    key = folder / "key"
    key.write_bytes(bytes(range(48)))
    key.chmod(0o600)
    path = folder / "data" / "cameras.vault"
    open_vault(path, key_file=key, keyring=lambda: None).put(LOGINS)
    return path, key, path.read_bytes()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_altered_byte_anywhere_is_refused(sealed: tuple[Path, Path, bytes], data: st.DataObject) -> None:
    path, key, good = sealed
    place = data.draw(st.integers(0, len(good) - 1))
    flip = data.draw(st.integers(1, 255))
    path.write_bytes(good[:place] + bytes([good[place] ^ flip]) + good[place + 1 :])
    with pytest.raises(Fault) as caught:
        open_vault(path, key_file=key, keyring=lambda: None)
    assert caught.value.code in {FaultCode.VAULT_LOST, FaultCode.VAULT_UNAVAILABLE}
    path.write_bytes(good)
    assert open_vault(path, key_file=key, keyring=lambda: None).all() == LOGINS


@pytest.mark.parametrize("length", [0, 1, 40, 150, -1])
def test_a_vault_that_was_cut_short_is_refused_and_left_alone(sealed: tuple[Path, Path, bytes], length: int) -> None:
    path, key, good = sealed
    path.write_bytes(good[:length])
    with pytest.raises(Fault):
        open_vault(path, key_file=key, keyring=lambda: None)
    assert path.read_bytes() == good[:length]
    path.write_bytes(good)


def test_a_login_that_is_removed_is_gone(folder: Path, key_file: Path) -> None:
    vault = opened(folder, key_file=key_file)
    vault.put(LOGINS)
    vault.remove({"CAM-1"})
    assert set(opened(folder, key_file=key_file).all()) == {"CAM-2"}


def test_a_login_goes_to_its_own_host_only() -> None:
    logins = CameraLogins(main=Login("10.0.0.1", "operator", CANARY))
    assert logins.for_stream(Profile.MAIN, "rtsp://10.0.0.1:554/a") == logins.main
    assert logins.for_stream(Profile.SUB, "rtsp://10.0.0.1/sub") == logins.main
    assert logins.for_stream(Profile.MAIN, "rtsp://10.0.0.9/a") is None


def test_a_login_never_shows_its_password() -> None:
    assert CANARY not in repr(LOGINS)
    assert "operator" not in repr(LOGINS)


def test_the_installations_vault_is_opened_when_it_is_needed_and_tells_the_log_what_to_hide(
    folder: Path, key_file: Path
) -> None:
    learned: set[str] = set()
    paths = Paths.under(folder / "data")
    on_demand = VaultOnDemand(Settings(vault_key_file=key_file), paths, learned=learned.update)
    assert on_demand.all() == {}
    assert not paths.vault.exists()
    on_demand.put(LOGINS)
    assert VaultOnDemand(Settings(vault_key_file=key_file), paths).all() == LOGINS
    assert learned == {CANARY, "kata:sandi/é", "x"}


def test_without_a_vault_file_no_key_is_asked_for(folder: Path) -> None:
    assert VaultOnDemand(Settings(vault_key_file=folder / "tiada"), Paths.under(folder / "data")).all() == {}


def test_an_import_goes_on_without_a_vault_where_nothing_can_lock_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tmcwall.cameras.vault.system_keyring", lambda: None)
    assert VaultOnDemand(Settings(), Paths.under(folder / "data")).opened() is None


def test_a_named_key_file_that_is_unfit_stops_an_import(folder: Path) -> None:
    with pytest.raises(Fault):
        VaultOnDemand(Settings(vault_key_file=folder / "tiada"), Paths.under(folder / "data")).opened()


def test_the_first_trusted_keyring_by_priority_is_taken() -> None:
    low, high = trusted(MemoryKeyring), trusted(MemoryKeyring)
    type(low).priority, type(high).priority = 1, 5
    ring = system_keyring([low, high])
    assert isinstance(ring, SystemKeyring)
    ring.put("x", "y")
    assert high.kept
    assert not low.kept


class Locked(MemoryKeyring):
    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("locked")


def test_a_key_that_the_keyring_gives_back_altered_is_lost(folder: Path) -> None:
    ring = trusted(MemoryKeyring)
    opened(folder, keyring=ring).put(LOGINS)
    for altered in ("not base 64!", "AAAA"):
        ring.kept = dict.fromkeys(ring.kept, altered)
        assert "something else" in refusal(folder, FaultCode.VAULT_LOST, keyring=ring)


def test_a_key_file_that_is_named_on_a_machine_without_keyring_takes_the_place_of_the_old_key(
    folder: Path, key_file: Path
) -> None:
    opened(folder, keyring=trusted(MemoryKeyring)).put(LOGINS)
    assert "takes its place" in refusal(folder, FaultCode.VAULT_LOST, key_file=key_file)


def test_another_key_file_and_an_altered_vault_are_lost_for_good(folder: Path, key_file: Path) -> None:
    opened(folder, key_file=key_file).put(LOGINS)
    path = folder / "data" / "cameras.vault"
    good = path.read_bytes()
    path.write_bytes(good[:-1])
    assert "altered" in refusal(folder, FaultCode.VAULT_LOST, key_file=key_file)
    path.write_bytes(good)
    key_file.write_bytes(bytes(48))
    assert "another" in refusal(folder, FaultCode.VAULT_LOST, key_file=key_file)


def test_a_lost_vault_is_set_aside_whole_told_once_and_begun_anew(folder: Path, key_file: Path) -> None:
    paths, settings = Paths.under(folder / "data"), Settings(vault_key_file=key_file)
    VaultOnDemand(settings, paths).put(LOGINS)
    content = paths.vault.read_bytes()
    key_file.write_bytes(bytes(48))
    told = []
    vault = VaultOnDemand(settings, paths, lost=told.append)
    with pytest.raises(Fault) as caught:
        vault.all()
    assert caught.value.code is FaultCode.VAULT_LOST
    (kept,) = set_aside_in(folder)
    assert [one.file for one in told] == [kept]
    assert kept.read_bytes() == content
    assert vault.all() == {}
    vault.put(LOGINS)
    assert VaultOnDemand(settings, paths).all() == LOGINS
    assert set_aside_in(folder) == [kept]


def test_a_vault_that_is_altered_while_it_is_in_use_is_set_aside_too(folder: Path, key_file: Path) -> None:
    paths = Paths.under(folder / "data")
    vault = VaultOnDemand(Settings(vault_key_file=key_file), paths)
    vault.put(LOGINS)
    paths.vault.write_bytes(paths.vault.read_bytes() + b"x")
    with pytest.raises(Fault):
        vault.put(LOGINS)
    vault.put(LOGINS)
    assert vault.all() == LOGINS


@pytest.mark.parametrize("keyring", [None, Locked], ids=["no keyring", "locked keyring"])
def test_a_vault_whose_keyring_is_out_of_reach_for_now_stays_where_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch, keyring: type[MemoryKeyring] | None
) -> None:
    opened(folder, keyring=trusted(MemoryKeyring)).put(LOGINS)
    backends = [trusted(keyring)] if keyring else []
    monkeypatch.setattr("tmcwall.cameras.vault.system_keyring", lambda: system_keyring(backends))
    for ask in (VaultOnDemand.all, VaultOnDemand.opened):
        with pytest.raises(Fault) as caught:
            ask(VaultOnDemand(Settings(), Paths.under(folder / "data")))
        assert caught.value.code is FaultCode.VAULT_UNAVAILABLE
    assert (folder / "data" / "cameras.vault").exists()
    assert set_aside_in(folder) == []


def test_a_vault_whose_key_file_cannot_be_read_stays_where_it_is(folder: Path, key_file: Path) -> None:
    paths, settings = Paths.under(folder / "data"), Settings(vault_key_file=key_file)
    VaultOnDemand(settings, paths).put(LOGINS)
    key_file.rename(key_file.with_name("dicabut"))
    with pytest.raises(Fault) as caught:
        VaultOnDemand(settings, paths).all()
    assert caught.value.code is FaultCode.VAULT_UNAVAILABLE
    assert set_aside_in(folder) == []


def test_a_key_that_another_keyring_of_this_machine_has_is_found(folder: Path) -> None:
    first, second, broken = trusted(MemoryKeyring), trusted(MemoryKeyring), trusted(Locked)
    opened(folder, keyring=first).put(LOGINS)
    type(first).priority, type(second).priority, type(broken).priority = 1, 5, 3
    ring = system_keyring([first, second, broken])
    assert open_vault(folder / "data" / "cameras.vault", key_file=None, keyring=lambda: ring).all() == LOGINS


def test_another_keyring_that_fails_does_not_keep_a_lost_key_alive(folder: Path) -> None:
    opened(folder, keyring=trusted(MemoryKeyring)).put(LOGINS)
    best, broken = trusted(MemoryKeyring), trusted(Locked)
    type(best).priority, type(broken).priority = 5, 3
    with pytest.raises(Fault) as caught:
        open_vault(folder / "data" / "cameras.vault", key_file=None, keyring=lambda: system_keyring([best, broken]))
    assert caught.value.code is FaultCode.VAULT_LOST
