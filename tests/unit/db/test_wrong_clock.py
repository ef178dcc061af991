"""What a workstation makes while the clock of its machine is wrong."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tmcwall.db import operation_rows, operations, oversight, signing, tables
from tmcwall.db.signing import Signer
from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.clock import EARLIEST
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.operation import Operation
from tmcwall.domain.oversight import Entry, OversightAction

NOW = datetime(2025, 3, 28, 7, 3, tzinfo=UTC)
DEAD_BATTERY = datetime(1969, 12, 31, 12, 0, tzinfo=UTC)


def tag(session: Session, bookmark_id: str, *, at: datetime = NOW) -> Operation:
    value = Bookmark(bookmark_id, "cam", "Gendengan", NOW, NOW + timedelta(minutes=1), NOW, "12345678", "")
    made = operations.change(session, value, actor="12345678", at=at)
    assert made is not None
    return made


def as_an_earlier_version_did(session: Session, made: Operation) -> None:
    operation_rows.put_again(session, made)
    wrong = update(tables.operations).where(tables.operations.c.id == str(made.id)).values(made_at=DEAD_BATTERY)
    session.execute(wrong)


def test_with_a_clock_that_nobody_takes_a_change_is_refused_in_words(session: Session) -> None:
    with pytest.raises(Fault) as refused:
        tag(session, "b1", at=DEAD_BATTERY)
    assert (refused.value.code, refused.value.retryable) == (FaultCode.CLOCK_WRONG, False)


def test_what_an_earlier_version_dated_so_is_dated_again_and_all_that_follows_is_chained_and_signed(
    session: Session,
) -> None:
    sent, wrong, after = (tag(session, name) for name in ("b1", "b2", "b3"))
    as_an_earlier_version_did(session, wrong)
    signing.lend(session, Signer(operations.device(session), lambda text: f"signed {text}"))
    assert operations.date_again(session) == 1
    first, second, third = operations.pending(session, 10)
    assert first == sent
    assert (second.id, second.made_at, second.previous_hash) == (wrong.id, EARLIEST, sent.hash)
    assert (third.id, third.made_at, third.previous_hash) == (after.id, NOW, second.hash)
    assert (second.signature, third.signature) == (f"signed {second.hash}", f"signed {third.hash}")
    assert operations.date_again(session) == 0


def test_under_a_new_identity_it_has_a_time_that_everybody_takes(session: Session) -> None:
    as_an_earlier_version_did(session, tag(session, "b1"))
    operations.renew_device(session, at=NOW)
    assert [one.made_at for one in operations.pending(session, 10)] == [EARLIEST]


def test_who_watched_is_written_down_whatever_the_clock_says(session: Session) -> None:
    oversight.append(session, [Entry(officer="1", action=OversightAction.VIEW_STARTED, at=DEAD_BATTERY, camera="c")])
    assert [row.at for row in oversight.pending(session, 10)] == [EARLIEST]
