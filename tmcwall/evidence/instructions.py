"""`VERIFY.txt`: how somebody who has neither this program nor trust in it checks a package with what his system has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tmcwall.evidence import bag
from tmcwall.evidence.sshsig import NAMESPACE

_LINUX: Final = f"""\
    sha256sum --check --strict --quiet {bag.TAG_MANIFEST}
    sha256sum --check --strict --quiet {bag.MANIFEST}
    ssh-keygen -Y verify -f {bag.SIGNERS} -I {{principal}} -n {NAMESPACE} -s {bag.SIGNATURE} < {bag.TAG_MANIFEST}
    ssh-keygen -l -f {bag.PUBLIC_KEY}"""
_WINDOWS: Final = f"""\
    for /f "tokens=1,*" %a in ({bag.TAG_MANIFEST}) do @certutil -hashfile "%b" SHA256 | findstr /i %a >nul && echo OK %b || echo ??? %b
    for /f "tokens=1,*" %a in ({bag.MANIFEST}) do @certutil -hashfile "%b" SHA256 | findstr /i %a >nul && echo OK %b || echo ??? %b
    ssh-keygen -Y verify -f {bag.SIGNERS} -I {{principal}} -n {NAMESPACE} -s {bag.SIGNATURE} < {bag.TAG_MANIFEST}
    ssh-keygen -l -f {bag.PUBLIC_KEY}"""  # noqa: E501 - as it is typed
_FFMPEG: Final = "    ffmpeg -v error -i {clip} -map 0:v -c copy -f streamhash -hash sha256 -"

_OPENSSL: Final = f"    openssl ts -verify -in {bag.TIME_STAMP} -data {bag.TAG_MANIFEST} -CAfile SERTIFIKAT.pem"

_TEXT: Final = """\
CARA MEMERIKSA PAKET INI                                   (English below)
========================

Paket {package}
Pemeriksaan tidak memerlukan tmcwall. Kerjakan pada salinan, di dalam folder ini.

Yang dibuktikan: tidak ada bita yang berubah sejak kunci di bawah menandatangani paket, dan penandatangan menyatakan
klip-klipnya tidak berubah sejak diterima tempat kerja itu. Yang TIDAK dibuktikan oleh langkah ini: apa yang terjadi
sebelum rekaman sampai di tempat kerja, dan kapan tanda tangan dibuat.

1. Kunci. Tanyakan sidik kunci kepada satuan yang menyerahkan paket lewat telepon, bukan dari berkas ini:
       {fingerprint}
       {spoken}
   Kalau berbeda, jangan percaya paket ini: siapa pun dapat membuat paket dengan kuncinya sendiri.

2. Linux (sha256sum dan OpenSSH 8.1 atau lebih baru). Dua perintah pertama tidak boleh mencetak apa pun,
   yang ketiga mencetak "Good ...", yang keempat mencetak sidik kunci di atas:
{linux}

3. Windows 10 atau lebih baru. Buka cmd (bukan PowerShell: jalankan dulu  cmd /k  ), pindah ke folder ini, lalu satu
   per satu. Setiap baris harus OK; "???" berarti berubah atau hilang:
{windows}

4. Gambar saja, bila ada ffmpeg: hash yang dicetak harus ada pada "packet_sha256" klip itu di data/record.json:
{ffmpeg}

5. Cap waktu, bila ada {stamp}: dengan sertifikat pemberi cap waktu, yang diperoleh dari dia sendiri:
{openssl}

6. Tanda tangan server pusat, bila ada {counter}: hanya dapat diperiksa dengan tmcwall (evidence verify --server-key),
   dengan kunci server yang diperoleh dari pengelolanya sendiri.

Satu perintah yang tidak berhasil berarti paket ini berubah atau tidak lengkap. data/record.json menyebut asal setiap
klip, jamnya, celahnya, dan hash setiap detiknya; data/custody.json adalah petikan rantai penjagaan. Yang ada di
data/copies, data/stills dan data/redacted hanya untuk dilihat: salinan, bukan bukti. Yang asli di data/originals.


HOW TO CHECK THIS PACKAGE
=========================

Package {package}
tmcwall is not needed for it. Work on a copy, inside this folder.

What it proves: no byte has changed since the key below signed the package, and the signer states that the clips were
not changed since that workstation received them. What these steps do NOT prove: what happened before the footage
reached the workstation, and when the signature was made.

1. The key. Ask the unit that handed the package over for the fingerprint by telephone, do not take it from this file:
       {fingerprint}
       {spoken}
   If it differs, do not trust this package: anybody can make one with a key of his own.

2. Linux: the four commands under 2 above. The first two must print nothing, the third prints "Good ...", the fourth
   the fingerprint.

3. Windows 10 or newer: the four commands under 3 above, in cmd (from PowerShell run  cmd /k  first). Every line must
   say OK; "???" means altered or missing.

4. The pictures alone, where there is ffmpeg: the hash that is printed stands in that clip's "packet_sha256" in
   data/record.json.

5. The time stamp, where there is {stamp}: the command under 5 above, with the certificate of the time stamp
   authority, which is had from the authority itself. It says when all of this existed already.

6. The central server's counter-signature, where there is {counter}: it is checked by tmcwall alone (evidence verify
   --server-key), with the server's key, which is had from those who run it.

A command that fails means that the package was altered or is not complete. data/record.json says where each clip comes
from, its clocks, its gaps and the hash of each of its seconds; data/custody.json is an extract of the chain of custody.
What lies in data/copies, data/stills and data/redacted is for looking at only: copies, no evidence. The originals are
in data/originals.
"""


@dataclass(frozen=True, slots=True)
class Instructions:
    """What differs from package to package."""

    package: str
    principal: str
    fingerprint: str
    spoken: str
    clips: tuple[str, ...]
    """Their paths in the bag."""

    def text(self) -> str:
        return _TEXT.format(
            package=self.package,
            fingerprint=self.fingerprint,
            spoken=self.spoken,
            linux=_LINUX.format(principal=self.principal),
            windows=_WINDOWS.format(principal=self.principal),
            stamp=bag.TIME_STAMP,
            counter=bag.COUNTER_SIGNATURE,
            openssl=_OPENSSL,
            ffmpeg="\n".join(_FFMPEG.format(clip=clip) for clip in self.clips),
        )
