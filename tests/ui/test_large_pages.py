import ctypes
import mmap
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tmcwall.ui.wall.largepages import LargePages

PAGE = 2 << 20
MADV_NOHUGEPAGE = 15

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not Path("/sys/kernel/mm/transparent_hugepage").exists(),
    reason="only Linux is asked for large pages, and where it has them",
)


class Picture:
    """Memory as a wall is painted into."""

    def __init__(self, size: int) -> None:
        self.memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self.size = size
        self._anchor: ctypes.c_char | None = ctypes.c_char.from_buffer(self.memory)
        self.address = ctypes.addressof(self._anchor)

    def first_whole_page(self) -> int:
        return -(-self.address // PAGE) * PAGE

    def is_to_be_large(self, address: int) -> bool:
        """Whether the system has been asked for large pages there: `hg` among the flags of proc_pid_smaps(5)."""
        inside = False
        for line in Path("/proc/self/smaps").read_text().splitlines():
            first, *rest = line.split()
            if "-" in first:
                begins, ends = (int(number, 16) for number in first.split("-"))
                inside = begins <= address < ends
            elif inside and first == "VmFlags:":
                return "hg" in rest
        raise AssertionError(f"nothing is mapped at {address:#x}")

    def close(self) -> None:
        self._anchor = None
        self.memory.close()


@pytest.fixture
def picture() -> Iterator[Picture]:
    picture = Picture(6 << 20)
    yield picture
    picture.close()


def test_whole_pages_of_a_picture_are_asked_for_and_hold_what_they_held(picture: Picture) -> None:
    pattern = bytes(range(256)) * (picture.size // 256)
    picture.memory[:] = pattern
    LargePages().ask(picture.address, picture.size)
    assert picture.is_to_be_large(picture.first_whole_page())
    assert picture.memory[:] == pattern


def test_the_same_memory_is_asked_for_once(picture: Picture) -> None:
    pages = LargePages()
    pages.ask(picture.address, picture.size)
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    assert madvise(picture.first_whole_page(), PAGE, MADV_NOHUGEPAGE) == 0
    pages.ask(picture.address, picture.size)
    assert not picture.is_to_be_large(picture.first_whole_page())


def test_memory_without_a_whole_large_page_is_left_alone(picture: Picture) -> None:
    begin = picture.first_whole_page() + 4096
    LargePages().ask(begin, PAGE)
    assert not picture.is_to_be_large(begin)
