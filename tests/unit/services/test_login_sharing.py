"""Sharing of camera logins at one workstation: what is asked for, what is taken, and what it waits for."""

from dataclasses import replace
from functools import partial
from uuid import UUID

import msgspec
import pytest

from tests.services_stage import camera
from tests.unit.services.test_camera_register import MemoryVault, a_list, register_with
from tmcwall.cameras.logins import CameraLogins, Login
from tmcwall.db import cameras, shared_logins
from tmcwall.db.shared_logins import Wish
from tmcwall.domain.fault import DomainCode
from tmcwall.domain.officer import Officer, Role
from tmcwall.services.camera_requests import ImportList, imported
from tmcwall.services.login_sharing import LoginSharing
from tmcwall.services.shared_logins import NotingVault, StoredLogins
from tmcwall.signatures import SigningKey
from tmcwall.sync.camera_logins import KeyBox, LoginStanding, SharedLogin
from tmcwall.sync.login_courier import LoginPlace, OpenedLogin, SharingState

ADMIN = Officer("80010010", "Dewi", Role.ADMIN)
KEY = SigningKey.new()
SHARE = UUID(int=7)
BRAGA = replace(camera("braga"), url="rtsp://10.0.0.7/main", substream_url=None)
LOGIN = CameraLogins(Login("10.0.0.7", "pengawas", "rahasia-77"))


class Vault:
    def __init__(self) -> None:
        self.logins: dict[str, CameraLogins] = {}

    def opened(self) -> "Vault":
        return self

    def can_be_locked(self) -> bool:
        return True

    def all(self) -> dict[str, CameraLogins]:
        return dict(self.logins)

    def put(self, logins: dict[str, CameraLogins]) -> None:
        self.logins |= logins

    def remove(self, camera_ids: set[str]) -> None:
        for one in camera_ids:
            self.logins.pop(one, None)


@pytest.fixture
def vault() -> Vault:
    return Vault()


@pytest.fixture
def stored(store, vault, clock):
    store.do(partial(cameras.take_list, cameras=[BRAGA], name="list", by=ADMIN, at=clock.utc()))
    return StoredLogins(store, vault, clock=clock)


def opened(version: int, logins: CameraLogins = LOGIN, *, camera_id: str = "braga") -> OpenedLogin:
    digest = "0" * 64
    login = SharedLogin(
        camera=camera_id, version=version, share=SHARE, key_digest=digest, sealed="AA==", device="d", signature=""
    )
    box = KeyBox(share=SHARE, key_digest=digest, device="e", box="AA==", sealed_by="d", signature="")
    return OpenedLogin(camera_id, version, msgspec.json.encode(logins), login, box)


def wish(store, clock, wanted=Wish.SHARE):
    store.do(partial(shared_logins.wish, camera_ids=["braga"], wanted=wanted, by=ADMIN.nrp, at=clock.utc()))


def test_a_version_that_was_taken_before_is_not_taken_again(stored, vault):
    assert stored.take([opened(5)], key=KEY) == 1
    changed = CameraLogins(Login("10.0.0.7", "pengawas", "lain"))
    assert stored.take([opened(5, changed), opened(4, changed)], key=KEY) == 0
    assert vault.all() == {"braga": LOGIN}


def test_a_login_for_another_host_than_the_camera_has_waits_and_never_comes_into_the_vault(stored, vault):
    other = CameraLogins(Login("10.0.0.66", "pengawas", "rahasia-77"))
    assert stored.take([opened(5, other)], key=KEY) == 0
    assert vault.all() == {}
    ((login, box),) = stored.waiting()
    assert (login.camera, box.device) == ("braga", "e")


def test_a_login_of_a_camera_that_has_not_come_waits_for_it(stored, vault, store, clock):
    dago = replace(BRAGA, id="dago", number=None)
    assert stored.take([opened(5, camera_id="dago")], key=KEY) == 0
    store.do(partial(cameras.take_list, cameras=[dago], name="list", by=ADMIN, at=clock.utc()))
    assert stored.take([opened(5, camera_id="dago")], key=KEY) == 1
    assert vault.all() == {"dago": LOGIN}
    assert not stored.waiting()


def test_what_is_to_be_shared_from_here_is_not_replaced_by_what_comes(stored, vault, store, clock):
    vault.put({"braga": LOGIN})
    wish(store, clock)
    assert stored.take([opened(5, CameraLogins(Login("10.0.0.7", "x", "y")))], key=KEY) == 0
    (outgoing,) = stored.wanted(key=KEY).share
    assert vault.all() == {"braga": LOGIN}
    assert outgoing.version > 5


def test_the_login_that_is_shared_already_is_not_shared_again(stored, vault, store, clock):
    stored.take([opened(5)], key=KEY)
    wish(store, clock)
    assert not stored.wanted(key=KEY).share
    assert not stored.has_wishes()


def test_logins_for_hosts_that_the_camera_does_not_have_are_not_shared(stored, vault, store, clock):
    vault.put({"braga": CameraLogins(Login("10.0.0.66", "pengawas", "rahasia-77"))})
    wish(store, clock)
    assert not stored.wanted(key=KEY).share


def test_a_restored_server_is_offered_what_was_shared_from_here_unless_it_has_it(stored, vault, store, clock):
    vault.put({"braga": LOGIN})
    wish(store, clock)
    wanted = stored.wanted(key=KEY)
    stored.done(wanted.share, (), key=KEY)
    stored.put_position(LoginPlace(9, "one"))

    stored.begin_again()
    assert stored.position() == LoginPlace()
    assert [one.camera for one in stored.wanted(key=KEY).share] == ["braga"]

    stored.take([opened(wanted.share[0].version)], key=KEY)
    assert not stored.has_wishes()


def test_a_login_that_is_changed_or_removed_in_the_register_is_shared_again_or_taken_back(stored, vault, store, clock):
    noting = NotingVault(vault, store, clock=clock)
    noting.put({"braga": LOGIN})
    assert not stored.has_wishes()
    stored.take([opened(5)], key=KEY)

    changed = CameraLogins(Login("10.0.0.7", "pengawas", "lain"))
    assert noting.can_be_locked()
    noting.opened().put({"braga": changed})
    assert [one.camera for one in stored.wanted(key=KEY).share] == ["braga"]

    noting.remove({"braga"})
    assert stored.wanted(key=KEY).end == ["braga"]
    assert noting.all() == {}


def test_passwords_stand_in_no_text_of_what_is_carried(stored, vault, store, clock):
    vault.put({"braga": LOGIN})
    wish(store, clock)
    assert "rahasia" not in repr((opened(5), stored.wanted(key=KEY)))


@pytest.fixture
def sharing(qapp, store, duty, clock):
    duty.officer = ADMIN
    sharing = LoginSharing(configured=True, store=store, duty=duty, clock=clock)
    sharing.start()
    yield sharing
    sharing.stop()


def test_what_an_officer_wants_shared_is_kept_until_the_server_has_it(sharing, stored, store, qtbot):
    with qtbot.waitSignals([sharing.wished, sharing.changed]):
        sharing.share(["braga"])
    assert sharing.here.wishes == {"braga": Wish.SHARE}
    with qtbot.waitSignals([sharing.wished, sharing.changed]):
        sharing.take_back(["braga"])
    assert sharing.here.wishes == {"braga": Wish.END}


def test_who_may_not_change_cameras_shares_no_login(sharing, duty, qtbot):
    duty.officer = replace(ADMIN, role=Role.OPERATOR)
    with qtbot.waitSignal(sharing.refused) as refused:
        sharing.share(["braga"])
    assert refused.args[0].code is DomainCode.NOT_ALLOWED


def test_what_the_server_says_is_told_in_the_thread_of_the_screen(sharing, stored, qtbot):
    state = SharingState(LoginStanding(cameras=1, have=("Meja 1",)))
    stored.take([opened(5)], key=KEY)
    with qtbot.waitSignals([sharing.changed, sharing.changed]):
        sharing.tell(state)
    assert sharing.configured
    assert sharing.state == state
    assert sharing.here.shared == {"braga"}


@pytest.mark.parametrize(("dry_run", "wished"), [(False, {"CAM-1"}), (True, set())])
def test_a_list_may_be_taken_in_with_its_logins_to_be_shared(store, vault, clock, tmp_path, dry_run, wished):
    register = register_with(store, MemoryVault(), clock)
    listed = a_list(tmp_path, "CAM-1,Kamera 1,rtsp://pengawas:rahasia@10.0.0.1/1")
    request = ImportList(str(listed), dry_run, share_logins=True)
    imported(register, store, clock, request, by=ADMIN)
    assert store.do(shared_logins.wishes).keys() == wished
