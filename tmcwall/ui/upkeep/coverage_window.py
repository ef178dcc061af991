"""The window of coverage: how much of each place is seen, on paper and now, and where a camera lacks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.coverage import CoverageReport, PlaceCoverage
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.officer import Action
from tmcwall.texts import Language, Translator
from tmcwall.texts import coverage as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.console.camera_tree import RegionName
from tmcwall.ui.console.moments import moment_text
from tmcwall.ui.console.parts import plain_label, quiet_button, rows_to_read
from tmcwall.ui.services import DutyService
from tmcwall.ui.upkeep.services import CoverageService
from tmcwall.ui.upkeep.tables import fill

_WIDTH, _HEIGHT = 300 * theme.SPACE, 160 * theme.SPACE
_HECTARE_M2: Final = 10_000.0


class CoverageWindow(QDialog):
    """Closed by `Esc`; what it shows is marked with who has made it, and goes when another officer comes."""

    def __init__(
        self,
        coverage: CoverageService,
        duty: DutyService,
        *,
        region_name: RegionName,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._coverage = coverage
        self._duty = duty
        self._region_name = region_name
        self._translate = say = translate
        self._report: CoverageReport | None = None
        self.setWindowTitle(say(texts.TITLE))
        self.resize(_WIDTH, _HEIGHT)
        self._town = QComboBox()
        self._town.setAccessibleName(say(texts.TOWN))
        for code, name in sorted(coverage.towns().items()):
            self._town.addItem(f"{name} ({code})", code)
        self._count = quiet_button(say(texts.COUNT), self._start, parent=self)
        self._mark = plain_label("", soft=True)
        self._mark.setWordWrap(True)
        self._answer = plain_label("")
        self._answer.setWordWrap(True)
        self._tabs = QTabWidget()
        self._export = quiet_button(say(texts.EXPORT), self._choose_folder, parent=self)
        self._lay_out()
        coverage.reported.connect(self._take)
        coverage.exported.connect(self._tell_files)
        coverage.refused.connect(self._tell)
        duty.changed.connect(self._follow_duty)
        self._follow_duty()

    def count(self, town: str) -> None:
        """As an officer would who chooses that town."""
        self._town.setCurrentIndex(self._town.findData(town))
        self._start()

    def export_to(self, folder: Path) -> None:
        """What is shown."""
        if self._report is not None:
            self._coverage.export(self._report, folder)

    def _lay_out(self) -> None:
        say = self._translate
        top = QHBoxLayout()
        top.setSpacing(2 * theme.SPACE)
        top.addWidget(plain_label(say(texts.TOWN)))
        top.addWidget(self._town, 1)
        top.addWidget(self._count)
        warning = plain_label(say(texts.WARNING), soft=True)
        warning.setWordWrap(True)
        bottom = QHBoxLayout()
        bottom.setSpacing(2 * theme.SPACE)
        bottom.addWidget(self._export)
        bottom.addStretch(1)
        bottom.addWidget(quiet_button(say(texts.CLOSE), self.reject, parent=self))
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        layout.addLayout(top)
        layout.addWidget(warning)
        layout.addWidget(self._mark)
        layout.addWidget(self._tabs, 1)
        layout.addWidget(self._answer)
        layout.addLayout(bottom)

    @Slot()
    def _start(self) -> None:
        self._answer.setText(self._translate(texts.COUNTING))
        self._coverage.report(str(self._town.currentData()))

    @Slot(object)
    def _take(self, report: CoverageReport) -> None:
        self._report = report
        say = self._translate
        self._answer.setText("")
        made = say(
            texts.MADE,
            time=moment_text(report.made_at, say),
            nrp=report.made_by,
            step=f"{report.step_m:.0f}",
        )
        lost = say(texts.NO_POSITION, count=report.without_position) if report.without_position else ""
        self._mark.setText(f"{made} {lost}".strip())
        self._show(report)
        self._follow_duty()

    def _show(self, report: CoverageReport) -> None:
        say = self._translate
        self._clear()
        names = [say(texts.CLASSES[name]) if name in texts.CLASSES else name for name in report.rule.classes]
        columns = [say(texts.PLACE), say(texts.AREA)]
        for name in names:
            columns += [say(texts.PAPER, name=name), say(texts.NOW, name=name)]
        columns += [say(texts.CAMERAS), say(texts.WORKING), say(texts.ASSUMED), say(texts.HITS)]
        rows = [self._place_cells(one, list(report.rule.classes)) for one in report.places]
        self._add(say(texts.PLACES), columns, rows)
        without = [
            (self._region_name(one.adm4) or one.adm4, one.rw, one.rt, str(one.cameras)) for one in report.without_live
        ]
        self._add(
            say(texts.WITHOUT, count=len(without)),
            [say(texts.PLACE), say(texts.RW), say(texts.RT), say(texts.DEAD)],
            without,
        )
        points = [
            (
                str(number),
                self._region_name(one.code) or one.code,
                f"{one.position.lat:.5f}, {one.position.lon:.5f}",
                self._decimal(one.uncovered_m2 / _HECTARE_M2),
                str(one.hits),
                str(one.without_live),
            )
            for number, one in enumerate(report.candidates, start=1)
        ]
        heads = [texts.RANK, texts.PLACE, texts.POSITION, texts.UNCOVERED, texts.HITS, texts.RT_WITHOUT]
        self._add(say(texts.CANDIDATES), [say(text) for text in heads], points)

    def _place_cells(self, one: PlaceCoverage, names: Sequence[str]) -> tuple[str, ...]:
        name = one.place.name
        shares = [
            f"{self._decimal(one.share(each, now=now) * 100)} %" for each in names for now in (False, True)
        ]  # fmt: skip
        return (
            self._translate(texts.ESTIMATED, name=name) if one.place.estimated else name,
            self._decimal(one.area_m2 / _HECTARE_M2),
            *shares,
            *(str(number) for number in (one.cameras, one.working, one.assumed, one.hits)),
        )

    def _add(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> QTableWidget:
        table = rows_to_read(columns, name=title, parent=self)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        fill(table, rows)
        self._tabs.addTab(table, title)
        return table

    def _clear(self) -> None:
        while self._tabs.count():
            table = self._tabs.widget(0)
            self._tabs.removeTab(0)
            if table is not None:
                table.deleteLater()

    def _decimal(self, number: float) -> str:
        text = f"{number:.1f}"
        return text if self._translate.language is Language.EN else text.replace(".", ",")

    @Slot()
    def _follow_duty(self) -> None:
        allowed = self._duty.can(Action.PLAN_COVERAGE)
        officer = self._duty.officer
        if self._report is not None and (not allowed or officer is None or officer.nrp != self._report.made_by):
            self._report = None
            self._clear()
            self._mark.setText("")
        self._count.setEnabled(allowed)
        self._export.setEnabled(allowed and self._report is not None)
        if not allowed:
            self._answer.setText(self._translate(texts.NOT_ALLOWED))
        elif self._answer.text() == self._translate(texts.NOT_ALLOWED):
            self._answer.setText("")

    @Slot()
    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self._translate(texts.CHOOSE_FOLDER))
        if folder:
            self.export_to(Path(folder))

    @Slot(object)
    def _tell_files(self, files: Sequence[Path]) -> None:
        folder = files[0].parent if files else ""
        self._answer.setText(self._translate(texts.EXPORTED, count=len(files), folder=folder))

    @Slot(object)
    def _tell(self, problem: Fault | DomainError) -> None:
        self._answer.setText(explain(problem, self._translate))
