"""`tmcwall coverage`: for whom, and what it leaves."""

from __future__ import annotations

from tests.evidence_station import OPERATOR, PASSWORD, make_station
from tests.unit.commands.test_camera_certificate import no_umask_for_others, secret  # noqa: F401 - fixtures
from tmcwall.cli import main


def test_an_operator_is_refused_in_words_and_nothing_is_left(tmp_path, secret, capfd) -> None:  # noqa: F811
    data = make_station(tmp_path / "data", clips=1)
    out = tmp_path / "out"
    words = ("--nrp", OPERATOR, "--secret-file", str(secret), "--data-dir", str(data), "--lang", "id")
    assert main(["coverage", "33.72", "--out", str(out), *words]) != 0
    assert not out.exists()
    assert PASSWORD not in capfd.readouterr().err
