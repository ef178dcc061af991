"""Bookmarks are searched by an index of their own; what is here is put into it when the store opens."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_WORDS = """
CREATE VIRTUAL TABLE search_words USING fts5(
    lp, camera, place, note, keys,
    content='search_entries', content_rowid='row', tokenize='unicode61 remove_diacritics 2', prefix='2 3'
)
"""

_TRIGGERS = (
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


def upgrade() -> None:
    op.create_table(
        "search_entries",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("bookmark_id", sa.String(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("lp", sa.Text(), nullable=False),
        sa.Column("camera", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("row", name="pk_search_entries"),
        sa.UniqueConstraint("bookmark_id", name="uq_search_entries_bookmark_id"),
    )
    op.create_table(
        "search_due",
        sa.Column("bookmark_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("bookmark_id", name="pk_search_due"),
    )
    for statement in (_WORDS, *_TRIGGERS):
        op.execute(statement)
    op.execute("INSERT INTO search_due SELECT id FROM bookmarks ORDER BY starts_at")
