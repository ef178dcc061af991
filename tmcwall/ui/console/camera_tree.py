"""The model behind the camera tree: kecamatan > kelurahan > RW > RT > camera, with live counts on every branch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtCore import QAbstractItemModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt

from tmcwall.domain.camera import Camera, Mount
from tmcwall.domain.health import TileState, TileStatus
from tmcwall.domain.history import Uptimes
from tmcwall.domain.lifecycle import IN_USE, Lifecycle
from tmcwall.domain.region import Regions
from tmcwall.texts import Translator
from tmcwall.texts import console as texts
from tmcwall.texts import health as health_texts
from tmcwall.texts.states import STATES
from tmcwall.ui.console.lifecycle_form import lifecycle_lines
from tmcwall.ui.marks import state_icon
from tmcwall.ui.wall.model import CAMERA_MIME

CAMERAS_MIME: Final = "application/x-tmcwall-cameras"
"""Several camera ids in UTF-8, one a line; beside `CAMERA_MIME`, which carries the first."""

RegionName = Callable[[str], str | None]
"""The name of a Kemendagri code (`33.72.01` or `33.72.01.1007`), None where it is not known."""

Index = QModelIndex | QPersistentModelIndex

_NOWHERE: Final = ""
_TROUBLE: Final = frozenset(TileState) - {
    TileState.LIVE, TileState.OFF, TileState.PAUSED, TileState.CONNECTING, TileState.BUILDING,
}  # fmt: skip


class Level(Enum):
    """What a row of the tree stands for."""

    ROOT = "root"
    DISTRICT = "kecamatan"
    VILLAGE = "kelurahan"
    RW = "rw"
    RT = "rt"
    CAMERA = "camera"


@dataclass(frozen=True, slots=True)
class Count:
    """How many cameras a branch holds, how many of them are live and how many are in trouble."""

    total: int = 0
    live: int = 0
    trouble: int = 0


class Role:
    """What the model answers besides Qt's own roles."""

    CAMERA: Final = Qt.ItemDataRole.UserRole + 1
    """Camera or None."""
    VERDICT: Final = Qt.ItemDataRole.UserRole + 2
    """Verdict or None."""
    COUNT: Final = Qt.ItemDataRole.UserRole + 3
    """Count of a branch, None on a camera."""


class _Node:
    __slots__ = ("camera", "children", "key", "level", "live", "number", "parent", "row", "total", "trouble")

    def __init__(self, parent: _Node | None, level: Level, key: str, camera: Camera | None = None) -> None:
        self.parent = parent
        self.level = level
        self.key = key
        self.camera = camera
        self.children: list[_Node] = []
        self.row = 0
        self.number = 0
        """What indexes carry: a place in the list of nodes. An index from before a reset points at no freed node."""
        self.total = self.live = self.trouble = 0

    def sort_key(self) -> tuple[int, int, str]:
        """Branches before cameras, unknown regions last, cameras by number."""
        if self.camera is not None:
            return 1, self.camera.number if self.camera.number is not None else 1 << 31, self.camera.name
        return 0, 1 if self.key == _NOWHERE else 0, self.key


class CameraTreeModel(QAbstractItemModel):
    """Cameras by region. `show` replaces them all, `refresh` follows their states; quick for 10,000 of them."""

    def __init__(
        self,
        *,
        status: Callable[[str], TileStatus],
        region_name: RegionName,
        translate: Translator,
        uptimes: Callable[[str], Uptimes] = lambda _camera_id: Uptimes(),
        lifecycle: Callable[[str], Lifecycle] = lambda _camera_id: IN_USE,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._status = status
        self._uptimes = uptimes
        self._lifecycle = lifecycle
        self._region_name = region_name
        self._translate = translate
        self._root = _Node(None, Level.ROOT, _NOWHERE)
        self._nodes = [self._root]
        self._leaves: dict[str, _Node] = {}
        self._states: dict[str, TileState] = {}
        self._icons = {state: state_icon(state) for state in TileState}

    def show(self, cameras: Iterable[Camera]) -> None:
        """Show these cameras and no others."""
        self.beginResetModel()
        self._root = _Node(None, Level.ROOT, _NOWHERE)
        self._leaves = {}
        self._states = {}
        branches: dict[tuple[str, ...], _Node] = {}
        for camera in cameras:
            parent = self._branch(camera, branches)
            leaf = _Node(parent, Level.CAMERA, camera.id, camera)
            parent.children.append(leaf)
            self._leaves[camera.id] = leaf
            state = self._status(camera.id).state
            self._states[camera.id] = state
            _add_up(leaf, total=1, live=state is TileState.LIVE, trouble=state in _TROUBLE)
        nodes = [self._root]
        for node in (self._root, *branches.values()):
            node.children.sort(key=_Node.sort_key)
            for row, child in enumerate(node.children):
                child.row = row
                child.number = len(nodes)
                nodes.append(child)
        self._nodes = nodes
        self.endResetModel()

    def refresh(self, camera_ids: Iterable[str]) -> None:
        """The states of these cameras may have changed: repaint them and the branches above them."""
        changed: set[_Node] = set()
        for camera_id in camera_ids:
            leaf = self._leaves.get(camera_id)
            if leaf is None:
                continue
            before, after = self._states[camera_id], self._status(camera_id).state
            self._states[camera_id] = after
            changed.add(leaf)
            live = (after is TileState.LIVE) - (before is TileState.LIVE)
            trouble = (after in _TROUBLE) - (before in _TROUBLE)
            if live or trouble:
                changed.update(_add_up(leaf, total=0, live=live, trouble=trouble))
        spans: dict[_Node, tuple[int, int]] = {}
        for node in changed:
            if node.parent is not None:
                first, last = spans.get(node.parent, (node.row, node.row))
                spans[node.parent] = (min(first, node.row), max(last, node.row))
        for parent, (first, last) in spans.items():
            self.dataChanged.emit(self._index(parent.children[first]), self._index(parent.children[last]))

    def count(self) -> Count:
        """Of all cameras shown."""
        return Count(self._root.total, self._root.live, self._root.trouble)

    def index_of(self, camera_id: str) -> QModelIndex:
        """The row of a camera, invalid if it is not shown."""
        leaf = self._leaves.get(camera_id)
        return QModelIndex() if leaf is None else self._index(leaf)

    def _branch(self, camera: Camera, branches: dict[tuple[str, ...], _Node]) -> _Node:
        path: tuple[str, ...] = ()
        node = self._root
        for level, key in _region_path(camera):
            path = (*path, f"{level.value}:{key}")
            child = branches.get(path)
            if child is None:
                child = _Node(node, level, key)
                node.children.append(child)
                branches[path] = child
            node = child
        return node

    def _label(self, node: _Node) -> str:
        if node.camera is not None:
            return node.camera.name
        if node.level is Level.RW:
            return self._translate(texts.RW, number=node.key)
        if node.level is Level.RT:
            return self._translate(texts.RT, number=node.key)
        if node.key == _NOWHERE:
            return self._translate(texts.NO_REGION)
        return self._region_name(node.key) or self._translate(texts.REGION_UNKNOWN, code=node.key)

    def _tip(self, node: _Node) -> str:
        if node.camera is None:
            long = self._translate(texts.LIVE_OF_LONG, live=node.live, total=node.total)
            return f"{self._label(node)}\n{long}"
        return "\n".join(self._camera_tip(node.camera))

    def _camera_tip(self, camera: Camera) -> Sequence[str]:
        say = self._translate
        state = STATES[self._states[camera.id]]
        owner = say(texts.OWNERS[camera.owner]) if camera.owner else say(texts.OWNER_UNKNOWN)
        lines = [camera.name]
        if camera.number is not None:
            lines.append(say(texts.TIP_NUMBER, number=camera.number))
        lines.append(say(texts.TIP_OWNER, owner=owner))
        address = address_of(camera, region_name=self._region_name, translate=say)
        lines.append(say(texts.TIP_ADDRESS, address=address))
        lines.append(say(texts.TIP_STATE, state=f"{say(state.word)}. {say(state.meaning)}"))
        lines.extend(lifecycle_lines(self._lifecycle(camera.id), say))
        if camera.mount is Mount.PTZ:
            lines.append(say(health_texts.VIEW_UNCHECKED))
        found = self._uptimes(camera.id)
        if found.month.share is not None:
            lines.append(health_texts.uptime_text(found.day, found.month, say))
        if found.clock is not None:
            lines.append(health_texts.clock_text(found.clock.offset_ms, say))
        return lines

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008 - Qt's signature
        node = self._node(parent)
        if column != 0 or not 0 <= row < len(node.children):
            return QModelIndex()
        return self._index(node.children[row])

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008 - Qt has two overloads
        above = self._node(index).parent
        return QModelIndex() if above is None or above is self._root else self._index(above)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return len(self._node(parent).children)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002, B008 - Qt's signature
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        node = self._node(index)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._label(node) if role == Qt.ItemDataRole.DisplayRole else self._spoken(node)
        if role == Role.CAMERA:
            return node.camera
        if role == Role.VERDICT:
            return None if node.camera is None else self._status(node.camera.id)
        if role == Role.COUNT:
            return None if node.camera is not None else Count(node.total, node.live, node.trouble)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(node)
        if role == Qt.ItemDataRole.DecorationRole and node.camera is not None:
            return self._icons[self._states[node.camera.id]]
        return None

    def _spoken(self, node: _Node) -> str:
        if node.camera is None:
            long = self._translate(texts.LIVE_OF_LONG, live=node.live, total=node.total)
            return f"{self._label(node)}, {long}"
        return f"{self._label(node)}, {self._translate(STATES[self._states[node.camera.id]].word)}"

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if self._node(index).camera is None:
            return flags
        return flags | Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemNeverHasChildren

    def mimeTypes(self) -> list[str]:
        return [CAMERA_MIME, CAMERAS_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        cameras = [node.camera for node in map(self._node, indexes) if node.camera is not None]
        return camera_mime(camera.id for camera in cameras)

    def _node(self, index: Index) -> _Node:
        if not index.isValid():
            return self._root
        number = index.internalId()
        return self._nodes[number] if number < len(self._nodes) else self._root

    def _index(self, node: _Node) -> QModelIndex:
        return self.createIndex(node.row, 0, node.number)


def _region_path(camera: Camera) -> list[tuple[Level, str]]:
    if not camera.adm4:
        return [(Level.DISTRICT, _NOWHERE)]
    path = [(Level.DISTRICT, camera.adm4.rpartition(".")[0]), (Level.VILLAGE, camera.adm4)]
    if camera.rw:
        path.append((Level.RW, camera.rw))
        if camera.rt:
            path.append((Level.RT, camera.rt))
    return path


def _add_up(leaf: _Node, *, total: int, live: int, trouble: int) -> list[_Node]:
    """Add to the counts of every branch above a leaf; the branches."""
    above = []
    node = leaf.parent
    while node is not None:
        node.total += total
        node.live += live
        node.trouble += trouble
        above.append(node)
        node = node.parent
    return above


def region_names(regions: Regions) -> RegionName:
    """The name of a kelurahan or of a kecamatan by its code, from the table of kelurahan."""
    names = {row.adm4: row.name for row in regions.all()}
    names.update({row.adm4.rpartition(".")[0]: f"{row.kecamatan}, {row.town}" for row in regions.all()})
    return names.get


def address_of(camera: Camera, *, region_name: RegionName, translate: Translator) -> str:
    """RT, RW, kelurahan and kecamatan of a camera in words; kelurahan names repeat, so the kecamatan always follows."""
    parts = []
    if camera.rt:
        parts.append(translate(texts.RT, number=camera.rt))
    if camera.rw:
        parts.append(translate(texts.RW, number=camera.rw))
    if camera.adm4:
        parts.extend(region_name(code) or code for code in (camera.adm4, camera.adm4.rpartition(".")[0]))
    return ", ".join(parts) or translate(texts.ADDRESS_UNKNOWN)


def camera_mime(camera_ids: Iterable[str]) -> QMimeData:
    ids = list(camera_ids)
    mime = QMimeData()
    if ids:
        mime.setData(CAMERA_MIME, ids[0].encode())
        mime.setData(CAMERAS_MIME, "\n".join(ids).encode())
    return mime


def cameras_in(mime: QMimeData) -> list[str]:
    """The camera ids of a drag, empty if it carries none."""
    for kind in (CAMERAS_MIME, CAMERA_MIME):
        if mime.hasFormat(kind):
            return [line for line in bytes(mime.data(kind).data()).decode(errors="replace").split("\n") if line]
    return []


def summary(counts: Mapping[TileState, int]) -> tuple[int, int, int]:
    """Cameras that are live, in trouble, and neither (nobody looks at them, or they are being called)."""
    live = counts.get(TileState.LIVE, 0)
    trouble = sum(number for state, number in counts.items() if state in _TROUBLE)
    return live, trouble, sum(counts.values()) - live - trouble
