"""Two workstations from one image: the store of one was copied to the other, and both go on tagging."""

import shutil
from pathlib import Path

from tests.exchange import NRP, PASSWORD, server_process
from tests.synchronised_workstation import Workstation, bookmarks_at
from tests.waiting import PATIENCE_S
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_users import user_add
from tmcwall.db import conflicts as conflict_rows
from tmcwall.db import custody
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.officer import Role


def test_what_a_copied_workstation_tagged_goes_up_under_a_new_identity_after_its_next_start(tmp_path: Path) -> None:
    options = ServerOptions(data_dir=tmp_path / "server", port=0)
    user_add(options, NRP, role=Role.OPERATOR, password=PASSWORD, name="Siti Rahma", rank="Aipda")
    with server_process(options.data_dir) as server:
        original = Workstation(tmp_path / "original")
        original.tag("before")
        assert original.synchronise(server).fault is None
        original.close()
        shutil.copytree(tmp_path / "original", tmp_path / "copy")
        original, copy = Workstation(tmp_path / "original"), Workstation(tmp_path / "copy")
        original.tag("one")
        copy.tag("other")
        assert original.synchronise(server).fault is None
        told = copy.synchronise(server)
        assert told.fault is not None
        assert told.fault.code is FaultCode.WORKSTATION_COPIED
        assert told.pending > 0
        copy.close()

        copy = Workstation(tmp_path / "copy")
        assert copy.device != original.device
        assert copy.synchronise(server).fault is None
        assert bookmarks_at(server) == {"before", "one", "other"}
        rows = copy.store.read(lambda session: custody.about(session, "store")).result(PATIENCE_S)
        assert [row.action for row in rows] == [CustodyAction.DEVICE_RENEWED]
        assert copy.store.read(conflict_rows.unsettled).result(PATIENCE_S) == ()
        for workstation in (original, copy):
            workstation.close()


def test_a_copy_that_is_enrolled_beside_its_original_becomes_a_device_of_its_own_with_all_its_work(
    tmp_path: Path,
) -> None:
    options = ServerOptions(data_dir=tmp_path / "server", port=0)
    user_add(options, NRP, role=Role.OPERATOR, password=PASSWORD, name="Siti Rahma", rank="Aipda")
    with server_process(options.data_dir) as server:
        original = Workstation(tmp_path / "original")
        original.tag("before")
        original.close()
        shutil.copytree(tmp_path / "original", tmp_path / "copy")
        original, copy = Workstation(tmp_path / "original"), Workstation(tmp_path / "copy")
        copy.tag("other")
        assert original.synchronise(server).fault is None
        assert copy.synchronise(server).fault is None
        assert copy.device != original.device
        assert bookmarks_at(server) == {"before", "other"}
        for workstation in (original, copy):
            workstation.close()
