"""Devices that are enrolled, each with a key that follows from its name, at a server whose key is known."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import uuid4

from fastapi.testclient import TestClient
from httpx2 import Response

from tmcwall.cameras.device_keys import DeviceKeys
from tmcwall.commands.server import ServerOptions, opened
from tmcwall.commands.server_devices import device_enrol
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import Fault
from tmcwall.domain.operation import Operation
from tmcwall.server.context import ServerContext
from tmcwall.server.database import Database
from tmcwall.server.enrolment import current_key, enrol, make_code
from tmcwall.server.secret_box import SecretBox
from tmcwall.server.signing_key import signing_key_file
from tmcwall.services.device_identity import DeviceIdentity, SigningStore
from tmcwall.signatures import Purpose, SigningKey, verifies
from tmcwall.sync.account import Session, sign_in
from tmcwall.sync.enrolment import EnrolledDevice, EnrolRequest, enrolment_text
from tmcwall.sync.protocol import SERVER_DEVICE, sign_in_text
from tmcwall.sync.register import Register, Signed


@cache
def key_of(device: str) -> SigningKey:
    """Of a device of the tests; that of the server, too."""
    return SigningKey.of_secret(b64encode(hashlib.sha256(device.encode()).digest()).decode())


SERVER_KEY = key_of(SERVER_DEVICE)


def signed(operation: Operation) -> Operation:
    """By its device, over what it says now."""
    return replace(operation, signature=key_of(operation.device).sign(Purpose.OPERATION, operation.hash))


def device(name: str) -> EnrolledDevice:
    """As the workstation knows it once it is enrolled."""
    return EnrolledDevice(name, name, SERVER_KEY.public, key_of(name))


class EveryDevice(Register):
    """Knows the key of every device of the tests."""

    def __init__(self) -> None:
        super().__init__(SERVER_KEY.public)

    def answers_for(self, operation: Signed) -> bool:
        return verifies(key_of(operation.device).public, Purpose.OPERATION, operation.hash, operation.signature)


def place_server_key(key_file: Path) -> None:
    """So that the server that is started there has the key of the tests."""
    key_file.parent.mkdir(parents=True, exist_ok=True)
    box = SecretBox.from_file(key_file)
    file = signing_key_file(key_file)
    if not file.exists():
        file.write_text(box.close(SERVER_KEY.secret.encode(), purpose="signing-key"))
        file.chmod(0o600)


def enrol_at(database: Database, name: str, *, now: datetime, key: SigningKey | None = None) -> bool:
    """Unless it is already, with this key. Whether it was not."""
    key = key or key_of(name)
    with database.write() as session:
        known = current_key(session, name)
        active = known is not None and known.revoked_at is None
        if known is not None and active and known.public_key == key.public:
            return False
        replaces = name if active else None
        code = make_code(session, name, replaces=replaces, valid_for=timedelta(hours=1), by="console", now=now)
        proof = key.sign(Purpose.ENROLMENT, enrolment_text(device=name, code=code))
        request = EnrolRequest(code=code, device=name, public_key=key.public, proof=proof)
        enrol(session, request, signing_key=SERVER_KEY, now=now)
    return True


def enrol_in(folder: Path, name: str, *, database: str | None = None) -> EnrolledDevice:
    """At the server whose data are in that folder, running or not."""
    with opened(ServerOptions(data_dir=folder, database=database)) as database_there:
        enrol_at(database_there, name, now=SystemClock().utc())
    return device(name)


def sign_in_at(folder: Path, url: str, nrp: str, password: str, *, name: str, database: str | None = None) -> Session:
    """From a device that is enrolled for it."""
    return sign_in(url, nrp, password, device=enrol_in(folder, name, database=database))


def ask_in(
    client: TestClient, nrp: object, password: str, name: str = "ws1", *, enrolled: bool = True, api: str = ""
) -> Response:
    """A sign-in with a proof, at a server in process."""
    context = client.app.state.context  # type: ignore[attr-defined]  # of our own application
    assert isinstance(context, ServerContext)
    if enrolled:
        enrol_at(context.database, name, now=context.clock.utc())
    challenge = client.get(f"{api}/info").json()["challenge"]
    return client.post(f"{api}/sign-in", json=sign_in_content(nrp, password, name, challenge=challenge))


def sign_in_content(
    nrp: object, password: str, name: str, *, challenge: str, key: SigningKey | None = None
) -> dict[str, object]:
    """What that device sends for one sign-in."""
    text = sign_in_text(nrp=str(nrp), device=name, challenge=challenge, server_key=SERVER_KEY.public)
    proof = (key or key_of(name)).sign(Purpose.SIGN_IN, text)
    return {"nrp": nrp, "password": password, "device": name, "challenge": challenge, "proof": proof}


def identity_of(store: SigningStore, folder: Path, *, url: str) -> DeviceIdentity:
    """Of the workstation whose data are in that folder, with a key file beside it."""
    key_file = folder.parent / f"{folder.name}-device.key"
    if not key_file.exists():
        key_file.write_bytes(bytes(range(48)))
        key_file.chmod(0o600)
    clock = SystemClock()
    keys = DeviceKeys(folder / "device.vault", key_file=key_file, clock=clock)
    return DeviceIdentity(store=store, keys=keys, server_url=url, clock=clock)


def enrolled_at(identity: DeviceIdentity, server: Path) -> EnrolledDevice:
    """Enrolled by a code of the server whose data are in that folder, unless it is already."""
    try:
        return identity.current()
    except Fault:
        return identity.enrol(device_enrol(ServerOptions(data_dir=server), f"meja {uuid4()}").code)
