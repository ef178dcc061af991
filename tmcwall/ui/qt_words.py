"""Has Qt's own buttons and context menus speak Indonesian."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from tmcwall.texts import Language
from tmcwall.texts.buttons import QT_WORDS


class QtWords(QTranslator):
    """Answers from `texts.buttons`; what it does not know stays English."""

    def isEmpty(self) -> bool:
        return False

    def translate(
        self,
        context: str,  # noqa: ARG002 - Qt's signature
        source: str,
        disambiguation: str | None = None,  # noqa: ARG002 - Qt's signature
        n: int = -1,  # noqa: ARG002 - Qt's signature
    ) -> str | None:
        return QT_WORDS.get(source) or QT_WORDS.get(source.replace("&", ""))


def install_qt_words(application: QCoreApplication, language: Language) -> QtWords | None:
    """Set Qt's locale, and its words where they are not English. The answer must live as long as the application."""
    if language is Language.EN:
        QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
        return None
    QLocale.setDefault(QLocale(QLocale.Language.Indonesian, QLocale.Country.Indonesia))
    words = QtWords(application)
    application.installTranslator(words)
    return words
