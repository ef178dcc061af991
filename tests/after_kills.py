"""What a store must hold after programs that tag were killed: asked of the store by who has heard them."""

from collections.abc import Collection
from pathlib import Path

from tmcwall.db import bookmarks, custody, operations
from tmcwall.db.store import Store
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.operation import FIRST_HASH, Entity

_LONG_S = 120


def assert_nothing_lost(path: Path, *, shown: Collection[str]) -> None:
    """Every bookmark that was shown as saved has its clip, case and operation, and no chain has a gap."""
    store = Store(path, clock=SystemClock())
    found = store.read(lambda session: bookmarks.recent(session, limit=100_000)).result(_LONG_S)
    made = store.read(lambda session: operations.pending(session, 1_000_000)).result(_LONG_S)
    broken = store.read(custody.verify).result(_LONG_S)
    store.close()
    kept = {entry.bookmark.id: entry for entry in found}
    assert set(shown) <= set(kept)
    assert all(kept[saved].clip is not None and kept[saved].case is not None for saved in shown)
    assert set(shown) <= {one.entity_id for one in made if one.entity is Entity.BOOKMARK}
    assert [one.number for one in made] == list(range(1, len(made) + 1))
    assert [one.previous_hash for one in made] == [FIRST_HASH, *(one.hash for one in made[:-1])]
    assert broken is None
