"""What is said about cases, evidence packages and their check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.evidence.camera_signature import SinceCamera
from tmcwall.evidence.server_receipt import ReceiptStanding
from tmcwall.evidence.signing_certificates import CertificateFacts
from tmcwall.evidence.verification import (
    AlteredPart,
    ClaimState,
    KeyStanding,
    OriginalSignature,
    Verdict,
    Verification,
)
from tmcwall.texts import Text, Translator

# Cases
CERTIFICATE_SIGNED: Final = Text(
    "Ditandatangani dengan kunci {fingerprint}; periksa dengan ssh-keygen -Y verify -n tmcwall-evidence@v1.",
    "Signed with the key {fingerprint}; check it with ssh-keygen -Y verify -n tmcwall-evidence@v1.",
)
NO_CASES = Text(id="belum ada perkara di tempat kerja ini", en="no cases on this workstation yet")
CASE_LINE = Text(
    id="{lp}  {stage}  {bookmarks} penanda, {ready} klip siap",
    en="{lp}  {stage}  {bookmarks} tags, {ready} clips ready",
)
CASE_OPENED = Text(id="dibuka {at} oleh {by}", en="opened {at} by {by}")
FOOTAGE_LINE = Text(
    id="{starts} sampai {ends}  {camera}  {state}  {note}", en="{starts} to {ends}  {camera}  {state}  {note}"
)
HERE = Text(id="klip di sini", en="clip is here")
NOT_HERE = Text(id="klip tidak di sini", en="clip is not here")
LETTER_LINE = Text(
    "{day}  surat {kind} {number}: {state}, tanda terima {receipt}",
    "{day}  letter {kind} {number}: {state}, receipt {receipt}",
)
EXPORTED_LINE = Text(id="{at}  diekspor oleh {by}: {package}", en="{at}  exported by {by}: {package}")
FAILED_LINE = Text(id="{at}  ekspor oleh {by} gagal: {failure}", en="{at}  export by {by} failed: {failure}")
CLIP_STATES: Final[Mapping[str, Text]] = {
    "": Text("tanpa klip", "no clip"),
    "waiting": Text("menunggu", "waiting"),
    "cutting": Text("sedang dipotong", "being cut"),
    "failed": Text("gagal", "failed"),
}

# Export
EXPORTED = Text(
    id="Paket bukti selesai dan sudah dibaca ulang: {folder}\n{originals} klip asli, {size_mib} MiB.",
    en="The evidence package is done and was read back: {folder}\n{originals} original clips, {size_mib} MiB.",
)
SIGNED = Text(
    id="Ditandatangani dengan kunci {fingerprint}\nUntuk dibacakan lewat telepon: {spoken}",
    en="Signed with the key {fingerprint}\nTo be read out by telephone: {spoken}",
)
LEFT_OUT = Text(
    id="{count} rekaman perkara ini tidak ikut: {which}", en="{count} recordings of this case are not in it: {which}"
)
COPIES = Text(
    id="{copies} salinan dan cuplikan gambar untuk dilihat; yang asli tetap klipnya.",
    en="{copies} copies and stills for looking at; the clips remain the originals.",
)
TIME_STAMPED = Text(
    id="Dengan cap waktu dari pemberi cap waktu (RFC 3161).", en="With a time stamp of the authority (RFC 3161)."
)
COUNTER_SIGNED = Text(id="Ditandatangani juga oleh server pusat.", en="Counter-signed by the central server.")
NOT_COUNTER_SIGNED = Text(
    id="tanpa tanda tangan server pusat: server tidak terjangkau atau menolak; paketnya tetap utuh",
    en="without the central server's counter-signature: it is away or refuses; the package is whole",
)
NOT_TIME_STAMPED = Text(
    id="tanpa cap waktu: pemberi cap waktu tidak menjawab, atau jawabannya tidak cocok; paketnya tetap utuh",
    en="without a time stamp: the authority does not answer, or its answer does not fit; the package is whole",
)
COPIES_NOT_MADE = Text(
    id="salinan tidak dapat dibuat, klip aslinya tetap ada di paket: {which}",
    en="copies could not be made, their originals are in the package: {which}",
)
PROGRESS = Text(
    id="menyalin, membuat salinan tontonan, dan membaca ulang: {percent} %",
    en="copying, making viewing copies, and reading back: {percent} %",
)

# Check
VERDICTS: Final[Mapping[Verdict, Text]] = {
    Verdict.VALID: Text("SAH: tidak ada yang berubah.", "VALID: nothing was altered."),
    Verdict.ALTERED: Text("BERUBAH: paket ini bukan yang ditandatangani.", "ALTERED: this is not what was signed."),
    Verdict.INCOMPLETE: Text("TIDAK LENGKAP.", "INCOMPLETE."),
    Verdict.UNKNOWN_KEY: Text(
        "KUNCI TIDAK DIKENAL: siapa pun dapat membuat paket seperti ini. Bandingkan sidik kuncinya lewat telepon.",
        "UNKNOWN KEY: anybody can make a package like this. Compare the fingerprint by telephone.",
    ),
    Verdict.CANNOT_CHECK: Text("TIDAK DAPAT DIPERIKSA: {problem}", "CANNOT BE CHECKED: {problem}"),
}
KEY_STANDINGS: Final[Mapping[KeyStanding, Text]] = {
    KeyStanding.KNOWN: Text("kunci dikenal: {principal}", "known key: {principal}"),
    KeyStanding.UNKNOWN: Text("kunci tidak dikenal", "unknown key"),
    KeyStanding.WITHDRAWN: Text(
        "kunci {principal} sudah dicabut; bahwa paket ini lebih tua, hanya paket ini sendiri yang mengatakannya",
        "the key of {principal} was withdrawn; that this package is older, only the package itself says",
    ),
    KeyStanding.NOT_CHECKED: Text("kunci tidak diperiksa", "key not checked"),
}
CLAIM_STATES: Final[Mapping[ClaimState, Text]] = {
    ClaimState.HOLDS: Text("ya", "yes"),
    ClaimState.BROKEN: Text("TIDAK", "NO"),
    ClaimState.NOT_MADE: Text("tidak dinyatakan oleh paket ini", "not claimed by this package"),
    ClaimState.NOT_CHECKED: Text("tidak diperiksa", "not checked"),
}
CLAIMS: Final[Mapping[str, Text]] = {
    "since_workstation": Text(
        "tidak berubah sejak diterima tempat kerja ini: {state}",
        "unchanged since this workstation received it: {state}",
    ),
    "since_recorder": Text(
        "tidak berubah sejak diserahkan perekam: {state}", "unchanged since the recorder handed it over: {state}"
    ),
    "since_camera": Text("tidak berubah sejak dari kamera: {state}", "unchanged since the camera: {state}"),
    "existed_before": Text("sudah ada sebelum suatu saat: {state}", "existed before a moment: {state}"),
    "seen_by_server": Text(
        "sudah ada saat ditandatangani juga oleh server pusat: {state}",
        "existed when the central server counter-signed it: {state}",
    ),
}
SINCE_CAMERA: Final[Mapping[SinceCamera, Text]] = {
    SinceCamera.UNCHANGED: Text("ya, menurut tanda tangan kamera", "yes, by the camera's signature"),
    SinceCamera.NOT_SIGNED: Text("tidak ditandatangani kamera", "not signed by the camera"),
    SinceCamera.NOT_VERIFIED: Text(
        "tanda tangan kamera tidak dapat diperiksa di sini", "the camera's signature cannot be verified here"
    ),
    SinceCamera.UNKNOWN_CAMERA: Text(
        "cocok dengan suatu tanda tangan, tetapi tidak ada di sini yang menjamin kameranya: siapa pun dapat membuatnya",
        "it fits a signature, but nobody here vouches for the camera: anybody can make one",
    ),
    SinceCamera.INCOMPLETE: Text(
        "yang ada sesuai tanda tangan kamera; sebagian tidak ada atau tidak terlindungi",
        "what is there is as the camera signed it; some is missing or not protected",
    ),
    SinceCamera.ALTERED: Text("TIDAK: berubah sejak ditandatangani kamera", "NO: altered since the camera signed it"),
}
CAMERA_LINE = Text(id="  {path}: {answer}", en="  {path}: {answer}")
CAMERA_ALTERED_AT = Text(
    id="    pertama berubah pada detik {seconds} klip", en="    first altered at second {seconds} of the clip"
)
CAMERA_VERIFIED = Text(
    id="    {units} unit gambar terperiksa, detik {begin} sampai {end}; {pending} di akhir belum tercakup",
    en="    {units} picture units verified, seconds {begin} to {end}; {pending} at the end not reached",
)
CAMERA_FIRMWARE = Text(id="    perangkat lunak kamera {firmware}", en="    camera firmware {firmware}")
CERTIFICATE = Text(
    id="    sertifikat {subject}, nomor {serial}, dari {issuer}, berlaku {begin} sampai {end}",
    en="    certificate {subject}, number {serial}, by {issuer}, valid {begin} to {end}",
)
ALTERED_PART = Text(id="berubah: {path}", en="altered: {path}")
ALTERED_SINCE = Text(
    id="berubah: {path}, mulai detik ke-{second} klip (sekitar {at})",
    en="altered: {path}, from second {second} of the clip (about {at})",
)
CONTAINER_ONLY = Text(
    id="berubah: {path}, hanya wadahnya; semua gambar utuh bit demi bit",
    en="altered: {path}, its container only; every picture is there bit for bit",
)
MISSING_PART = Text(id="hilang: {path}", en="missing: {path}")
ADDED_PART = Text(id="ditambahkan: {path}", en="added: {path}")
BESIDE_PART = Text(id="bukan bagian paket: {path}", en="no part of the package: {path}")
GAP = Text(
    id="celah rekaman {path}: {starts} sampai {ends}, {seconds} s, {cause}",
    en="gap in {path}: {starts} to {ends}, {seconds} s, {cause}",
)
PACKAGE_OF = Text(
    id="Perkara {lp}, dibuat {at} oleh {officer} menurut paket ini, {originals} klip asli",
    en="Case {lp}, made {at} by {officer} as the package says, {originals} original clips",
)
STAMPED = Text(
    id="cap waktu {at} dari {authority}, yang dipercaya di sini",
    en="time stamp {at} of {authority}, which is trusted here",
)
STAMPED_BY_UNKNOWN = Text(
    id="cap waktu {at} dari {authority}, yang tidak dijamin siapa pun di sini: siapa pun dapat membuatnya",
    en="time stamp {at} of {authority}, for which nobody here vouches: anybody can make one",
)
STAMP_MISSING = Text(
    id="cap waktu diminta saat paket dibuat, tetapi tidak ada: tidak datang, atau diambil",
    en="a time stamp was asked for when the package was made, and there is none: it did not come, or was taken away",
)
COUNTER_SIGNED_AT = Text(
    id="ditandatangani juga {at} oleh server pusat yang dikenal di sini, diminta {device}",
    en="counter-signed {at} by a central server that is known here, asked by {device}",
)
COUNTER_SIGNED_BY_UNKNOWN = Text(
    id="ditandatangani juga {at} oleh server yang tidak dikenal di sini: siapa pun dapat membuatnya",
    en="counter-signed {at} by a server that is not known here: anybody can make that",
)
COUNTER_SIGNATURE_MISSING = Text(
    id="tanda tangan server pusat diminta saat paket dibuat, tetapi tidak ada: server tidak terjangkau, atau diambil",
    en="the central server's counter-signature was asked for, and there is none: it was away, or it was taken away",
)
RECEIPTS: Final[Mapping[ReceiptStanding, Text]] = {
    ReceiptStanding.KNOWN_SERVER: Text(
        id="server yang dikenal di sini menandatangani {rows} baris rantai penjagaan, pertama dilihat {at}",
        en="a server that is known here has signed {rows} rows of the chain of custody, first seen {at}",
    ),
    ReceiptStanding.UNKNOWN_SERVER: Text(
        id="server menandatangani {rows} baris rantai penjagaan, pertama dilihat {at}, menurut paket ini; servernya"
        " tidak dikenal di sini: siapa pun dapat membuat tanda terima seperti itu",
        en="a server has signed {rows} rows of the chain of custody, first seen {at}, as the package says; it is not"
        " known here: anybody can make such a receipt",
    ),
    ReceiptStanding.BROKEN: Text(
        id="tanda terima server atas {rows} baris rantai penjagaan ({at}) TIDAK cocok dengan paket ini",
        en="the server's receipt for {rows} rows of the chain of custody ({at}) does NOT fit this package",
    ),
}
KEY_LINE = Text(id="{standing}\n  {fingerprint}\n  {spoken}", en="{standing}\n  {fingerprint}\n  {spoken}")


def verification_lines(found: Verification, say: Translator) -> list[str]:
    """The verdict first, then what it rests on, then the claims."""
    lines = [say(VERDICTS[found.verdict], problem=found.problem), *_what_was_found(found, say)]
    if found.verdict is not Verdict.CANNOT_CHECK:
        for name, text in zip(CLAIMS, claim_texts(found, say), strict=True):
            lines.append(text)
            if name == "since_camera":
                lines += _signature_lines(found, say)
    return lines


def claim_texts(found: Verification, say: Translator) -> tuple[str, ...]:
    """The claims, in the order of `CLAIMS`."""
    claims = found.claims
    since_camera = SINCE_CAMERA[claims.since_camera] if claims.since_camera else CLAIM_STATES[ClaimState.NOT_CHECKED]
    states = {
        "since_workstation": CLAIM_STATES[claims.since_workstation],
        "since_recorder": CLAIM_STATES[claims.since_recorder],
        "since_camera": since_camera,
        "existed_before": CLAIM_STATES[claims.existed_before],
        "seen_by_server": CLAIM_STATES[claims.seen_by_server],
    }
    return tuple(say(text, state=say(states[name])) for name, text in CLAIMS.items())


def detail_lines(found: Verification, say: Translator) -> list[str]:
    """All but the verdict and the claims."""
    return [*_what_was_found(found, say), *_signature_lines(found, say)]


def _what_was_found(found: Verification, say: Translator) -> list[str]:
    lines = []
    if found.lp:
        at = found.made_at.local if found.made_at else ""
        lines.append(say(PACKAGE_OF, lp=found.lp, at=at, officer=found.officer, originals=found.originals))
    lines += [_altered_text(part, say) for part in found.altered]
    for text, paths in ((MISSING_PART, found.missing), (ADDED_PART, found.added), (BESIDE_PART, found.beside)):
        lines += [say(text, path=path) for path in paths]
    lines += [
        say(
            GAP,
            path=one.file,
            starts=one.gap.starts.local,
            ends=one.gap.ends.local,
            seconds=f"{one.gap.seconds:.1f}",
            cause=one.gap.cause,
        )
        for one in found.gaps
    ]
    signed = found.signed_by
    if signed is not None:
        standing = say(KEY_STANDINGS[signed.standing], principal=signed.principal)
        lines.append(say(KEY_LINE, standing=standing, fingerprint=signed.fingerprint, spoken=signed.spoken))
    stamp = found.time_stamp
    if stamp is not None:
        lines.append(
            say(STAMPED if stamp.vouched_for else STAMPED_BY_UNKNOWN, at=stamp.at.local, authority=stamp.authority)
        )
    elif found.time_stamp_missing:
        lines.append(say(STAMP_MISSING))
    lines += _counter_signature_lines(found, say)
    if found.receipt is not None:
        at = found.receipted_at.local if found.receipted_at else "-"
        lines.append(say(RECEIPTS[found.receipt], rows=found.receipted_rows, at=at))
    return lines


def _counter_signature_lines(found: Verification, say: Translator) -> list[str]:
    signed = found.counter_signature
    if signed is not None:
        text = COUNTER_SIGNED_AT if signed.server_known else COUNTER_SIGNED_BY_UNKNOWN
        return [say(text, at=signed.at.local, device=signed.device)]
    return [say(COUNTER_SIGNATURE_MISSING)] if found.counter_signature_missing else []


def _signature_lines(found: Verification, say: Translator) -> list[str]:
    return [line for one in found.camera_signatures if one.tracks for line in _camera_lines(one, say)]


def _camera_lines(signature: OriginalSignature, say: Translator) -> list[str]:
    """Of an original with signatures: what they say, how far they reach, and the chain of certificates."""
    lines = [say(CAMERA_LINE, path=signature.file, answer=say(SINCE_CAMERA[signature.answer]))]
    for track in signature.tracks:
        if track.first_altered_s is not None:
            lines.append(say(CAMERA_ALTERED_AT, seconds=f"{track.first_altered_s:.1f}"))
        if track.verified_from_s is not None and track.verified_until_s is not None:
            begin, end = f"{track.verified_from_s:.1f}", f"{track.verified_until_s:.1f}"
            counts = {"units": track.units_verified, "pending": track.units_pending}
            lines.append(say(CAMERA_VERIFIED, begin=begin, end=end, **counts))
        if track.vendor is not None and track.vendor.firmware:
            lines.append(say(CAMERA_FIRMWARE, firmware=track.vendor.firmware))
        lines += [_certificate_text(one, say) for one in track.certificates]
    return lines


def _certificate_text(facts: CertificateFacts, say: Translator) -> str:
    return say(
        CERTIFICATE,
        subject=facts.subject,
        serial=facts.serial_number,
        issuer=facts.issuer,
        begin=f"{facts.valid_from:%Y-%m-%d}",
        end=f"{facts.valid_until:%Y-%m-%d}",
    )


def _altered_text(part: AlteredPart, say: Translator) -> str:
    if part.pictures_unchanged:
        return say(CONTAINER_ONLY, path=part.path)
    if part.first_altered_second is None:
        return say(ALTERED_PART, path=part.path)
    at = part.first_altered_at.local if part.first_altered_at else "-"
    return say(ALTERED_SINCE, path=part.path, second=part.first_altered_second, at=at)
