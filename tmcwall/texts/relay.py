"""What `tmcwall relay` says, and which way a picture comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tmcwall.cameras.relay_configuration import LeftOut, LeftOutWhy, RelayChanges
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.source import Way
from tmcwall.texts import Text, Translator
from tmcwall.texts.faults import short_cause

UNCHANGED = Text(
    id="sudah sesuai, tidak ada yang ditulis: {streams} aliran di {folder}",
    en="as it should be, nothing written: {streams} streams in {folder}",
)
WOULD_CHANGE = Text(
    id="belum sesuai dengan daftar kamera: {streams} aliran seharusnya di {folder}",
    en="not as the list of cameras says: there should be {streams} streams in {folder}",
)
WRITTEN = Text(
    id="ditulis: {streams} aliran di {folder}; mulai ulang relai agar sandi kamera yang baru dipakai",
    en="written: {streams} streams in {folder}; restart the relay to have new camera passwords used",
)
LOGIN_KEPT = Text(id="sandi relai disimpan di brankas", en="the relay's password is kept in the vault")

_SETTINGS_CHANGED = Text(id="* setelan relai", en="* settings of the relay")
_LEFT_OUT = Text(
    id="{count} aliran tetap dibuka langsung, tanpa relai: {why} ({cameras})",
    en="{count} streams are still opened directly, without the relay: {why} ({cameras})",
)
_MORE = Text(id="dan {count} lagi", en="and {count} more")
_SHOWN: Final = 5
_WHY: Final[Mapping[LeftOutWhy, Text]] = {
    LeftOutWhy.NOT_RTSP: Text(id="bukan RTSP", en="not RTSP"),
    LeftOutWhy.ADDRESS_FORBIDDEN: Text(
        id="alamatnya di luar jaringan kamera", en="their address is outside the networks of cameras"
    ),
    LeftOutWhy.HALF_A_LOGIN: Text(
        id="loginnya tanpa nama atau tanpa sandi", en="their login lacks a name or a password"
    ),
}
_FROM_RELAY: Final = Text(id="Lewat relai", en="By the relay")
_NOT_FROM_RELAY: Final = Text(id="Langsung dari kamera, karena relai: {cause}", en="Directly, for the relay: {cause}")


def way_text(way: Way, relay_fault: FaultCode | None, say: Translator) -> str:
    """Which way a stream comes; empty where there is only one."""
    if way is Way.RELAY:
        return say(_FROM_RELAY)
    return say(_NOT_FROM_RELAY, cause=say(short_cause(relay_fault))) if relay_fault is not None else ""


def change_lines(changes: RelayChanges, say: Translator) -> Iterator[str]:
    """`+ path`, `- path`, `~ path`: names only, for addresses may hold secrets."""
    yield from (f"+ {name}" for name in changes.added)
    yield from (f"- {name}" for name in changes.removed)
    yield from (f"~ {name}" for name in changes.changed)
    if changes.settings:
        yield say(_SETTINGS_CHANGED)


def left_out_lines(left_out: Sequence[LeftOut], say: Translator) -> Iterator[str]:
    """A line for each reason, with the first cameras of it."""
    for why, count in Counter(one.why for one in left_out).items():
        cameras = list(dict.fromkeys(one.camera for one in left_out if one.why is why))
        more = [say(_MORE, count=len(cameras) - _SHOWN)] if len(cameras) > _SHOWN else []
        yield say(_LEFT_OUT, count=count, why=say(_WHY[why]), cameras=", ".join([*cameras[:_SHOWN], *more]))
