"""Takes logins of cameras that other workstations share, shares those of this one, and seals for newly enrolled ones.

A login is nowhere here in clear but in memory, between the vault and what is sealed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, NamedTuple, Protocol, TypeVar
from uuid import UUID, uuid4

import httpx2

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.log import get_logger
from tmcwall.sealed_boxes import ShareKey
from tmcwall.signatures import SigningKey
from tmcwall.sync.camera_logins import (
    MAX_BOXES,
    MAX_SHARED,
    EndedLogins,
    KeyBox,
    KeyBoxes,
    LoginPage,
    LoginShare,
    LoginShareReceipt,
    LoginStanding,
    MissingBox,
    SharedLogin,
    TakenShares,
    signed_box,
    signed_login,
)
from tmcwall.sync.connection import Connection, Refused, check_reply, parse_reply
from tmcwall.sync.enrolment import EnrolledDevice
from tmcwall.sync.protocol import Message
from tmcwall.sync.register import Register

log = get_logger(__name__)

T = TypeVar("T")

_JSON: Final = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class OpenedLogin:
    """A login that was opened; `plain` is what its workstation has sealed."""

    camera: str
    version: int
    plain: bytes
    sealed: SharedLogin
    box: KeyBox

    def __repr__(self) -> str:
        return f"OpenedLogin(camera={self.camera!r}, version={self.version})"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A login of this workstation that is to be shared."""

    camera: str
    version: int
    plain: bytes

    def __repr__(self) -> str:
        return f"Outgoing(camera={self.camera!r}, version={self.version})"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody here wants shared or taken back, as far as it is not done."""

    share: Sequence[Outgoing] = ()
    end: Sequence[str] = ()


class LoginPlace(NamedTuple):
    """Up to where the server's logins were read, and of which epoch of its order; empty before the first."""

    place: int = 0
    epoch: str = ""


class LoginStore(Protocol):
    """Vault and store of this workstation. Every method waits, and may raise Fault(STORE_*, VAULT_*)."""

    def position(self) -> LoginPlace: ...

    def begin_again(self) -> None:
        """The server was put back."""
        ...

    def waiting(self) -> Sequence[tuple[SharedLogin, KeyBox]]:
        """What came and could not be used yet."""
        ...

    def take(self, opened: Sequence[OpenedLogin], *, key: SigningKey) -> int:
        """Into the vault, those that are newer and whose camera has the host that they are for; how many."""
        ...

    def ended(self, cameras: Collection[str]) -> None: ...

    def put_position(self, place: LoginPlace) -> None: ...

    def has_wishes(self) -> bool: ...

    def wanted(self, *, key: SigningKey) -> Wanted: ...

    def done(self, shared: Sequence[Outgoing], ended: Collection[str], *, key: SigningKey) -> None: ...


@dataclass(frozen=True, slots=True)
class SharingState:
    """How the sharing of logins stands, as far as this workstation knows."""

    standing: LoginStanding | None = None
    """None: the server has not been asked yet, or is of an earlier version."""
    refused: bool = False
    """Something is to be shared from here, and the officer who is signed in may not."""
    vault_away: bool = False
    """The vault is out of reach, so nothing can be taken or shared."""


class LoginCourier:
    """`sync.couriers.Courier`. The vault is opened in a thread, for a keyring may ask somebody."""

    def __init__(
        self,
        store: LoginStore,
        *,
        device: Callable[[], EnrolledDevice],
        register: Callable[[], Register],
        clock: Clock,
        on_state: Callable[[SharingState], None] = lambda _: None,
        on_taken: Callable[[], None] = lambda: None,
        every_s: float = 60.0,
    ) -> None:
        """`on_state` and `on_taken` (the vault has other logins now) are called in the client's thread."""
        self._store = store
        self._device = device
        self._register = register
        self._clock = clock
        self._on_state = on_state
        self._on_taken = on_taken
        self._every_ns = int(every_s * 1e9)
        self._asked_ns: int | None = None
        self._state = SharingState()
        self._refused_token = ""

    async def deliver(self, connection: Connection, token: str) -> None:
        now_ns = self._clock.monotonic_ns()
        due = self._asked_ns is None or now_ns - self._asked_ns >= self._every_ns
        wishes = self._refused_token != token and self._store.has_wishes()
        if not due and not wishes:
            return
        self._asked_ns = now_ns
        try:
            await self._round(connection, token)
            self._tell(replace(self._state, vault_away=False))
        except Refused as refused:
            if refused.status == 401 or refused.retryable:
                raise
            # An older server has no place for it.
            log.info("camera_logins_not_exchanged", status=refused.status, reason=refused.reason)
        except Fault as fault:
            if fault.code not in {FaultCode.VAULT_UNAVAILABLE, FaultCode.VAULT_LOST, FaultCode.DEVICE_NOT_ENROLLED}:
                raise
            log.info("camera_logins_not_exchanged", code=fault.code)
            self._tell(replace(self._state, vault_away=True))

    async def _round(self, connection: Connection, token: str) -> None:
        device = await asyncio.to_thread(self._device)
        page = await self._read(connection, token, device)
        sealed = await self._seal(connection, token, device, page)
        if await self._share(connection, token, device) or sealed:
            page = await self._page(connection, token, self._store.position().place)
        self._tell(replace(self._state, standing=page.standing))

    async def _page(self, connection: Connection, token: str, after: int) -> LoginPage:
        return await connection.get("/camera-logins", LoginPage, token=token, params={"after": after})

    async def _read(self, connection: Connection, token: str, device: EnrolledDevice) -> LoginPage:
        """Everything that is new; returns the last page."""
        waiting = self._store.waiting()
        if waiting:
            opened, _, _ = self._opened([one for one, _ in waiting], [box for _, box in waiting], device)
            await self._take(opened, device)
        while True:
            known = self._store.position()
            page = await self._page(connection, token, known.place)
            if known.place and (page.up_to < known.place or page.epoch != known.epoch):
                self._store.begin_again()
                continue
            opened, good, bad = self._opened(page.logins, page.boxes, device)
            await self._take(opened, device)
            self._store.ended(page.ended)
            if good or bad:
                await _send(connection, token, "/camera-logins/taken", TakenShares(opened=good, unopened=bad))
            reached = LoginPlace(page.up_to, page.epoch)
            if reached != known:
                self._store.put_position(reached)
            if not page.more:
                return page

    async def _take(self, opened: Sequence[OpenedLogin], device: EnrolledDevice) -> None:
        if not opened:
            return
        taken = await asyncio.to_thread(partial(self._store.take, opened, key=device.key))
        if taken:
            self._on_taken()

    def _opened(
        self, logins: Sequence[SharedLogin], boxes: Iterable[KeyBox], device: EnrolledDevice
    ) -> tuple[list[OpenedLogin], tuple[UUID, ...], tuple[UUID, ...]]:
        """What opens, and of which shares the key does and does not. What no enrolled desk has signed does not."""
        register, opened = self._register(), []
        keys = _keys(boxes, {one.share for one in logins}, device=device, register=register)
        for one in logins:
            key, box = keys.get(one.share) or (None, None)
            if key is None or box is None:
                continue
            if one.key_digest != key.digest or not one.is_signed(register):
                log.warning("shared_login_unsigned", camera=one.camera, device=one.device)
                continue
            try:
                plain = key.open(one.sealed, about=one.about)
            except ValueError:
                log.warning("shared_login_altered", camera=one.camera, device=one.device)
                continue
            opened.append(OpenedLogin(one.camera, one.version, plain, one, box))
        good = tuple(share for share, found in keys.items() if found is not None)
        bad = tuple(share for share, found in keys.items() if found is None)
        return opened, good, bad

    async def _share(self, connection: Connection, token: str, device: EnrolledDevice) -> bool:
        """What is wanted here, if the officer may; whether anything was shared."""
        if self._refused_token == token or not self._store.has_wishes():
            return False
        wanted = await asyncio.to_thread(self._store.wanted, key=device.key)
        try:
            for outgoing in _portions(wanted.share):
                await self._share_portion(connection, token, device, outgoing)
            for cameras in _portions(wanted.end):
                await _send(connection, token, "/camera-logins/ended", EndedLogins(cameras=tuple(cameras)))
                self._store.done((), cameras, key=device.key)
        except Refused as refused:
            if refused.status != 403:
                raise
            self._refused_token = token
            self._tell(replace(self._state, refused=True))
            return False
        self._tell(replace(self._state, refused=False))
        return bool(wanted.share or wanted.end)

    async def _share_portion(
        self, connection: Connection, token: str, device: EnrolledDevice, outgoing: Sequence[Outgoing]
    ) -> None:
        """One share, or what is left of it without cameras that the server does not take now: those wait here."""
        left = outgoing
        for _ in range(2):
            if not left:
                return
            share = _share_of(left, device=device, receivers=self._register().held_keys())
            receipt = parse_reply(await _posted(connection, token, "/camera-logins", share), LoginShareReceipt)
            if not receipt.refused:
                self._store.done(left, (), key=device.key)
                return
            log.info("camera_logins_wait", cameras=len(receipt.refused))
            left = [one for one in left if one.camera not in receipt.refused]

    async def _seal(self, connection: Connection, token: str, device: EnrolledDevice, page: LoginPage) -> bool:
        """For devices that are enrolled and cannot open a share that this one has opened; whether there were any."""
        register = self._register()
        held = register.held_keys()
        keys = _keys(page.boxes, {one.share for one in page.missing}, device=device, register=register)
        boxes = []
        for one in page.missing:
            key, _ = keys.get(one.share) or (None, None)
            if key is not None and one.device in held:
                boxes.append(_box_of(key, one, public=held[one.device], by=device))
        if boxes:
            await _send(connection, token, "/camera-logins/boxes", KeyBoxes(boxes=tuple(boxes)))
        return bool(boxes)

    def _tell(self, state: SharingState) -> None:
        if state != self._state:
            self._state = state
            self._on_state(state)


def _portions(whole: Sequence[T]) -> Sequence[Sequence[T]]:
    """So many cameras as one message takes."""
    return [whole[start : start + MAX_SHARED] for start in range(0, len(whole), MAX_SHARED)]


def _keys(
    boxes: Iterable[KeyBox], shares: Collection[UUID], *, device: EnrolledDevice, register: Register
) -> Mapping[UUID, tuple[ShareKey, KeyBox] | None]:
    """The keys of these shares; None for a box that is none."""
    found: dict[UUID, tuple[ShareKey, KeyBox] | None] = {}
    for box in boxes:
        if box.share not in shares:
            continue
        found[box.share] = None
        if box.device != device.id or not box.is_signed(register):
            log.warning("share_key_unsigned", sealed_by=box.sealed_by)
            continue
        try:
            found[box.share] = ShareKey.unsealed(box.box, by=device.key, digest=box.key_digest), box
        except ValueError:
            log.warning("share_key_not_opened", sealed_by=box.sealed_by)
    return found


def _share_of(
    outgoing: Sequence[Outgoing], *, device: EnrolledDevice, receivers: Mapping[str, str]
) -> LoginShare:  # fmt: skip
    """One share, with a key of its own."""
    key, share = ShareKey.new(), uuid4()
    logins = []
    for one in outgoing:
        login = SharedLogin(
            camera=one.camera,
            version=one.version,
            share=share,
            key_digest=key.digest,
            sealed="AA==",
            device=device.id,
            signature="",
        )
        sealed = key.seal(one.plain, about=login.about)
        logins.append(signed_login(login.model_copy(update={"sealed": sealed}), device.key))
    public = {device.id: device.key.public} | dict(receivers)
    boxes = tuple(
        _box_of(key, MissingBox(share=share, device=one), public=public[one], by=device)
        for one in list(public)[:MAX_BOXES]
    )
    return LoginShare(logins=tuple(logins), boxes=boxes)


def _box_of(key: ShareKey, wanted: MissingBox, *, public: str, by: EnrolledDevice) -> KeyBox:
    box = KeyBox(
        share=wanted.share,
        key_digest=key.digest,
        device=wanted.device,
        box=key.sealed_for(public),
        sealed_by=by.id,
        signature="",
    )
    return signed_box(box, by.key)


async def _posted(connection: Connection, token: str, path: str, body: Message) -> httpx2.Response:
    return await connection.request(
        "POST", path, token=token, headers=_JSON, content=body.model_dump_json().encode()
    )  # fmt: skip


async def _send(connection: Connection, token: str, path: str, body: Message) -> None:
    check_reply(await _posted(connection, token, path, body))
