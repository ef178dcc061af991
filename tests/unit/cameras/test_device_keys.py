"""The key of this workstation is kept sealed, and outlives everything but the loss of what seals it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clocks import FakeClock
from tmcwall.cameras.device_keys import DeviceKeys
from tmcwall.domain.fault import Fault, FaultCode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path


def keys_in(folder: Path, *, seed: int | None = 0) -> DeviceKeys:
    key_file = None
    if seed is not None:
        key_file = folder / f"kunci-{seed}"
        key_file.write_bytes(bytes(range(seed, seed + 48)))
        key_file.chmod(0o600)
    return DeviceKeys(folder / "data" / "device.vault", key_file=key_file, clock=FakeClock(), keyring=lambda: None)


def test_a_key_is_the_same_until_it_is_settled_and_is_found_afterwards(folder: Path) -> None:
    key = keys_in(folder).next("ws1")
    assert keys_in(folder).next("ws1").public == key.public
    assert keys_in(folder).get("ws1") is None
    keys_in(folder).settle("ws1", key)
    kept = keys_in(folder).get("ws1")
    assert kept is not None
    assert kept.public == key.public
    assert keys_in(folder).next("ws1").public != key.public


def test_no_key_stands_in_clear_in_its_file(folder: Path) -> None:
    key = keys_in(folder).next("ws1")
    assert key.secret.encode() not in (folder / "data" / "device.vault").read_bytes()


def test_without_a_safe_place_there_is_no_key_and_looking_makes_none(folder: Path) -> None:
    assert keys_in(folder, seed=None).get("ws1") is None
    assert list((folder / "data").iterdir()) == []
    with pytest.raises(Fault) as refused:
        keys_in(folder, seed=None).next("ws1")
    assert refused.value.code is FaultCode.VAULT_UNAVAILABLE


def test_a_file_that_nothing_opens_any_more_is_set_aside_and_the_device_has_no_key(folder: Path) -> None:
    keys = keys_in(folder)
    keys.settle("ws1", keys.next("ws1"))
    assert keys_in(folder, seed=7).get("ws1") is None
    assert [path.name.startswith("device.vault.lost-") for path in (folder / "data").iterdir()] == [True]
