"""Files that survive a power cut, and what a failed disk means."""

import errno
import os

import pytest

from tmcwall.domain.fault import FaultCode
from tmcwall.durable import disk_fault, lock_file, others_may_read, replace_file, sync_file, sync_folder


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, FaultCode.DISK_FULL),
        (errno.EDQUOT, FaultCode.DISK_FULL),
        (errno.EFBIG, FaultCode.DISK_FULL),
        (errno.EIO, FaultCode.STORE_UNWRITABLE),
    ],
)
def test_where_there_is_no_room_the_disk_is_full_else_it_is_what_the_caller_says(number, code):
    assert disk_fault(OSError(number, os.strerror(number)), otherwise=FaultCode.STORE_UNWRITABLE).code is code


def test_a_disk_fault_names_the_file_and_the_reason():
    fault = disk_fault(OSError(errno.EIO, "Input/output error", "clip.mp4"))
    assert (fault.code, fault.detail) == (FaultCode.DISK_FAILED, "clip.mp4 Input/output error")


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
