"""Files that survive a power cut, and what a failed disk means."""

import errno
import os

import pytest

from tests.small_disk import small_disk_at
from tmcwall.domain.disk_fault import DiskFault
from tmcwall.domain.fault import FaultCode
from tmcwall.durable import (
    disk_fault,
    disk_trouble,
    lock_file,
    others_may_read,
    replace_file,
    sync_file,
    sync_folder,
    temporary_folder,
)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, FaultCode.DISK_FULL),
        (errno.EDQUOT, FaultCode.DISK_FULL),
        (errno.EFBIG, FaultCode.DISK_FULL),
        (errno.EROFS, FaultCode.DISK_READ_ONLY),
        (errno.EACCES, FaultCode.FOLDER_FORBIDDEN),
        (errno.EPERM, FaultCode.FOLDER_FORBIDDEN),
        (errno.EIO, FaultCode.DISK_FAILED),
        (errno.ENOTDIR, FaultCode.STORE_UNWRITABLE),
    ],
)
def test_what_the_disk_refuses_is_told_apart_by_the_systems_number_else_it_is_what_the_caller_says(number, code):
    assert disk_fault(OSError(number, os.strerror(number)), otherwise=FaultCode.STORE_UNWRITABLE).code is code


def test_a_disk_fault_names_the_file_and_the_reason():
    fault = disk_fault(OSError(errno.EIO, "Input/output error", "clip.mp4"))
    assert (fault.code, fault.detail) == (FaultCode.DISK_FAILED, "clip.mp4 Input/output error")


def test_a_disk_fault_knows_the_folder_and_what_is_free_there(tmp_path):
    fault = disk_fault(OSError(errno.ENOSPC, "No space left on device", str(tmp_path / "none" / "clip.mp4")))
    assert isinstance(fault, DiskFault)
    assert fault.folder == str(tmp_path / "none")
    assert fault.free_bytes


def test_a_folder_that_can_be_written_is_no_trouble_and_stays_empty(tmp_path):
    assert disk_trouble(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_with_a_disk_is_found_by_trying(tmp_path):
    with small_disk_at(tmp_path / "disk") as disk:
        disk.fill()
        assert disk_trouble(disk.folder).code is FaultCode.DISK_FULL
        disk.empty()
        assert disk_trouble(disk.folder) is None
        disk.lock()
        assert disk_trouble(disk.folder).code is FaultCode.DISK_READ_ONLY


def test_where_no_place_takes_a_temporary_folder_the_disk_is_named(tmp_path, monkeypatch):
    def refused(**_asked: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr("tempfile.TemporaryDirectory", refused)
    with small_disk_at(tmp_path / "disk") as disk:
        monkeypatch.setenv("TMPDIR", str(disk.folder))
        disk.fill()
        with pytest.raises(DiskFault) as full, temporary_folder("tmcwall-"):
            pass
        assert (full.value.code, full.value.folder) == (FaultCode.DISK_FULL, str(disk.folder))


def test_a_replaced_file_is_its_owners_alone(tmp_path):
    path = tmp_path / "folder" / "key"
    replace_file(path, b"old")
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert not others_may_read(path.stat().st_mode)
    assert list(path.parent.iterdir()) == [path]


def test_what_is_to_survive_must_be_there(tmp_path):
    (tmp_path / "part").write_bytes(b"x")
    sync_file(tmp_path / "part")
    sync_folder(tmp_path)
    with pytest.raises(OSError, match="No such file"):
        sync_file(tmp_path / "gone")


def test_a_lock_is_held_until_the_file_is_closed(tmp_path):
    path = tmp_path / "lock"
    with path.open("ab") as first, path.open("ab") as second:
        lock_file(first)
        with pytest.raises(OSError, match="temporarily unavailable"):
            lock_file(second)
    with path.open("ab") as third:
        lock_file(third)
