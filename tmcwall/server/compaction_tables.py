"""The table of what was compacted."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tmcwall.server.tables import Base


class CompactionRow(Base):
    """The server's statement that it has taken the values out of some operations. Rows are only added.

    Each refers to the one before by its hash, so none can be taken away but at the end.
    """

    __tablename__ = "compactions"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    statement: Mapped[str] = mapped_column(Text)
    """A `compaction.Statement` as canonical JSON: what is signed."""
    hash: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))
    through: Mapped[int] = mapped_column(BigInteger)
    """The last place in the order whose operation has no values any more, by this statement or one before."""
    horizon: Mapped[int] = mapped_column(BigInteger)
    """What stands up to that place decided what could go: only behind it is everything whole that may be asked for."""
    examined: Mapped[int] = mapped_column(BigInteger)
    """Up to that place every entity has been looked at."""
