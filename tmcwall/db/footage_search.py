"""Searching bookmarks by report number, time, place, camera, kind of incident, officer and words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Table, column, select, table
from sqlalchemy.orm import Session

from tmcwall.db import bookmarks, cases, tables
from tmcwall.db.bookmarks import Entry
from tmcwall.db.search import contains
from tmcwall.db.search_index import ROWS_A_SECOND, key
from tmcwall.domain.case import normalise_lp
from tmcwall.domain.search import Search, SoughtWord, tokens

_entries: Final[Table] = tables.search_entries
_words: Final = table("search_words", column("rowid"), column("search_words"))
_LONGEST: Final = timedelta(days=1)
"""Footage that began earlier does not reach into a range; a bookmark is half an hour long at most."""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Newest footage first. `next` is what to ask for the page after; None: there is none."""

    entries: tuple[Entry, ...]
    next: int | None = None


def search(
    session: Session,
    asked: Search,
    *,
    limit: int,
    before: int | None = None,
    sees_unit: Callable[[str], bool] = lambda _unit: True,
) -> FoundPage:
    """`before` is the `next` of the page before. What is of a unit, by its case or else its camera, that `sees_unit`
    denies is left out.
    """
    units = session.scalars(select(tables.cases.c.unit).union(select(tables.cameras.c.unit)))
    hidden = [unit for unit in units if unit and not sees_unit(unit)]
    expression = _expression(session, asked)
    source = select(_entries.c.row, _entries.c.bookmark_id)
    row = _entries.c.row if expression is None else _words.c.rowid
    if expression is not None:
        # By the row of the words, which FTS5 gives in that order: it need not find them all and sort.
        source = source.join(_words, _words.c.rowid == _entries.c.row)
        source = source.where(_words.c.search_words.op("MATCH")(expression))
    if asked.since is not None:
        source = source.where(_entries.c.ends_at >= asked.since, row >= _first_row(asked.since - _LONGEST))
    if asked.until is not None:
        source = source.where(row < _first_row(asked.until + timedelta(seconds=1)))
    if before is not None:
        source = source.where(row < before)
    if hidden:
        source = source.where(_entries.c.unit.not_in(hidden))
    rows = session.execute(source.order_by(row.desc()).limit(limit + 1)).all()
    page = rows[:limit]
    by_id = {entry.bookmark.id: entry for entry in bookmarks.of_ids(session, [row.bookmark_id for row in page])}
    found = tuple(by_id[row.bookmark_id] for row in page if row.bookmark_id in by_id)
    return FoundPage(found, page[-1].row if len(rows) > limit else None)


def _first_row(moment: datetime) -> int:
    """Of footage that starts in that second."""
    return int(moment.astimezone(UTC).timestamp() // 1) * ROWS_A_SECOND


def _expression(session: Session, asked: Search) -> str | None:
    """For FTS5: https://www.sqlite.org/fts5.html#full_text_query_syntax. None: nothing is asked that it knows."""
    parts = [_word(word) for word in asked.words]
    if asked.lp:
        case = cases.by_lp(session, normalise_lp(asked.lp))
        parts.append(f"lp : {_phrase(asked.lp)}" if case is None else _keys([key("case", case.id)]))
    if asked.camera_id:
        parts.append(_keys([key("camera", asked.camera_id)]))
    if asked.incident_type is not None:
        parts.append(_keys([key("type", asked.incident_type.value)]))
    if asked.officer:
        named = select(tables.officers.c.nrp).where(contains(tables.officers.c.name, asked.officer))
        parts.append(_keys([key("officer", nrp) for nrp in (asked.officer, *session.scalars(named))]))
    adm, rw, rt = _adm(asked.adm), f"rw{asked.rw}" if asked.rw else "", f"rt{asked.rt}" if asked.rt else ""
    if adm and rw:
        parts.append(_keys([f"{adm}{rw}{rt}"]))
    else:
        parts += [_keys([given]) for given in (adm, rw, rt) if given]
    return " AND ".join(parts) or None


def _adm(code: str) -> str:
    return f"adm{code.replace('.', '')}" if code else ""


def _word(word: SoughtWord) -> str:
    either = [f"{{lp camera place note}} : {_phrase(word.text)}"]
    if word.adm4:
        either.append(_keys([_adm(code) for code in word.adm4]))
    return f"({' OR '.join(either)})"


def _keys(either: Sequence[str]) -> str:
    return f"keys : ({' OR '.join(_quoted(one) for one in either)})"


def _phrase(text: str) -> str:
    """Those tokens one after the other; the last may be only begun, if it is more than a letter."""
    found = tokens(text)
    return _quoted(" ".join(found)) + ("*" if len(found[-1]) > 1 else "")


def _quoted(text: str) -> str:
    """Nothing in it is read as an operator."""
    return f'"{" ".join(tokens(text))}"'
