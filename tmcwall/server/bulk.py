"""Many rows in one statement, for what every push reads and writes: neither the ORM nor a statement for each row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Dialect, Table

Row = Mapping[str, Any]  # by the name of a column, as SQLAlchemy takes it


class BulkInsert:
    """Rows into one table. `replacing` names the key of those that take the place of what is there.

    With `keeping`, those columns stay as they are then.
    """

    def __init__(
        self, table: Table, columns: Sequence[str], *, replacing: Sequence[str] = (), keeping: Sequence[str] = ()
    ) -> None:
        self._table = table
        self._columns: Final = tuple(columns)
        self._conflict = ""
        if replacing:
            kept = {*replacing, *keeping}
            changed = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in kept)
            self._conflict = f" ON CONFLICT ({', '.join(replacing)}) DO UPDATE SET {changed}"

    def run(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Raises SQLAlchemy's errors, IntegrityError among them."""
        write_all(connection, [(self, rows)])

    def on_postgresql(self, dialect: Dialect) -> str:
        """A statement of one parameter: the rows as JSON."""
        names = ", ".join(self._columns)
        types = ", ".join(f"{name} {self._table.c[name].type.compile(dialect)}" for name in self._columns)
        # Names and types are those of our tables.
        return (
            f"INSERT INTO {self._table.name} ({names})"  # noqa: S608
            f" SELECT {names} FROM json_to_recordset(%s::json) AS given({types}){self._conflict}"
        )

    def run_on_sqlite(self, connection: Connection, rows: Sequence[Row]) -> None:
        marks = ", ".join("?" * len(self._columns))
        # Names are those of our tables.
        statement = f"INSERT INTO {self._table.name} ({', '.join(self._columns)}) VALUES ({marks}){self._conflict}"  # noqa: S608
        values = itemgetter(*self._columns)
        given = [list(values(row)) for row in rows]
        for place, write in _writers(self._table, self._columns, connection.dialect):
            for row in given:
                row[place] = write(row[place])
        connection.exec_driver_sql(statement, [tuple(row) for row in given])


def write_all(connection: Connection, work: Sequence[tuple[BulkInsert, Sequence[Row]]]) -> None:
    """In that order; on PostgreSQL in one statement, for each is a round trip. Raises SQLAlchemy's errors."""
    wanted = [(insert, rows) for insert, rows in work if rows]
    if not wanted:
        return
    if connection.dialect.name != "postgresql":
        for insert, rows in wanted:
            insert.run_on_sqlite(connection, rows)
        return
    *first, last = [insert.on_postgresql(connection.dialect) for insert, _ in wanted]
    parts = ", ".join(f"part{place} AS ({statement})" for place, statement in enumerate(first))
    given = tuple(msgspec.json.encode(rows).decode() for _, rows in wanted)
    connection.exec_driver_sql(f"WITH {parts} {last}" if first else last, given)


def _writers(
    table: Table, columns: Sequence[str], dialect: Dialect
) -> Sequence[tuple[int, Callable[[object], object]]]:
    """What the database keeps in another form than it is given, by its place among the columns."""
    found = []
    for place, name in enumerate(columns):
        write = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        if write is not None:
            found.append((place, write))
    return found


class BulkSelect:
    """Rows of one table by their keys, which are texts. What is wanted are columns that every database keeps alike."""

    def __init__(self, table: Table, *, keys: Sequence[str], wanted: Sequence[str], locking: bool = False) -> None:
        """`locking`: until the end of the transaction nobody else writes these rows."""
        columns = ", ".join(f"kept.{name}" for name in (*keys, *wanted))
        matched = [f"kept.{name} = json_extract(given.value, '$[{place}]')" for place, name in enumerate(keys)]
        # Names are those of our tables. CROSS JOIN: SQLite begins with the keys and looks each up.
        self._on_sqlite = (
            f"SELECT {columns} FROM json_each(?) AS given CROSS JOIN {table.name} AS kept WHERE {' AND '.join(matched)}"  # noqa: S608
        )
        matched = [f"kept.{name} = given.value ->> {place}" for place, name in enumerate(keys)]
        self._on_postgresql = (
            f"SELECT {columns} FROM json_array_elements(%s::json) AS given(value)"  # noqa: S608
            f" JOIN {table.name} AS kept ON {' AND '.join(matched)}{' FOR UPDATE OF kept' if locking else ''}"
        )

    def run(self, connection: Connection, keys: Collection[tuple[str, ...]]) -> Sequence[tuple[Any, ...]]:
        """The keys first, then what is wanted, in any order."""
        statement = self._on_postgresql if connection.dialect.name == "postgresql" else self._on_sqlite
        found = connection.exec_driver_sql(statement, (msgspec.json.encode(list(keys)).decode(),))
        return [tuple(row) for row in found]
