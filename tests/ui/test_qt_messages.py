"""Qt's own messages stand in the log, without credentials, and not on the terminal."""

import json
from pathlib import Path

from PySide6.QtCore import qCritical, qInstallMessageHandler, qWarning

from tmcwall.logbook import LogBook
from tmcwall.ui.qtmessages import send_qt_messages_to_log


def test_what_qt_complains_of_is_logged_at_its_level(tmp_path: Path) -> None:
    with LogBook(tmp_path) as book:
        send_qt_messages_to_log()
        try:
            qWarning("QPainter::begin: rtsp://op:r4h@s14@10.0.0.1/a")
            qCritical("out of memory")
        finally:
            qInstallMessageHandler(None)
        lines = [json.loads(line) for line in book.path.read_text().splitlines()]
    assert [(line["level"], line["cause"]) for line in lines] == [
        ("warning", "QPainter::begin: rtsp://***@10.0.0.1/a"),
        ("error", "out of memory"),
    ]
