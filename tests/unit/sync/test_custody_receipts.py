"""Receipts of custody: what the server has seen of a chain cannot be cut off or written anew without showing (E5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import delete, select, update

from tests.clocks import NOON, FakeClock
from tests.enrolled import SERVER_KEY, key_of
from tests.exchange import CHEAP_HASHER, NRP, OFFICER, PASSWORD, START, settings_in
from tests.services_stage import InlineStore
from tests.unit.sync.test_couriers import deliver
from tmcwall.db import custody, custody_receipts, operations, tables
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.server import tables as server_tables
from tmcwall.server.accounts import add_user
from tmcwall.server.app import create_app
from tmcwall.services.custody_report import CustodyQuestion, ReceiptSummary, custody_report
from tmcwall.services.custody_store import StoreCustody
from tmcwall.sync.custody import CustodyReceipt, CustodyStatement, read_receipt, sign_receipt
from tmcwall.sync.custody_courier import CustodyCourier


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    application = create_app(settings_in(tmp_path), clock=FakeClock(START), hasher=CHEAP_HASHER)
    with application.state.context.database.write() as session:
        add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
    yield application
    application.state.context.close()


@pytest.fixture
def store() -> Iterator[InlineStore]:
    store = InlineStore()
    store.enrol(store.do(operations.device))
    add_rows(store, 5)
    yield store
    store.close()


def add_rows(store: InlineStore, count: int) -> None:
    made = [
        custody.Entry(actor=NRP, action=CustodyAction.CREATED, about="bookmark/1", at=NOON + timedelta(seconds=number))
        for number in range(count)
    ]
    store.do(lambda session: custody.append_all(session, made))


def round_of(app: FastAPI | httpx2.MockTransport, store: InlineStore) -> None:
    deliver(app, CustodyCourier(StoreCustody(store)))


def receipts(store: InlineStore) -> ReceiptSummary:
    return store.do(lambda session: custody_report(session, CustodyQuestion())).receipts


def cut_off(store: InlineStore, keep: int) -> None:
    store.do(lambda session: session.execute(delete(tables.custody).where(tables.custody.c.seq > keep)))


def length(store: InlineStore) -> int:
    head = store.do(custody.head)
    assert head is not None
    return head.seq


def outcomes(app: FastAPI) -> list[tuple[str, str]]:
    with app.state.context.database.read() as session:
        rows = session.scalars(select(server_tables.AuditRow).where(server_tables.AuditRow.action == "custody"))
        return [(row.about, row.outcome) for row in rows]


def test_the_server_signs_each_head_that_it_sees(app: FastAPI, store: InlineStore) -> None:
    round_of(app, store)
    add_rows(store, 2)
    round_of(app, store)
    found = receipts(store)
    assert (found.count, found.newest_rows, found.contradicted_rows) == (2, length(store), None)
    assert found.newest_at == START
    kept = store.do(custody_receipts.newest)
    statement = read_receipt(CustodyReceipt(text=kept.text, signature=kept.signature), server_key=SERVER_KEY.public)
    assert (statement.rows, statement.head) == (kept.rows, kept.head)


def test_a_chain_whose_end_was_cut_off_shows_against_its_receipt_without_the_server(app, store) -> None:
    round_of(app, store)
    whole = length(store)
    cut_off(store, whole - 2)
    assert receipts(store).contradicted_rows == whole
    add_rows(store, 2)
    assert receipts(store).contradicted_rows == whole


def test_with_its_receipts_gone_as_well_the_server_still_knows(app: FastAPI, store: InlineStore) -> None:
    round_of(app, store)
    whole = length(store)
    cut_off(store, whole - 2)
    store.do(lambda session: session.execute(delete(tables.custody_receipts)))
    assert receipts(store).contradicted_rows is None
    round_of(app, store)
    assert receipts(store).contradicted_rows == whole


def test_a_chain_that_was_written_anew_shows_however_long_it_is(app: FastAPI, store: InlineStore) -> None:
    round_of(app, store)
    whole = length(store)
    store.do(lambda session: session.execute(delete(tables.custody)))
    add_rows(store, whole + 10)
    assert receipts(store).contradicted_rows == whole
    round_of(app, store)
    assert receipts(store).count == 1


def test_a_workstation_that_tells_a_shorter_chain_is_refused_and_that_is_audited(app, store) -> None:
    round_of(app, store)
    whole = length(store)
    cut_off(store, whole - 2)
    store.do(lambda session: session.execute(delete(tables.custody_receipts)))
    lying = _Lying(store)
    deliver(app, CustodyCourier(lying))
    assert outcomes(app) == [(f"ws1 {whole - 2} < {whole}", "fork")]


class _Lying(StoreCustody):
    """Says that it has every row that the server asks for."""

    def hash_of_row(self, seq: int) -> str:
        del seq
        return self.said

    def keep(self, statement: CustodyStatement, receipt: CustodyReceipt) -> None:
        self.said = statement.head
        super().keep(statement, receipt)


def test_a_receipt_of_another_server_is_not_kept(store: InlineStore) -> None:
    statement = CustodyStatement(device="ws1", rows=3, head="a" * 64, at=START)
    receipt = sign_receipt(statement, key_of("palsu"))
    answer = httpx2.Response(200, json={"receipt": receipt.model_dump()})
    round_of(httpx2.MockTransport(lambda _request: answer), store)
    assert receipts(store).count == 0
    with pytest.raises(Fault) as fault:
        read_receipt(receipt, server_key=SERVER_KEY.public)
    assert fault.value.code is FaultCode.RECEIPT_UNTRUSTED


@pytest.mark.parametrize("text", ["", "{}", '{"device":"ws1"}'])
def test_a_signed_text_that_is_no_statement_is_refused(text: str) -> None:
    signed = sign_receipt(CustodyStatement(device="ws1", rows=3, head="a" * 64, at=START), SERVER_KEY)
    with pytest.raises(Fault):
        read_receipt(signed.model_copy(update={"text": text}), server_key=SERVER_KEY.public)


def test_an_older_server_holds_up_nothing(store: InlineStore) -> None:
    refusing = httpx2.MockTransport(lambda _request: httpx2.Response(404, json={"code": "not_found"}))
    round_of(refusing, store)
    assert receipts(store) == ReceiptSummary(0, None, None, None)


def test_a_row_that_was_altered_under_a_receipt_shows(app: FastAPI, store: InlineStore) -> None:
    round_of(app, store)
    whole = length(store)
    chain = tables.custody
    store.do(lambda session: session.execute(update(chain).where(chain.c.seq == whole).values(hash="0" * 64)))
    assert receipts(store).contradicted_rows == whole
