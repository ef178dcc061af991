"""A station's letters for tests: how it writes them, a case, and an order that lacks nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from tests.clocks import NOON
from tests.services_stage import InlineStore
from tmcwall.db import officers, operations
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState
from tmcwall.domain.case import Case, case_id, normalise_lp
from tmcwall.domain.clock import Clock
from tmcwall.domain.letter import LetterKind, LetterStation, LetterWords, PdfSignature, Person, Signer
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.roster import Origin
from tmcwall.domain.sp2hp import KLASIK_RULES, A2Meaning, LetterCode
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.future_dispatcher import StoreProtocol
from tmcwall.services.letter_room import LetterRoom

LP: Final = "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH"
DAY: Final = date(2025, 3, 12)
MINUTE: Final = timedelta(minutes=1)
INVESTIGATOR: Final = Officer("87654321", "Sri Wahyuni", Role.INVESTIGATOR, "Aipda")
STATION: Final = LetterStation(
    head=("KEPOLISIAN NEGARA REPUBLIK INDONESIA", "DAERAH JAWA TENGAH", "RESOR KOTA SURAKARTA"),
    address="Jalan Contoh 1, Surakarta",
    place="Surakarta",
    unit_code="Satreskrim",
    copies=("Kapolresta Surakarta",),
    a2_meaning=A2Meaning.CONTINUED,
    subjects={
        LetterCode.A1: "Pemberitahuan perkembangan hasil penelitian laporan",
        LetterCode.A3: "Pemberitahuan perkembangan hasil penyelidikan yang ditingkatkan ke penyidikan",
        LetterCode.A4: "Pemberitahuan perkembangan hasil penyidikan",
        LetterCode.A5: "Pemberitahuan penghentian penyidikan",
    },
)
CASE: Final = Case(
    case_id(normalise_lp(LP)), LP, normalise_lp(LP), datetime(2025, 3, 10, 2, tzinfo=UTC), "12345678",
    lp_date=date(2025, 3, 10),
)  # fmt: skip
WORDS: Final = LetterWords(
    code=LetterCode.A1,
    addressee="Siti Aminah",
    address="Jalan Slamet Riyadi 12\nSurakarta",
    matter="Pencurian pada 9 Maret 2025 di Kemlayan.",
    actions="Pelapor telah diperiksa.\nRekaman tiga kamera telah diperiksa.",
    obstacles="Tidak ada.",
    plan="Memeriksa saksi.",
    investigator=Person("Sri Wahyuni", "Aipda", "87654321", "0812-3456-7890", "sri.wahyuni@polri.example"),
    signer=Signer("Agus Wibowo", "Kompol", "85010203", "a.n. KAPOLRESTA SURAKARTA\nKASATRESKRIM"),
    archive_code="RES.1.8.",
)
SIGNATURE: Final = PdfSignature("Agus Wibowo", "BSrE", datetime(2025, 3, 13, tzinfo=UTC), intact=True, covers_all=True)
REQUEST: Final = LetterWords(
    kind=LetterKind.FOOTAGE_REQUEST,
    addressee="Kepala Cabang Bank Contoh",
    address="Surakarta",
    matter="Kamera pintu masuk, 9 Maret 2025 pukul 14.00 sampai 15.00 WIB.",
    investigator=WORDS.investigator,
    signer=WORDS.signer,
    archive_code="RES.1.8.",
)


def stocked(store: InlineStore) -> None:
    """Whoever may edit cases, the case, and two clips of it, the second not cut yet."""
    officer = INVESTIGATOR
    store.do(
        lambda session: officers.put(session, officer, officers.make_verifier("x" * 12), origin=Origin.LOCAL, at=NOON)
    )
    values = (
        CASE,
        Bookmark("tanda-1", "CAM-1", "Simpang Gladag", NOON, NOON + MINUTE, NOON, officer.nrp, case_id=CASE.id),
        Clip("klip-1", "tanda-1", ClipState.READY, "a.mp4", sha256="ab" * 32),
        Bookmark("tanda-2", "CAM-2", "Pasar Gede", NOON, NOON + MINUTE, NOON, officer.nrp, case_id=CASE.id),
        Clip("klip-2", "tanda-2", ClipState.WAITING),
    )
    for value in values:
        store.do(partial(operations.change, value=value, actor=officer.nrp, at=NOON))


def room_of(
    store: StoreProtocol,
    folder: Path,
    *,
    clock: Clock,
    station: LetterStation = STATION,
    reporter_of: Callable[[str, str], str] = lambda _incident, _commitment: "",
) -> LetterRoom:
    """PDFs that come back have the signature that stands in them as text, or none."""
    return LetterRoom(
        store=store,
        station=station,
        rules=KLASIK_RULES,
        folder=folder / "letters",
        templates=folder / "letter-templates",
        zone=StationZone.WIB,
        clock=clock,
        examine=lambda pdf: (SIGNATURE,) if b"tanda tangan" in pdf else None,
        reporter_of=reporter_of,
    )
