"""What is said about a workstation that moves to another machine."""

from __future__ import annotations

from tmcwall.texts import Text

EXPORTED = Text(
    id="{file} selesai, {size_mib} MiB: {cameras} kamera, {logins} kamera dengan login, {pending} perubahan yang belum "
    "sampai di server, {clips} klip yang belum ada di server. Rekaman bergulir dan klip yang sudah ada di server tidak "
    "ikut.",
    en="{file} is done, {size_mib} MiB: {cameras} cameras, {logins} cameras with a login, {pending} changes that the "
    "server does not have yet, {clips} clips that the server does not have. Rolling recordings and clips that the "
    "server has are not in it.",
)
STOP_USING = Text(
    id="Sesudah diimpor di komputer baru, jangan pakai lagi data di komputer ini.",
    en="Once it is imported on the new machine, do not use the data on this one any more.",
)
IMPORTED = Text(
    id="Tempat kerja ini kini punya {cameras} kamera, {logins} kamera dengan login, {pending} perubahan untuk dikirim "
    "ke server, dan {clips} klip. Identitasnya di server baru; isi dan riwayat buktinya tetap.",
    en="This workstation now has {cameras} cameras, {logins} cameras with a login, {pending} changes to send to the "
    "server and {clips} clips. Its identity at the server is new; its content and chain of custody stay.",
)
CLIPS_MISSING = Text(
    id="{count} klip tidak ikut karena berkasnya tidak ada atau tidak utuh: {first}",
    en="{count} clips were left out because their files are absent or not whole: {first}",
)
CLIPS_UNCUT = Text(
    id="{count} penanda masih menunggu klipnya, dan rekamannya tidak ikut. Biarkan program berjalan sampai klipnya "
    "jadi, lalu ekspor lagi.",
    en="{count} tags still wait for their clips, and the recordings are not in it. Let the program run until the clips "
    "are made, then export again.",
)
CUSTODY_BROKEN = Text(
    id="Riwayat bukti tidak utuh lagi mulai baris {row}; itu dipindahkan apa adanya. Laporkan kepada atasan.",
    en="The chain of custody does not hold from row {row} on; it is moved as it is. Report it to your supervisor.",
)
