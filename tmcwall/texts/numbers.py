"""Numbers as the screens say them, whatever the system's locale."""

from tmcwall.texts import Language, Translator


def whole_number(value: float, say: Translator) -> str:
    """`1.200` in Indonesian, `1,200` in English."""
    text = f"{value:,.0f}"
    return text.replace(",", ".") if say.language is Language.ID else text
