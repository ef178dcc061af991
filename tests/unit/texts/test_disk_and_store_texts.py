"""A disk that takes nothing, and a restored store: what is wrong, for whom, and what to do."""

from datetime import UTC, datetime, timedelta

import pytest

from tmcwall.domain.disk_fault import DISK_FAULTS, DiskFault
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.restoration import Restoration, StoreNotReplaced, StoreRestored
from tmcwall.texts import Language, Translator
from tmcwall.texts.faults import explain, fault_text

AT = datetime(2026, 3, 10, 7, 30, tzinfo=UTC)
INDONESIAN, ENGLISH = Translator(Language.ID), Translator(Language.EN)


def test_a_full_disk_says_which_folder_and_how_much_is_free() -> None:
    full = DiskFault(FaultCode.DISK_FULL, "No space left on device", folder="/home/tmc", free_bytes=5 << 20)
    assert explain(full, INDONESIAN).endswith("Folder: /home/tmc, sisa 5 MiB.")
    assert "recording_keep_gib" in explain(full, INDONESIAN)
    assert explain(full, ENGLISH).endswith("Folder: /home/tmc, 5 MiB free.")


def test_a_disk_that_can_only_be_read_names_its_folder_and_no_free_space() -> None:
    locked = DiskFault(FaultCode.DISK_READ_ONLY, "", folder="/home/tmc", free_bytes=5 << 20)
    assert explain(locked, INDONESIAN).endswith("Folder: /home/tmc.")


@pytest.mark.parametrize("translate", [INDONESIAN, ENGLISH], ids=["id", "en"])
def test_each_fault_of_a_disk_has_a_remedy_of_its_own(translate: Translator) -> None:
    assert len({translate(fault_text(code)) for code in DISK_FAULTS}) == len(DISK_FAULTS)


def test_a_restored_store_tells_the_backup_its_moment_what_may_be_missing_and_what_to_do_next() -> None:
    restored = StoreRestored(Restoration(AT, "/data/damaged/1", "store-1-daily.sqlite", AT - timedelta(hours=3)))
    said = explain(restored, INDONESIAN)
    assert "cadangan dari 10 Maret 2026 pukul 11.30 WIB (store-1-daily.sqlite)" in said
    assert "mungkin hilang" in said
    assert "/data/damaged/1" in said
    assert said.endswith("Jalankan perintah itu sekali lagi.")
    assert "2026-03-10, 11.30.00 WIB" in explain(restored, ENGLISH)


def test_a_store_without_a_backup_is_said_to_be_empty_now() -> None:
    assert "dipakai basis data kosong" in explain(StoreRestored(Restoration(AT, "/data/damaged/1")), INDONESIAN)


def test_a_damaged_store_on_a_full_disk_tells_what_is_shown_what_is_missing_and_what_to_do_in_order() -> None:
    full = DiskFault(FaultCode.DISK_FULL, "", folder="/data", free_bytes=0)
    kept = StoreNotReplaced(
        full, store="/data/tmcwall.db", backup="store-1-daily.sqlite", backup_at=AT - timedelta(hours=3)
    )
    said = explain(kept, INDONESIAN)
    parts = (
        "rusak (/data/tmcwall.db)",
        "cadangan dari 10 Maret 2026",
        "tidak tampak",
        "sisa 0 MiB",
        "mulai ulang program",
    )
    assert sorted(parts, key=said.index) == list(parts)
    none = StoreNotReplaced(full, store="/data/tmcwall.db", backup=None, backup_at=None)
    assert "tidak ada cadangan" in explain(none, INDONESIAN)
    assert "import the list of cameras" in explain(none, ENGLISH)
