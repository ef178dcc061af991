"""A decoder locks itself in before it sees a camera's first byte: no files, no network, no processes (Linux).

The bytes of strangers meet large C code here. What remains to whoever takes such a process over is to compute, to write
into the picture memory and the pipe that it has, and to end. All locks hold for this thread and those it starts; the
filter of system calls holds for all threads.
See docs/adr/0007-decoders-lock-themselves-in.md.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

if sys.platform == "linux":
    import resource

_HAS_LOCKS: Final[bool] = sys.platform == "linux"


class Lock(StrEnum):
    """What keeps a decoder in."""

    LIMITS = "limits"
    """Address space, descriptors, no core dumps, and no descriptor that was not meant for it."""
    NO_NEW_PRIVILEGES = "no_new_privileges"
    LANDLOCK = "landlock"
    """No right in any file system; no TCP, no signals to others, no abstract sockets where the kernel has that."""
    SECCOMP = "seccomp"
    """Only the system calls of a process that computes, and threads."""


_ADDRESS_SPACE: Final = 8 << 30
"""Bytes: a gigabyte of picture memory, libraries, and stacks and heaps of some hundred threads, mostly untouched."""
_OPEN_FILES: Final = 1024
"""A stream's thread has an event descriptor of its own."""
_NO_CORE: Final = 1
"""Bytes: too few for a file, and what Linux takes as "not even to a program" (man 5 core)."""

_PR_SET_NO_NEW_PRIVS: Final = 38  # linux/prctl.h
_PR_SET_NAME: Final = 15

LANDLOCK_RULES_TCP: Final = 4
"""The first version of Landlock that says where a process may connect to: Linux 6.7."""
_LANDLOCK_CREATE_RULESET: Final = 444  # the same number on every machine
_LANDLOCK_ADD_RULE: Final = 445
_LANDLOCK_PATH_BENEATH: Final = 1
_LANDLOCK_NET_PORT: Final = 2
_EXECUTE, _WRITE, _READ, _LIST, _IOCTL = 1, 1 << 1, 1 << 2, 1 << 3, 1 << 15  # LANDLOCK_ACCESS_FS_*
_LANDLOCK_RESTRICT_SELF: Final = 446
_LANDLOCK_VERSION: Final = 1
_FILE_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many bits of file-system rights each version of Landlock knows; later ones know those of 5. linux/landlock.h"""
_TCP_RIGHTS: Final = 0b11  # bind and connect, since LANDLOCK_RULES_TCP
_CONNECT_TCP: Final = 0b10
_SCOPES: Final = 0b11  # abstract sockets and signals, since 6

_SECCOMP: Final = 317  # x86_64
_SET_MODE_FILTER: Final = 1
_ALL_THREADS: Final = 1  # SECCOMP_FILTER_FLAG_TSYNC
_ARCHITECTURE: Final = 0xC000003E  # AUDIT_ARCH_X86_64
_X32: Final = 0x40000000
_ALLOW: Final = 0x7FFF0000
_KILL: Final = 0x80000000
_REFUSE: Final = 0x00050000  # with an error number
_LOAD: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
_RETURN: Final = 0x06
_IF_EQUAL, _IF_ABOVE, _IF_AT_LEAST, _IF_ANY_BIT = 0x15, 0x25, 0x35, 0x45
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16

_CLONE, _FCNTL, _PRCTL, _TGKILL, _NEWFSTATAT, _CLONE3 = 56, 72, 157, 234, 262, 435
_CLONE_THREAD: Final = 0x10000
_AT_EMPTY_PATH: Final = 0x1000
_LAST_HARMLESS_FCNTL: Final = 4  # F_SETFL
_F_DUPFD_CLOEXEC: Final = 1030
_COMPUTING: Final = (
    0,  # read
    1,  # write
    3,  # close
    5,  # fstat
    7,  # poll
    8,  # lseek
    9,  # mmap
    10,  # mprotect
    11,  # munmap
    12,  # brk
    13,  # rt_sigaction
    14,  # rt_sigprocmask
    15,  # rt_sigreturn
    17,  # pread64
    19,  # readv
    20,  # writev
    22,  # pipe
    24,  # sched_yield
    25,  # mremap
    28,  # madvise
    35,  # nanosleep
    39,  # getpid
    47,  # recvmsg: descriptors that are passed
    60,  # exit
    63,  # uname
    96,  # gettimeofday
    98,  # getrusage
    99,  # sysinfo
    131,  # sigaltstack
    143,  # sched_getparam
    145,  # sched_getscheduler
    186,  # gettid
    202,  # futex
    204,  # sched_getaffinity
    219,  # restart_syscall
    228,  # clock_gettime
    229,  # clock_getres
    230,  # clock_nanosleep
    231,  # exit_group
    271,  # ppoll
    273,  # set_robust_list
    290,  # eventfd2
    293,  # pipe2
    318,  # getrandom
    324,  # membarrier
    334,  # rseq
)
"""Of x86_64: asm/unistd_64.h."""
_SOCKET: Final = 41
_INET, _STREAM, _CLOSE_ON_EXEC = 2, 1, 0x80000
_CONNECTING: Final = (
    42,  # connect: Landlock says where to
    44,  # sendto
    45,  # recvfrom
    48,  # shutdown
    51,  # getsockname
    52,  # getpeername
    54,  # setsockopt
    55,  # getsockopt
)
_DRIVING: Final = (
    16,  # ioctl
    257,  # openat: Landlock says of what
)
_DRIVER_FOLDERS: Final = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/proc", "/sys")
"""What a driver reads when it is loaded."""


@dataclass(frozen=True, slots=True)
class _Room:
    """What is left to a process."""

    address_space: int | None = _ADDRESS_SPACE
    """In bytes; None: no limit."""
    port: int | None = None
    files: Mapping[Path, int] = field(default_factory=dict)
    """Rights beneath a folder, or of a file."""
    drives: bool = False


def confine(*, keep: Collection[int], port: int | None = None, address_space: int = _ADDRESS_SPACE) -> frozenset[Lock]:
    """Lock this process in for good; the answer is what the system had. Descriptors outside `keep` are closed.

    With `port` it may connect over TCP to that port and to no other: whoever has started it listens there.
    `address_space` is in bytes.

    To be called once, from the first thread, before others are started and after every library has been loaded.
    """
    if not _HAS_LOCKS:
        return frozenset()
    _close_others(keep)
    return _lock(_libc(), _Room(address_space, port), alone=_is_alone())


def confine_with_device(
    open_device: Callable[[], bool], *, files: Collection[Path], keep: Collection[int]
) -> frozenset[Lock]:
    """Lock in as `confine` does, but with a device that decodes, where `open_device` says it works.

    Its driver is loaded behind a first lock: it reads the system's libraries and opens the device's files, and nothing
    else. Then the device's files remain, and `ioctl` and `openat` beside the other calls. The address space is not
    limited, for drivers reserve more than there is memory. Without a working device, and where the kernel has no
    Landlock to hold a driver, this is `confine`.
    """
    if not _HAS_LOCKS:
        open_device()
        return frozenset()
    _close_others(keep)
    libc = _libc()
    loading = dict.fromkeys(map(Path, _DRIVER_FOLDERS), _READ | _LIST | _EXECUTE)
    driving = dict.fromkeys(files, _READ | _WRITE | _IOCTL)
    held = _is_alone() and _give_up_privileges(libc) and _restrict(libc, _Room(files={**loading, **driving}))
    if held and open_device():
        # Its threads are behind the first lock.
        return _lock(libc, _Room(address_space=None, files=driving, drives=True), alone=True)
    return _lock(libc, _Room(), alone=_is_alone())


def _lock(libc: ctypes.CDLL, room: _Room, *, alone: bool) -> frozenset[Lock]:
    """`alone`: no thread would stay outside of Landlock."""
    locks = set()
    if _limit(room):
        locks.add(Lock.LIMITS)
    if _give_up_privileges(libc):
        locks.add(Lock.NO_NEW_PRIVILEGES)
        if _restrict(libc, room) and alone:
            locks.add(Lock.LANDLOCK)
        if filters_calls() and _filter_calls(libc, room):
            locks.add(Lock.SECCOMP)
    return frozenset(locks)


def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


def _give_up_privileges(libc: ctypes.CDLL) -> bool:
    return bool(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)


def _is_alone() -> bool:
    return sum(1 for _ in Path("/proc/self/task").iterdir()) == 1


def filters_calls() -> bool:
    """Whether the filter of system calls is written for this machine: their numbers differ from one to the next."""
    return _HAS_LOCKS and platform.machine() == "x86_64"


def landlock_version() -> int:
    """The version of Linux's Landlock; 0 where there is none."""
    return max(0, _landlock_version(_libc())) if _HAS_LOCKS else 0


def _landlock_version(libc: ctypes.CDLL) -> int:
    return int(libc.syscall(_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), _LANDLOCK_VERSION))


def _close_others(keep: Collection[int]) -> None:
    with suppress(OSError):
        for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - names are numbers here
            if int(name) not in keep:
                with suppress(OSError):  # the listing's own, closed by now
                    os.close(int(name))


if sys.platform == "linux":

    def _limit(room: _Room) -> bool:
        limits = {resource.RLIMIT_NOFILE: _OPEN_FILES, resource.RLIMIT_CORE: _NO_CORE}
        if room.address_space is not None:
            limits[resource.RLIMIT_AS] = room.address_space
        try:
            for name, wanted in limits.items():
                _, most = resource.getrlimit(name)
                value = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
                resource.setrlimit(name, (value, value))
        except (OSError, ValueError):
            return False
        return True

    def _open_place(path: Path) -> int:
        return os.open(path, os.O_PATH | os.O_CLOEXEC)

else:

    def _limit(room: _Room) -> bool:
        del room
        return False

    def _open_place(path: Path) -> int:
        return os.open(path, os.O_RDONLY)


def _restrict(libc: ctypes.CDLL, room: _Room) -> bool:
    """Landlock with every right handled and none granted but to connect to the port, and those of the files."""
    version = _landlock_version(libc)
    if version < 1:
        return False
    rights = (1 << _FILE_RIGHTS[min(version, max(_FILE_RIGHTS))]) - 1
    words = [rights, *([_TCP_RIGHTS] if version >= LANDLOCK_RULES_TCP else []), *([_SCOPES] if version >= 6 else [])]
    attributes = struct.pack(f"={len(words)}Q", *words)
    rules = libc.syscall(_LANDLOCK_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if rules < 0:
        return False
    for path, wanted in room.files.items():
        _grant(libc, rules, path, wanted & rights)
    if room.port is not None and version >= LANDLOCK_RULES_TCP:
        rule = struct.pack("=QQ", _CONNECT_TCP, room.port)
        libc.syscall(_LANDLOCK_ADD_RULE, rules, _LANDLOCK_NET_PORT, rule, 0)
    restricted: int = libc.syscall(_LANDLOCK_RESTRICT_SELF, rules, 0)
    os.close(rules)
    return restricted == 0


def _grant(libc: ctypes.CDLL, rules: int, path: Path, rights: int) -> None:
    """What is not there, and what a kernel does not grant, stays refused."""
    with suppress(OSError):
        place = _open_place(path)
        if not path.is_dir():
            rights &= ~_LIST
        rule = struct.pack("=Qi", rights, place)
        libc.syscall(_LANDLOCK_ADD_RULE, rules, _LANDLOCK_PATH_BENEATH, rule, 0)
        os.close(place)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _filter_calls(libc: ctypes.CDLL, room: _Room) -> bool:
    instructions = b"".join(_instructions(os.getpid(), room))
    program = _Program(len(instructions) // 8, instructions)
    done: int = libc.syscall(_SECCOMP, _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(program))
    return done == 0


def _instructions(pid: int, room: _Room) -> Iterable[bytes]:
    """The filter, in the kernel's language (BPF): what is named is allowed, everything else is refused."""
    refuse = _instruction(_RETURN, _REFUSE | errno.EPERM)
    yield _instruction(_LOAD, _ARCHITECTURE_AT)
    yield _instruction(_IF_EQUAL, _ARCHITECTURE, hit=1)
    yield _instruction(_RETURN, _KILL)
    yield _instruction(_LOAD, _NUMBER_AT)
    yield _instruction(_IF_AT_LEAST, _X32, miss=1)
    yield refuse
    connects = room.port is not None
    for number in (*_COMPUTING, *(_CONNECTING if connects else ()), *(_DRIVING if room.drives else ())):
        yield _instruction(_IF_EQUAL, number, miss=1)
        yield _instruction(_RETURN, _ALLOW)
    # The C library then tries `clone`, whose flags can be seen from here.
    yield _instruction(_IF_EQUAL, _CLONE3, miss=1)
    yield _instruction(_RETURN, _REFUSE | errno.ENOSYS)
    if connects:
        yield from _only_tcp_sockets()
    yield from _only_if(_CLONE, 0, _IF_ANY_BIT, _CLONE_THREAD)
    yield from _only_if(_TGKILL, 0, _IF_EQUAL, pid)
    yield from _only_if(_PRCTL, 0, _IF_EQUAL, _PR_SET_NAME)
    yield from _only_if(_NEWFSTATAT, 3, _IF_ANY_BIT, _AT_EMPTY_PATH)
    yield _instruction(_IF_EQUAL, _FCNTL, miss=4)
    yield _instruction(_LOAD, _ARGUMENTS_AT + 8)
    yield _instruction(_IF_EQUAL, _F_DUPFD_CLOEXEC, hit=1)
    yield _instruction(_IF_ABOVE, _LAST_HARMLESS_FCNTL, hit=1)
    yield _instruction(_RETURN, _ALLOW)
    yield refuse


def _only_if(number: int, argument: int, test: int, value: int) -> Iterable[bytes]:
    """Allow a system call when the lower half of an argument passes a test."""
    yield _instruction(_IF_EQUAL, number, miss=4)
    yield _instruction(_LOAD, _ARGUMENTS_AT + 8 * argument)
    yield _instruction(test, value, miss=1)
    yield _instruction(_RETURN, _ALLOW)
    yield _instruction(_RETURN, _REFUSE | errno.EPERM)


def _only_tcp_sockets() -> Iterable[bytes]:
    """Sockets of IPv4 and TCP."""
    yield _instruction(_IF_EQUAL, _SOCKET, miss=8)
    yield _instruction(_LOAD, _ARGUMENTS_AT)
    yield _instruction(_IF_EQUAL, _INET, miss=5)
    yield _instruction(_LOAD, _ARGUMENTS_AT + 8)
    yield _instruction(_IF_EQUAL, _STREAM, hit=2)
    yield _instruction(_IF_EQUAL, _STREAM | _CLOSE_ON_EXEC, hit=1)
    yield _instruction(_RETURN, _REFUSE | errno.EPERM)
    yield _instruction(_RETURN, _ALLOW)
    yield _instruction(_RETURN, _REFUSE | errno.EPERM)


def _instruction(code: int, value: int, *, hit: int = 0, miss: int = 0) -> bytes:
    """`hit` and `miss` are how many instructions to leave out after a test."""
    return struct.pack("=HBBI", code, hit, miss, value)
