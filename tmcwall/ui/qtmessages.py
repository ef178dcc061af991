"""What Qt itself complains of goes to the program's log, not to the terminal."""

from __future__ import annotations

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from tmcwall.log import get_logger

_LEVELS = {
    QtMsgType.QtDebugMsg: "debug",
    QtMsgType.QtInfoMsg: "info",
    QtMsgType.QtWarningMsg: "warning",
    QtMsgType.QtCriticalMsg: "error",
    QtMsgType.QtFatalMsg: "critical",
}


def send_qt_messages_to_log() -> None:
    """Once, before the QApplication is made. Qt ends the program after a fatal message by itself."""
    qInstallMessageHandler(_to_log)


def _to_log(kind: QtMsgType, context: QMessageLogContext, message: str | None) -> None:
    log = get_logger("qt")
    getattr(log, _LEVELS.get(kind, "warning"))("qt message", cause=message or "", category=context.category or "")
