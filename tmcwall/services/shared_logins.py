"""Vault and store of one workstation, as the courier of shared logins sees them. No Qt: from any thread."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Final, Protocol, TypeVar

import msgspec

from tmcwall.cameras.logins import CameraLogins, LoginBook, host_of
from tmcwall.db import cameras, shared_logins
from tmcwall.db.shared_logins import Known, Wish
from tmcwall.db.store import Session
from tmcwall.domain.camera import Camera
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import SYSTEM
from tmcwall.log import get_logger
from tmcwall.services.future_dispatcher import StoreProtocol, settled
from tmcwall.signatures import SigningKey
from tmcwall.sync.camera_logins import KeyBox, SharedLogin
from tmcwall.sync.login_courier import LoginPlace, OpenedLogin, Outgoing, Wanted

log = get_logger(__name__)

T = TypeVar("T")

_LOGINS: Final = msgspec.json.Decoder(CameraLogins)


class Vault(LoginBook, Protocol):
    """`cameras.vault.VaultOnDemand`."""

    def opened(self) -> LoginBook | None: ...
    def can_be_locked(self) -> bool: ...


class StoredLogins:
    """`sync.login_courier.LoginStore`."""

    def __init__(self, store: StoreProtocol, vault: LoginBook, *, clock: Clock) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock

    def position(self) -> LoginPlace:
        return LoginPlace(*self._read(shared_logins.position))

    def put_position(self, place: LoginPlace) -> None:
        self._write(partial(shared_logins.put_position, place=place.place, epoch=place.epoch))

    def begin_again(self) -> None:
        self._write(partial(shared_logins.begin_again, at=self._clock.utc()))

    def waiting(self) -> Sequence[tuple[SharedLogin, KeyBox]]:
        kept = self._read(shared_logins.known).values()
        return [
            (SharedLogin.model_validate(one.waiting["login"]), KeyBox.model_validate(one.waiting["box"]))
            for one in kept
            if one.waiting is not None
        ]

    def take(self, opened: Sequence[OpenedLogin], *, key: SigningKey) -> int:
        """What is to be shared from here itself is not replaced: that is newer than what came."""
        ids = [one.camera for one in opened]
        known, wishes = self._read(partial(shared_logins.known, camera_ids=ids)), self._read(shared_logins.wishes)
        here = self._cameras(ids)
        taken: dict[str, CameraLogins] = {}
        entries, had = [], []
        for one in opened:
            before = known.get(one.camera)
            if before is not None and before.version == one.version and wishes.get(one.camera) is Wish.RESTORE:
                had.append(one.camera)
            waits = before is not None and before.waiting is not None and before.version == one.version
            if before is not None and one.version < before.version + (not waits):
                continue
            logins = logins_for(here.get(one.camera), one.plain)
            if logins is None and waits:
                continue
            if logins is None:
                message = {"login": one.sealed.model_dump(mode="json"), "box": one.box.model_dump(mode="json")}
                entries.append(Known(one.camera, one.version, "", shared_here=False, ended=False, waiting=message))
                log.info("shared_login_waits", camera=one.camera, cause="host" if one.camera in here else "camera")
                continue
            mark = mark_of(one.plain, camera=one.camera, key=key)
            entries.append(Known(one.camera, one.version, mark, shared_here=False, ended=False, waiting=None))
            if wishes.get(one.camera) in {None, Wish.RESTORE}:
                taken[one.camera] = logins
        if taken:
            self._vault.put(taken)

        def keep(session: Session) -> None:
            shared_logins.keep(session, entries)
            shared_logins.drop_wishes(session, [*taken, *had])

        if entries or had:
            self._write(keep)
        return len(taken)

    def ended(self, cameras: Collection[str]) -> None:
        if cameras:
            self._write(partial(shared_logins.end, camera_ids=cameras))

    def has_wishes(self) -> bool:
        return bool(self._read(shared_logins.wishes))

    def wanted(self, *, key: SigningKey) -> Wanted:
        """Of cameras that have no login here, or the one that is shared already, the wish is fulfilled."""
        wishes = self._read(shared_logins.wishes)
        ended = [camera for camera, wish in wishes.items() if wish is Wish.END]
        asked = wishes.keys() - set(ended)
        here = self._cameras(asked)
        known = self._read(partial(shared_logins.known, camera_ids=asked))
        vault: Mapping[str, CameraLogins] = self._vault.all() if asked else {}
        outgoing, nothing_to_do = [], []
        for camera in sorted(asked):
            plain = plain_of(here.get(camera), vault.get(camera))
            before = known.get(camera)
            is_shared = before is not None and not before.ended and wishes[camera] is not Wish.RESTORE
            if plain is None or (
                is_shared and before is not None and before.mark == mark_of(plain, camera=camera, key=key)
            ):
                nothing_to_do.append(camera)
                continue
            version = max(0 if before is None else before.version + 1, self._now_ms())
            outgoing.append(Outgoing(camera, version, plain))
        if nothing_to_do:
            self._write(partial(shared_logins.drop_wishes, camera_ids=nothing_to_do))
        return Wanted(outgoing, ended)

    def done(self, shared: Sequence[Outgoing], ended: Collection[str], *, key: SigningKey) -> None:
        entries = [
            Known(
                one.camera,
                one.version,
                mark_of(one.plain, camera=one.camera, key=key),
                shared_here=True,
                ended=False,
                waiting=None,
            )
            for one in shared
        ]

        def keep(session: Session) -> None:
            shared_logins.keep(session, entries)
            shared_logins.end(session, ended)
            shared_logins.drop_wishes(session, [*(one.camera for one in shared), *ended])

        self._write(keep)

    def _cameras(self, camera_ids: Collection[str]) -> Mapping[str, Camera]:
        wanted = set(camera_ids)
        found = self._read(cameras.every_camera) if wanted else ()
        return {camera.id: camera for camera in found if camera.id in wanted}

    def _now_ms(self) -> int:
        """A workstation that has not heard of the newest version makes a newer one all the same."""
        return max(int(self._clock.utc().timestamp() * 1000), 1)

    def _read(self, unit: Callable[[Session], T]) -> T:
        return settled(self._store.read(unit))

    def _write(self, unit: Callable[[Session], T]) -> T:
        return settled(self._store.write(unit))


class NotingVault:
    """The vault for the register of cameras: what is changed in it of a shared login is to be shared again."""

    def __init__(self, vault: Vault, store: StoreProtocol, *, clock: Clock) -> None:
        self._vault = vault
        self._store = store
        self._clock = clock

    def opened(self) -> LoginBook | None:
        return self if self._vault.opened() is not None else None

    def can_be_locked(self) -> bool:
        return self._vault.can_be_locked()

    def all(self) -> dict[str, CameraLogins]:
        return self._vault.all()

    def put(self, logins: dict[str, CameraLogins]) -> None:
        self._vault.put(logins)
        self._note(logins.keys(), Wish.SHARE_AGAIN)

    def remove(self, camera_ids: set[str]) -> None:
        self._vault.remove(camera_ids)
        self._note(camera_ids, Wish.END)

    def _note(self, camera_ids: Collection[str], wanted: Wish) -> None:
        at = self._clock.utc()
        note = partial(
            shared_logins.wish_again_if_shared, camera_ids=tuple(camera_ids), wanted=wanted, by=SYSTEM, at=at
        )
        settled(self._store.write(note))


def plain_of(camera: Camera | None, logins: CameraLogins | None) -> bytes | None:
    """What is sealed of a camera: the logins for the hosts of its addresses, and of no others. None: there are none."""
    if camera is None or logins is None:
        return None
    main, sub = (
        login if login is not None and url is not None and login.host == host_of(url) else None
        for login, url in ((logins.main, camera.url), (logins.sub, camera.substream_url))
    )
    return msgspec.json.encode(CameraLogins(main, sub)) if main is not None or sub is not None else None


def logins_for(camera: Camera | None, plain: bytes) -> CameraLogins | None:
    """What was sealed, if that camera is here and each login is for the host of its address."""
    try:
        logins = _LOGINS.decode(plain)
    except msgspec.MsgspecError:
        return None
    return logins if camera is not None and plain_of(camera, logins) == msgspec.json.encode(logins) else None


def mark_of(plain: bytes, *, camera: str, key: SigningKey) -> str:
    """Tells whoever has the device's key whether a login is the same; to others it tells nothing of it."""
    secret = hashlib.sha256(b"tmcwall/login-mark/1\n" + key.secret.encode()).digest()
    return hmac.new(secret, camera.encode() + b"\n" + plain, hashlib.sha256).hexdigest()
