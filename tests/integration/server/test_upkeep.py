"""Copying a server's data, putting it back, checking it: each in the right place, or refused aloud."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.exchange import NRP, PASSWORD, START, WEBHOOK_SECRET, server_process
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_run import run
from tmcwall.commands.server_sources import webhook_add
from tmcwall.commands.server_upkeep import back_up, begin_epoch, check, renew_key, restore
from tmcwall.commands.server_users import user_add, user_list
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.incident import Source
from tmcwall.domain.officer import Role
from tmcwall.server.blobs import BlobStore
from tmcwall.server.database import Database
from tmcwall.server.tables import OrderRow, UploadRow

pytest_plugins = ["tests.postgresql"]

DATA = bytes(range(256)) * 100
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(params=["sqlite", "postgresql"])
def options(request: pytest.FixtureRequest, tmp_path: Path) -> ServerOptions:
    """A server with one officer and one webhook source."""
    database = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    return with_accounts(ServerOptions(data_dir=tmp_path / "data", database=database))


@pytest.fixture
def on_sqlite(tmp_path: Path) -> ServerOptions:
    return with_accounts(ServerOptions(data_dir=tmp_path / "data", port=0))


def with_accounts(options: ServerOptions) -> ServerOptions:
    user_add(options, NRP, role=Role.OPERATOR, password=PASSWORD)
    webhook_add(options, Source.CALL_112, secret=WEBHOOK_SECRET)
    return options


def epoch_of(options: ServerOptions) -> UUID:
    with closing(Database.open(options.database_url)) as database, database.read() as session:
        return session.scalars(select(OrderRow.epoch)).one()


def files_under(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_a_new_epoch_is_begun_in_the_database_that_is_named(options: ServerOptions) -> None:
    before, files = epoch_of(options), files_under(options.data_dir)
    begin_epoch(options)
    assert epoch_of(options) != before
    assert {path.suffix for path in files_under(options.data_dir) - files} <= {".db-lock"}


def test_nothing_is_begun_checked_or_copied_where_there_is_no_server(tmp_path: Path, postgresql: str) -> None:
    for database in (None, f"sqlite:///{tmp_path / 'absent.db'}", postgresql):
        nowhere = ServerOptions(data_dir=tmp_path / "nowhere", database=database)
        for command in (begin_epoch, renew_key, lambda options: check(options, read_all=False)):
            with pytest.raises(Fault) as refused:
                command(nowhere)
            assert refused.value.code is FaultCode.SERVER_MISSING
    with pytest.raises(Fault) as refused:
        back_up(ServerOptions(data_dir=tmp_path / "nowhere"), tmp_path / "copy.db")
    assert refused.value.code is FaultCode.SERVER_MISSING
    assert files_under(tmp_path) == set()


def test_another_programs_database_is_refused_untouched(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "foreign.db")) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    content = (tmp_path / "foreign.db").read_bytes()
    foreign = ServerOptions(data_dir=tmp_path / "data", database=f"sqlite:///{tmp_path / 'foreign.db'}")
    for command in (begin_epoch, run, user_list):
        with pytest.raises(Fault) as refused:
            command(foreign)
        assert refused.value.code is FaultCode.DATABASE_FOREIGN
    with closing(sqlite3.connect(tmp_path / "foreign.db")) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]
    assert len((tmp_path / "foreign.db").read_bytes()) == len(content)


def test_two_servers_do_not_share_a_file_and_nobody_puts_one_back_beneath_a_server(
    on_sqlite: ServerOptions, tmp_path: Path
) -> None:
    back_up(on_sqlite, tmp_path / "copy.db")
    link = tmp_path / "link.db"
    link.symlink_to(on_sqlite.folder / "server.db")
    with server_process(on_sqlite.data_dir):
        another = ServerOptions(data_dir=tmp_path / "another", database=f"sqlite:///{link}", port=0)
        for command in (run, begin_epoch, lambda options: restore(options, tmp_path / "copy.db")):
            for options in (on_sqlite, another):
                with pytest.raises(Fault) as refused:
                    command(options)
                assert refused.value.code is FaultCode.SERVER_RUNS_ALREADY


def test_a_copy_made_beside_a_running_server_is_whole_and_is_put_back_with_a_new_epoch(
    on_sqlite: ServerOptions, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    with server_process(on_sqlite.data_dir):
        user_add(on_sqlite, "80010002", role=Role.OPERATOR, password=PASSWORD)
        back_up(on_sqlite, copy)
        with pytest.raises(DomainError) as refused:
            back_up(on_sqlite, copy)
        assert refused.value.code is DomainCode.OUTPUT_REFUSED
    user_add(on_sqlite, "80010003", role=Role.OPERATOR, password=PASSWORD)
    before = epoch_of(on_sqlite)
    kept = restore(on_sqlite, copy)
    assert {account.officer.nrp for account in user_list(on_sqlite)} == {NRP, "80010002"}
    assert epoch_of(on_sqlite) != before
    assert kept is not None
    former = ServerOptions(data_dir=tmp_path / "former", database=f"sqlite:///{kept}")
    assert {account.officer.nrp for account in user_list(former)} == {NRP, "80010002", "80010003"}


def test_what_is_no_copy_of_a_server_is_not_put_back(on_sqlite: ServerOptions, tmp_path: Path) -> None:
    (tmp_path / "pictures.db").write_bytes(b"holiday pictures" * 500)
    (tmp_path / "empty.db").touch()
    for name in ("pictures.db", "empty.db", "absent.db"):
        with pytest.raises(DomainError) as refused:
            restore(on_sqlite, tmp_path / name)
        assert refused.value.code is DomainCode.INPUT_UNREADABLE
    assert len(user_list(on_sqlite)) == 1


def test_the_file_alone_holds_the_tables_and_the_accounts_after_a_start(
    on_sqlite: ServerOptions, tmp_path: Path
) -> None:
    with server_process(on_sqlite.data_dir):
        (tmp_path / "alone.db").write_bytes((on_sqlite.folder / "server.db").read_bytes())
    alone = ServerOptions(data_dir=tmp_path / "alone", database=f"sqlite:///{tmp_path / 'alone.db'}")
    assert [account.officer.nrp for account in user_list(alone)] == [NRP]


def test_a_lost_key_is_said_and_only_made_anew_when_asked_for(options: ServerOptions) -> None:
    key = options.settings().key_file
    original = key.read_bytes()
    for lost in (key.unlink, lambda: key.write_bytes(bytes(32))):
        lost()
        for command in (
            run,
            lambda given: check(given, read_all=False),
            lambda given: webhook_add(given, Source.LIBAS),
        ):
            with pytest.raises(Fault) as refused:
                command(options)
            assert refused.value.code is FaultCode.SERVER_KEY_LOST
    assert renew_key(options) == ("112",)
    assert key.read_bytes() not in {original, bytes(32)}
    webhook_add(options, Source.CALL_112, secret=WEBHOOK_SECRET)
    assert check(options, read_all=True).checked == 0


@pytest.fixture
def with_clips(options: ServerOptions) -> ServerOptions:
    """Two complete clips of the same bytes, a third that is gone from the disk, and a fourth on its way."""
    blobs = BlobStore(options.folder / "blobs")
    upload_id = str(UUID(int=1))
    blobs.begin(upload_id)
    blobs.append(upload_id, 0, DATA)
    blobs.complete(upload_id, SHA256)
    with closing(Database.open(options.database_url)) as database, database.write() as session:
        for number, sha256, completed in (
            (1, SHA256, START),
            (2, SHA256, START),
            (3, "3" * 64, START),
            (4, SHA256, None),
        ):
            session.add(
                UploadRow(
                    id=str(UUID(int=number)), clip_id=f"c{number}", length=len(DATA), sha256=sha256,
                    created_at=START, created_by=NRP, completed_at=completed,
                )
            )  # fmt: skip
    return options


def test_clips_that_are_missing_are_found_and_wanted_again(with_clips: ServerOptions) -> None:
    found = check(with_clips, read_all=True)
    assert (found.checked, found.missing, found.damaged) == (3, ("c3",), ())
    assert check(with_clips, read_all=True).checked == 2


def test_clips_that_are_damaged_are_kept_apart_and_wanted_again(with_clips: ServerOptions) -> None:
    blobs = BlobStore(with_clips.folder / "blobs")
    blobs.clip(SHA256).write_bytes(bytes(len(DATA)))
    assert check(with_clips, read_all=False).damaged == ()
    assert check(with_clips, read_all=True).damaged == ("c1", "c2")
    assert [path.read_bytes() for path in (with_clips.folder / "blobs" / "damaged").iterdir()] == [bytes(len(DATA))]
    assert not blobs.has(SHA256, len(DATA))
