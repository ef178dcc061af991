"""Searching text columns for what an officer typed."""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement


def contains(column: Column[str], text: str) -> ColumnElement[bool]:
    """Whether the text stands in the column, with `%` and `_` as they are; ASCII letters match in either case."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return column.like(f"%{escaped}%", escape="\\")
