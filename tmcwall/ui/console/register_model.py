"""The table of the register: ten thousand cameras without a widget each, filtered as the officer types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot

from tmcwall.domain.camera import Owner, Standing
from tmcwall.domain.source import SessionKind, redact
from tmcwall.services.camera_register import Entry, StreamTest
from tmcwall.services.register_desk import RegisterRow
from tmcwall.texts import Translator
from tmcwall.texts import register as texts
from tmcwall.texts.camera import tested_lines
from tmcwall.texts.console import OWNERS
from tmcwall.texts.faults import short_cause
from tmcwall.texts.lifecycle import STANDINGS
from tmcwall.texts.states import STATES
from tmcwall.ui.console.camera_tree import RegionName
from tmcwall.ui.services import CameraService

Index = QModelIndex | QPersistentModelIndex

_RT_RW: Final = re.compile(r"\b(rt|rw)[\s.]*0*([0-9]{1,3})\b")
_ROOT: Final = QModelIndex()


class Kept(Enum):
    """Which cameras are shown beside those of one standing."""

    LISTED = "listed"
    """All but the removed ones."""
    QUARANTINE = "quarantine"
    FAILED = "failed"
    """Those that did not deliver when they were tested."""


class AnyOwner(Enum):
    """The owners that are no `Owner`."""

    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Filter:
    """What is shown: cameras in whose words every word of `text` occurs."""

    text: str = ""
    owner: Owner | AnyOwner = AnyOwner.ALL
    state: Standing | Kept = Kept.LISTED


class Column(Enum):
    NUMBER = texts.NUMBER
    ID = texts.ID
    NAME = texts.FIELDS["name"]
    OWNER = texts.FIELDS["owner"]
    PLACE = texts.PLACE
    RT_RW = texts.RT_RW
    STATE = texts.STATE
    RESULT = texts.RESULT
    ADDRESS = texts.FIELDS["url"]


_COLUMNS: Final = tuple(Column)


class RegisterModel(QAbstractTableModel):
    """The rows that the filter lets through, in the order of the register."""

    def __init__(
        self, cameras: CameraService, *, region_name: RegionName, translate: Translator, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._cameras = cameras
        self._region_name = region_name
        self._translate = translate
        self._rows: Sequence[RegisterRow] = ()
        self._shown: list[Entry] = []
        self._places: dict[str, int] = {}
        self._filter = Filter()
        self._results: dict[str, Sequence[StreamTest]] = {}
        cameras.statuses_changed.connect(self._follow_states)

    @property
    def shown(self) -> Sequence[Entry]:
        return self._shown

    @property
    def results(self) -> Mapping[str, Sequence[StreamTest]]:
        """What the last test found, by camera id."""
        return self._results

    def row_of(self, camera_id: str) -> int | None:
        return self._places.get(camera_id)

    def put(self, rows: Sequence[RegisterRow], wanted: Filter) -> None:
        """Show those of the rows that the filter lets through."""
        self.beginResetModel()
        self._rows, self._filter = rows, wanted
        words = wanted_words(wanted.text)
        self._shown = [row.entry for row in rows if self._is_shown(row, words)]
        self._places = {entry.camera.id: place for place, entry in enumerate(self._shown)}
        self.endResetModel()

    def put_results(self, streams: Iterable[StreamTest]) -> None:
        """What a camera did when it was tested."""
        of_one = tuple(streams)
        if of_one:
            self._results[of_one[0].camera] = of_one
            self._redraw(of_one[0].camera, Column.RESULT)

    def clear_results(self) -> None:
        self._results.clear()
        if self._shown:
            column = _COLUMNS.index(Column.RESULT)
            self.dataChanged.emit(self.index(0, column), self.index(len(self._shown) - 1, column))

    def _is_shown(self, row: RegisterRow, words: Sequence[str]) -> bool:
        entry = row.entry
        match self._filter.state:
            case Standing() as standing:
                right = entry.lifecycle.standing is standing
            case Kept.LISTED:
                right = entry.lifecycle.standing is not Standing.REMOVED
            case Kept.QUARANTINE:
                right = entry.lifecycle.quarantine is not None
            case Kept.FAILED:
                right = has_failed(self._results.get(entry.camera.id, ()))
        owner = self._filter.owner
        if owner is not AnyOwner.ALL:
            right = right and entry.camera.owner is (None if owner is AnyOwner.NONE else owner)
        return right and all(word in row.words for word in words)

    def _redraw(self, camera_id: str, column: Column) -> None:
        place = self._places.get(camera_id)
        if place is not None:
            index = self.index(place, _COLUMNS.index(column))
            self.dataChanged.emit(index, index)

    @Slot(object)
    def _follow_states(self, camera_ids: frozenset[str]) -> None:
        for camera_id in camera_ids:
            self._redraw(camera_id, Column.STATE)

    def _text(self, entry: Entry, column: Column) -> str:
        camera, say = entry.camera, self._translate
        match column:
            case Column.NUMBER:
                return str(camera.number or "")
            case Column.ID:
                return camera.id
            case Column.NAME:
                return camera.name
            case Column.OWNER:
                return say(OWNERS[camera.owner]) if camera.owner is not None else ""
            case Column.PLACE:
                return (self._region_name(camera.adm4) or camera.adm4) if camera.adm4 else ""
            case Column.RT_RW:
                return f"{camera.rt or '–'}/{camera.rw or '–'}" if camera.rt or camera.rw else ""
            case Column.STATE:
                return self._state(entry)
            case Column.RESULT:
                return result_text(self._results.get(camera.id, ()), say)
            case Column.ADDRESS:
                return redact(camera.url)

    def _state(self, entry: Entry) -> str:
        """What was decided about a camera, else how it is doing."""
        say, lifecycle = self._translate, entry.lifecycle
        if lifecycle.quarantine is not None:
            return say(texts.IN_QUARANTINE)
        if lifecycle.standing is not Standing.ACTIVE:
            return say(STANDINGS[lifecycle.standing])
        return say(STATES[self._cameras.status(entry.camera.id).state].word)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:  # fmt: skip
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._translate(_COLUMNS[section].value)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        if not index.isValid() or role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return None
        entry, column = self._shown[index.row()], _COLUMNS[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._whole(entry, column)
        return self._text(entry, column)

    def _whole(self, entry: Entry, column: Column) -> str:
        """What a narrow cell does not show: the reason of a decision, all that a test found and what to do about it."""
        if column is Column.STATE and entry.lifecycle.reason:
            return f"{self._state(entry)}: {entry.lifecycle.reason}"
        tested = self._results.get(entry.camera.id, ())
        if column is Column.RESULT and tested:
            return "\n".join(line for stream in tested for line in tested_lines(stream, self._translate))
        return self._text(entry, column)


def wanted_words(text: str) -> list[str]:
    """In small letters; `RT 3`, `rt.03` and `RT 003` are one word, as they stand among the words of a camera."""
    return _RT_RW.sub(lambda found: f" {found[1]}{found[2]:0>3} ", text.casefold()).split()


def has_failed(streams: Iterable[StreamTest]) -> bool:
    """Whether any stream of a tested camera did not deliver."""
    return any(stream.seen is None for stream in streams)


def result_text(streams: Sequence[StreamTest], say: Translator) -> str:
    """The first stream that failed, else what the main stream delivers; empty for what was not tested."""
    for stream in streams:
        if stream.fault is not None:
            return say(texts.FAILS, profile=stream.profile, cause=say(short_cause(stream.fault)))
    seen = streams[0].seen if streams else None
    if seen is None:
        return ""
    remarks = [say(texts.READ_OTHERWISE)] if seen.session is SessionKind.COMPAT_FOUND else []
    if any(stream.seen is not None and stream.seen.oddities for stream in streams):
        remarks.append(say(texts.BREAKS_RULES))
    return ", ".join([say(texts.DELIVERS, codec=seen.codec, rate=f"{seen.pictures_a_second:.1f}"), *remarks])
