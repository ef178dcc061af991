"""What bookmarks are searched by: an entry a bookmark, and an index of the words of the entries.

Triggers note which bookmarks may look otherwise than their entries say, whatever changed them: a tag made here, an
operation of others, a snapshot of the server, a removed row. Whoever writes calls `update` before the commit. The index
is FTS5's (https://www.sqlite.org/fts5.html). No trigger may write it, because the store trusts no schema.

A migration that builds anew a table which has triggers here creates those again: SQLite drops them with the table.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

ROWS_A_SECOND: Final = 1_000_000
"""The row of an entry is the second at which its footage starts, times this, and a count."""

WORDS: Final = """
CREATE VIRTUAL TABLE search_words USING fts5(
    lp, camera, place, note, keys,
    content='search_entries', content_rowid='row', tokenize='unicode61 remove_diacritics 2', prefix='2 3'
)
"""

TRIGGERS: Final = (
    """
    CREATE TRIGGER search_bookmarks_added AFTER INSERT ON bookmarks BEGIN
        INSERT INTO search_due
        SELECT b.id FROM bookmarks b WHERE b.id = new.id AND b.id NOT IN (SELECT bookmark_id FROM search_due);
    END
    """,
    """
    CREATE TRIGGER search_bookmarks_changed AFTER UPDATE ON bookmarks BEGIN
        INSERT INTO search_due
        SELECT b.id FROM bookmarks b WHERE b.id = new.id AND b.id NOT IN (SELECT bookmark_id FROM search_due);
    END
    """,
    """
    CREATE TRIGGER search_bookmarks_removed AFTER DELETE ON bookmarks
    WHEN old.id NOT IN (SELECT bookmark_id FROM search_due)
    BEGIN
        INSERT INTO search_due VALUES (old.id);
    END
    """,
    """
    CREATE TRIGGER search_cases_added AFTER INSERT ON cases BEGIN
        INSERT INTO search_due
        SELECT b.id FROM bookmarks b WHERE b.case_id = new.id AND b.id NOT IN (SELECT bookmark_id FROM search_due);
    END
    """,
    """
    CREATE TRIGGER search_cases_changed AFTER UPDATE ON cases
    WHEN (new.lp, new.lp_normalised, new.unit) IS NOT (old.lp, old.lp_normalised, old.unit)
    BEGIN
        INSERT INTO search_due
        SELECT b.id FROM bookmarks b WHERE b.case_id = new.id AND b.id NOT IN (SELECT bookmark_id FROM search_due);
    END
    """,
    """
    CREATE TRIGGER search_cases_removed AFTER DELETE ON cases BEGIN
        INSERT INTO search_due
        SELECT b.id FROM bookmarks b WHERE b.case_id = old.id AND b.id NOT IN (SELECT bookmark_id FROM search_due);
    END
    """,
    """
    CREATE TRIGGER search_incidents_added AFTER INSERT ON incidents BEGIN
        INSERT INTO search_due
        SELECT b.id FROM bookmarks b WHERE b.incident_id = new.id AND b.id NOT IN (SELECT bookmark_id FROM search_due);
    END
    """,
    """
    CREATE TRIGGER search_incidents_changed AFTER UPDATE ON incidents
    WHEN (new.type, new.place) IS NOT (old.type, old.place)
    BEGIN
        INSERT INTO search_due
        SELECT b.id FROM bookmarks b WHERE b.incident_id = new.id AND b.id NOT IN (SELECT bookmark_id FROM search_due);
    END
    """,
    """
    CREATE TRIGGER search_incidents_removed AFTER DELETE ON incidents BEGIN
        INSERT INTO search_due
        SELECT b.id FROM bookmarks b WHERE b.incident_id = old.id AND b.id NOT IN (SELECT bookmark_id FROM search_due);
    END
    """,
    """
    CREATE TRIGGER search_cameras_added AFTER INSERT ON cameras BEGIN
        INSERT INTO search_due
        SELECT b.id FROM bookmarks b WHERE b.camera_id = new.id AND b.id NOT IN (SELECT bookmark_id FROM search_due);
    END
    """,
    """
    CREATE TRIGGER search_cameras_changed AFTER UPDATE ON cameras
    WHEN (new.name, new.number, new.adm4, new.rw, new.rt, new.unit)
        IS NOT (old.name, old.number, old.adm4, old.rw, old.rt, old.unit)
    BEGIN
        INSERT INTO search_due
        SELECT b.id FROM bookmarks b WHERE b.camera_id = new.id AND b.id NOT IN (SELECT bookmark_id FROM search_due);
    END
    """,
    """
    CREATE TRIGGER search_cameras_removed AFTER DELETE ON cameras BEGIN
        INSERT INTO search_due
        SELECT b.id FROM bookmarks b WHERE b.camera_id = old.id AND b.id NOT IN (SELECT bookmark_id FROM search_due);
    END
    """,
)

_UPDATES: Final = (
    """
    INSERT INTO search_words (search_words, rowid, lp, camera, place, note, keys)
    SELECT 'delete', row, lp, camera, place, note, keys FROM search_entries WHERE bookmark_id IN (
        SELECT bookmark_id FROM search_due ORDER BY rowid DESC LIMIT 250
    )
    """,
    """
    DELETE FROM search_entries WHERE bookmark_id IN (
        SELECT bookmark_id FROM search_due ORDER BY rowid DESC LIMIT 250
    )
    """,
    # OR IGNORE: a second of a million tags is left out of the search, for no tag may be refused because of it.
    """
    WITH sources AS (
        SELECT
            CAST(strftime('%s', b.starts_at) AS INTEGER) * 1000000 AS first_row,
            b.id, b.ends_at, b.camera_id, b.camera_name, b.officer, b.case_id, b.note,
            k.lp, k.lp_normalised, ifnull(nullif(k.unit, ''), ifnull(c.unit, '')) AS unit,
            c.name, c.number,
            i.type, json_extract(i.place, '$.text') AS incident_place,
            replace(c.adm4, '.', '') AS adm, 'rw' || c.rw AS rw, 'rt' || c.rt AS rt,
            replace(json_extract(i.place, '$.adm4'), '.', '') AS incident_adm,
            'rw' || json_extract(i.place, '$.rw') AS incident_rw,
            'rt' || json_extract(i.place, '$.rt') AS incident_rt
        FROM bookmarks b
        LEFT JOIN cases k ON k.id = b.case_id
        LEFT JOIN incidents i ON i.id = b.incident_id
        LEFT JOIN cameras c ON c.id = b.camera_id
        WHERE b.id IN (SELECT bookmark_id FROM search_due ORDER BY rowid DESC LIMIT 250)
    )
    INSERT OR IGNORE INTO search_entries (row, bookmark_id, ends_at, unit, lp, camera, place, note, keys)
    SELECT
        ifnull(
            (SELECT max(row) + 1 FROM search_entries WHERE row >= first_row AND row < first_row + 1000000), first_row
        ) + row_number() OVER (PARTITION BY first_row ORDER BY id) - 1,
        id, ends_at, unit,
        ifnull(lp || ' ' || lp_normalised, ''),
        camera_id || ' ' || camera_name || ' ' || ifnull(name, '') || ' ' || ifnull(number, ''),
        ifnull(incident_place, ''),
        note,
        'camera' || hex(camera_id) || ' officer' || hex(officer) || ifnull(' case' || hex(case_id), '')
            || ifnull(' type' || hex(type), '')
            || ifnull(' ' || rw, '') || ifnull(' ' || rt, '')
            || ifnull(' adm' || substr(adm, 1, 2) || ' adm' || substr(adm, 1, 4) || ' adm' || substr(adm, 1, 6)
                || ' adm' || adm, '')
            || ifnull(' adm' || adm || rw, '') || ifnull(' adm' || adm || rw || rt, '')
            || ifnull(' ' || incident_rw, '') || ifnull(' ' || incident_rt, '')
            || ifnull(' adm' || substr(incident_adm, 1, 2) || ' adm' || substr(incident_adm, 1, 4)
                || ' adm' || substr(incident_adm, 1, 6) || ' adm' || incident_adm, '')
            || ifnull(' adm' || incident_adm || incident_rw, '')
            || ifnull(' adm' || incident_adm || incident_rw || incident_rt, '')
    FROM sources
    """,
    """
    INSERT INTO search_words (rowid, lp, camera, place, note, keys)
    SELECT row, lp, camera, place, note, keys FROM search_entries WHERE bookmark_id IN (
        SELECT bookmark_id FROM search_due ORDER BY rowid DESC LIMIT 250
    )
    """,
    "DELETE FROM search_due WHERE rowid IN (SELECT rowid FROM search_due ORDER BY rowid DESC LIMIT 250)",
)


def update(session: Session) -> bool:
    """Bring entries and words up to what was written, of 250 bookmarks at most; whether more are due."""
    connection = session.connection()
    if connection.exec_driver_sql("SELECT 1 FROM search_due LIMIT 1").first() is None:
        return False
    for statement in _UPDATES:
        connection.exec_driver_sql(statement)
    return connection.exec_driver_sql("SELECT 1 FROM search_due LIMIT 1").first() is not None


def key(kind: str, value: str) -> str:
    """The word among the keys of an entry that says this camera, officer, case or type."""
    return f"{kind}{value.encode().hex().upper()}"
