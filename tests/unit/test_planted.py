"""The search for planted passwords finds them."""

from pathlib import Path

import pytest

from tests.planted import CAMERA_PASSWORD, files_with_planted_passwords


@pytest.mark.parametrize("spelling", [CAMERA_PASSWORD.encode(), CAMERA_PASSWORD.encode("utf-16-le")])
def test_a_password_in_a_log_is_found(tmp_path: Path, spelling: bytes) -> None:
    log = tmp_path / "engine.jsonl"
    log.write_bytes(b'{"event": "' + spelling + b'"}')
    assert list(files_with_planted_passwords(tmp_path)) == [log]
    log.unlink()


def test_a_list_that_an_officer_brought_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "cameras.csv").write_text(CAMERA_PASSWORD)
    assert list(files_with_planted_passwords(tmp_path)) == []
