"""Which tests go to one worker: those of a file, but for the one that would keep it busy after all others have done."""

from typing import Final

from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

_SPLIT: Final = "test_city_faults.py"


class ByFile(LoadFileScheduling):  # type: ignore[misc]  # xdist has no type information
    """As `--dist loadfile`. Of the longest file, each test with all its parameters goes for itself."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return nodeid.partition("[")[0] if file.endswith(_SPLIT) else file
