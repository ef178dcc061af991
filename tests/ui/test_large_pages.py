import ctypes
import mmap
import sys

import pytest

from tmcwall.ui.wall.largepages import LargePages


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux is asked for large pages")
def test_asking_for_large_pages_changes_nothing_in_the_memory():
    size = 6 << 20
    pattern = bytes(range(256)) * (size // 256)
    with mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        memory[:] = pattern
        anchor = ctypes.c_char.from_buffer(memory)
        LargePages().ask(ctypes.addressof(anchor), size)
        del anchor
        assert memory[:] == pattern


def test_memory_without_a_whole_large_page_is_left_alone():
    pages = LargePages()
    pages.ask(4096, 8192)
    pages.ask(4096, 8192)
