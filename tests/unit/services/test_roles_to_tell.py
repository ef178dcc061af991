"""What a workstation keeps of the server's word on roles, where the server says more afterwards."""

import asyncio
from functools import partial

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.exchange import START
from tmcwall.domain.officer import Role
from tmcwall.services import offline_roles
from tmcwall.services.replica import StoreRoles
from tmcwall.sync.connection import Connection
from tmcwall.sync.couriers import RoleCourier
from tmcwall.sync.protocol import SignedRoles
from tmcwall.sync.role_snapshot import OfficerRoles, RoleSnapshot, sign

KEY = Ed25519PrivateKey.generate()


def snapshot(role: Role = Role.SUPERVISOR, *, disabled: bool = False, units: tuple[str, ...] = ("A", "B")):
    officer = OfficerRoles(nrp="80020002", role=role, units=units, disabled=disabled)
    return RoleSnapshot(issued_at=START, good_for_s=60.0, officers=(officer,))


def keep(store, said: RoleSnapshot, *, key: Ed25519PrivateKey = KEY) -> SignedRoles:
    signed = sign(said, key)
    store.do(partial(offline_roles.keep, signed=signed, snapshot=said, at=START))
    return signed


@pytest.mark.parametrize("less", [{"disabled": True}, {"role": Role.OPERATOR}, {"units": ("A",)}])
def test_a_word_that_took_more_is_kept_until_the_server_was_told(store, less):
    before = keep(store, snapshot(**less))
    assert store.do(offline_roles.to_tell) is None
    keep(store, snapshot())
    assert store.do(offline_roles.to_tell) == before

    asked = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append((request.url.path, request.content))
        return httpx2.Response(204)

    async def deliver() -> None:
        transport = httpx2.MockTransport(answer)
        async with Connection.open("http://127.0.0.1:1", timeout_s=5, transport=transport) as connection:
            for _ in range(2):
                await RoleCourier(StoreRoles(store)).deliver(connection, "token")

    asyncio.run(deliver())
    assert asked == [("/api/v1/roles/lost", before.model_dump_json().encode())]


def test_a_word_of_another_key_or_one_that_took_nothing_more_is_not_kept(store):
    keep(store, snapshot(disabled=True), key=Ed25519PrivateKey.generate())
    keep(store, snapshot())
    keep(store, snapshot(Role.OPERATOR))
    assert store.do(offline_roles.to_tell) is None
