"""Import of camera lists that were read: into the store, and their passwords into the vault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Protocol

from tmcwall.cameras.list_reader import ImportResult, RowProblem, RowReason
from tmcwall.cameras.logins import LoginBook
from tmcwall.domain.camera import Camera


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do on a dry run."""

    added: int
    changed: int
    unchanged: int
    problems: tuple[RowProblem, ...]
    warnings: tuple[RowProblem, ...]
    returned: int = 0
    """Cameras that had been removed and are in the list again."""

    @property
    def taken(self) -> int:
        """Rows that are cameras now, whether they changed anything or not."""
        return self.added + self.changed + self.returned + self.unchanged

    @property
    def refused(self) -> int:
        """Rows that are not."""
        return len({problem.line for problem in self.problems})


class CameraStore(Protocol):
    """Where cameras are kept."""

    def cameras(self) -> Mapping[str, Camera]:
        """All cameras by id, those that were removed among them."""
        ...

    def removed(self) -> AbstractSet[str]:
        """The ids of those that were removed."""
        ...

    def put(self, cameras: Sequence[Camera]) -> None:
        """Add or replace these; new ones are given their numbers, removed ones are back in use.

        A fault may leave the first of a long list taken in: the same list again does the rest.
        """
        ...


def import_cameras(
    result: ImportResult, *, store: CameraStore, vault: LoginBook | None, dry_run: bool = False
) -> ImportReport:
    """Put a list into the store and its passwords into the vault; without a vault, rows with passwords are refused.

    Logins go first: a camera whose password could not be kept is not added. A row without a password leaves a login
    that is kept already. Raises Fault(STORE_*), and Fault(VAULT_UNAVAILABLE): nothing of the list is in the store then.
    """
    problems = list(result.problems)
    taken = result.cameras
    if vault is None:
        problems += [RowProblem(item.line, RowReason.NO_VAULT, "url") for item in taken if item.logins]
        taken = tuple(item for item in taken if not item.logins)
    known, removed = store.cameras(), store.removed()
    added = changed = returned = 0
    cameras: list[Camera] = []
    for item in taken:
        before = known.get(item.camera.id)
        if before is None:
            added += 1
        elif before.id in removed:
            returned += 1
        elif _same(before, item.camera):
            continue
        else:
            changed += 1
        cameras.append(item.camera)
    if not dry_run:
        logins = {item.camera.id: item.logins for item in taken if item.logins}
        if vault is not None and logins:
            kept = vault.all()
            vault.put({key: given.joined(kept.get(key)) for key, given in logins.items()})
        if cameras:
            store.put(cameras)
    return ImportReport(
        added=added,
        changed=changed,
        unchanged=len(taken) - len(cameras),
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
        warnings=result.warnings,
        returned=returned,
    )


def _same(kept: Camera, listed: Camera) -> bool:
    return replace(kept, number=listed.number) == listed
