"""Three honest desks, their copies and a hostile one, as rules that hypothesis plays in any order."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

import httpx2
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy import select

from tests.enrolled import SERVER_KEY, key_of, signed
from tests.exchange import NRP, START
from tests.faulty_exchange import (
    ADDRESS,
    DESKS,
    HOSTILE,
    HOSTILE_OFFICER,
    IDS,
    Crash,
    Desk,
    FaultyStage,
    Program,
    Trouble,
    token_for,
)
from tmcwall.db import custody, operations, server_order
from tmcwall.domain.commitment import commitments_in
from tmcwall.domain.ids import uuid7
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Json, Operation
from tmcwall.server.compaction import Compaction, plan
from tmcwall.server.order import load_state, message_of
from tmcwall.server.order_check import check_order
from tmcwall.server.personal_tables import PersonalValueRow
from tmcwall.server.tables import ConflictRow, DeviceRow, OperationRow
from tmcwall.server.upkeep import begin_order
from tmcwall.signatures import Purpose
from tmcwall.sync.protocol import API, Fate, OperationMessage

_ROUNDS = 12
"""In which a desk has come to rest once nothing fails any more."""

desk_number = st.integers(0, 3)
trouble = st.sampled_from(list(Trouble))
bookmark_id = st.sampled_from(IDS)
days = st.sampled_from([timedelta(), timedelta(days=3), timedelta(days=-3)])


class Attack(StrEnum):
    """What the hostile desk sends."""

    RIGHT = "right"
    WRONG_SIGNATURE = "wrong signature"
    OTHERS_DEVICE = "another's device"
    OTHERS_NAME = "another's name"
    NESTED = "nested"
    LARGE_NUMBER = "large number"
    YEAR_ONE = "year one"
    LAST_YEAR = "last year"
    NUL = "nul"
    SURROGATE = "surrogate"
    GAP = "gap"
    FORK = "fork"
    REPLAY = "replay"
    GARBAGE = "garbage"


def _nested(levels: int) -> Json:
    nested: Json = "x"
    for _ in range(levels):
        nested = [nested]
    return nested


POISON: Final[Mapping[Attack, dict[str, Json]]] = {
    Attack.NESTED: {"note": _nested(199)},
    Attack.LARGE_NUMBER: {"clock_offset_ms": 2**63},
    Attack.YEAR_ONE: {"starts_at": "0001-01-01T00:00:00+14:00"},
    Attack.LAST_YEAR: {"starts_at": "9999-12-31T22:00:00Z"},
    Attack.NUL: {"note": "a\0b"},
}
"""Fields that somebody could not read, or not keep."""


class HostileDesk:
    """Enrolled, with an officer's token, and with bad intentions."""

    def __init__(self, stage: FaultyStage) -> None:
        self._stage = stage
        self._previous_hash = FIRST_HASH
        self._number = 0
        self._token = stage.tokens[HOSTILE]

    def attack(self, attack: Attack, entity_id: str, victim: Desk, text: str) -> None:
        """Raises AssertionError if the server answers as it would for a bug of its own."""
        status = self._stage.runner.run(self._attack(attack, entity_id, victim, text))
        if status == 401:
            self._token = self._stage.runner.run(token_for(self._stage.app, HOSTILE_OFFICER.nrp, HOSTILE))
            status = self._stage.runner.run(self._attack(attack, entity_id, victim, text))
        assert status < 500, (attack, status)

    async def _attack(self, attack: Attack, entity_id: str, victim: Desk, text: str) -> int:
        self._catch_up()
        content = self._content(attack, entity_id, victim, text)
        body = content if isinstance(content, bytes) else json.dumps({"operations": content}).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        transport = httpx2.ASGITransport(self._stage.app)
        async with httpx2.AsyncClient(base_url=ADDRESS + API, transport=transport, headers=headers) as client:
            return (await client.post("/operations", content=body)).status_code

    def _catch_up(self) -> None:
        """It goes on where the server has got to with it."""
        with self._stage.context.database.read() as session:
            known = session.get(DeviceRow, HOSTILE)
            self._number, self._previous_hash = (known.last_number, known.last_hash) if known else (0, FIRST_HASH)

    def _content(self, attack: Attack, entity_id: str, victim: Desk, text: str) -> bytes | list[dict[str, Json]]:
        made = self._operation(entity_id, {"note": text})
        message: dict[str, Json] = OperationMessage.of(made).model_dump(mode="json")
        match attack:
            case Attack.WRONG_SIGNATURE:
                message["signature"] = key_of("somebody").sign(Purpose.OPERATION, made.hash)
            case Attack.OTHERS_DEVICE:
                message["device"] = victim.store.do(operations.device)
            case Attack.OTHERS_NAME:
                message = _message(replace(made, actor=NRP))
            case Attack.SURROGATE:
                return json.dumps({"operations": [message]}).replace(text, "\\ud800").encode()
            case Attack.GAP:
                message = _message(replace(made, number=made.number + 5))
            case Attack.FORK:
                message = _message(replace(made, number=max(made.number - 1, 1), previous_hash=FIRST_HASH))
            case Attack.REPLAY:
                return [OperationMessage.of(one).model_dump(mode="json") for one in victim.own()[:10]] or [message]
            case Attack.GARBAGE:
                return json.dumps({"operations": [message]}).encode()[:-9] + b"\xff\x00"
            case _ if attack in POISON:
                message = _message(replace(made, fields=POISON[attack]))
        return [message]

    def _operation(self, entity_id: str, fields: dict[str, Json]) -> Operation:
        return signed(
            Operation(
                uuid7(START), HOSTILE, self._number + 1, HOSTILE_OFFICER.nrp, START, Entity.BOOKMARK, entity_id, 0,
                fields, SCHEMA_VERSION, self._previous_hash,
            )
        )  # fmt: skip


def _message(operation: Operation) -> dict[str, Json]:
    """As its device has signed it. What is wrong with its fields is not looked at here."""
    message: dict[str, Json] = OperationMessage.of(replace(operation, fields={})).model_dump(mode="json")
    return {**message, "fields": dict(operation.fields), "signature": signed(operation).signature}


def machine_on(stage: FaultyStage) -> type[FaultyExchange]:
    """The machine with that stage, which all its runs share."""

    class OnStage(FaultyExchange):
        def __init__(self) -> None:
            super().__init__(stage)

    return OnStage


class FaultyExchange(RuleBasedStateMachine):
    """What a desk was shown as acknowledged is never lost, and once nothing fails all are equal."""

    def __init__(self, stage: FaultyStage) -> None:
        super().__init__()
        self._stage = stage
        self._texts = itertools.count(1)
        self._compacted: dict[object, object] = {}
        """What operations said that have lost their values, by id."""
        self._backup = sqlite3.connect(":memory:", check_same_thread=False)
        self._desks: list[Desk] = []
        self._hostile = HostileDesk(stage)

    @initialize()
    def begin(self) -> None:
        self._stage.begin()
        self._stage.copy_server(self._backup)
        self._desks = [Desk(self._stage, image, name) for image, name in zip(self._stage.images, DESKS, strict=True)]

    @rule(number=desk_number, key=bookmark_id, statements=st.none() | st.integers(0, 12))
    def write(self, number: int, key: str, statements: int | None) -> None:
        with self._stage.points.armed(None if statements is None else Program.DESK, statements or 0):
            self._desk(number).write_somehow(key, f"t{next(self._texts)}")

    @rule(number=desk_number, key=bookmark_id, incident=st.sampled_from("xyz"))
    def write_incident(self, number: int, key: str, incident: str) -> None:
        self._desk(number).write(key, f"t{next(self._texts)}", incident_id=incident)

    @rule(number=desk_number, incident=st.sampled_from("xyz"))
    def report(self, number: int, incident: str) -> None:
        self._desk(number).report(incident, f"+62 800 {next(self._texts)}")

    @rule(
        number=desk_number,
        trouble=trouble,
        after=st.integers(0, 4),
        crash=st.none() | st.sampled_from(Program),
        statements=st.integers(0, 40),
    )
    def synchronise(self, number: int, trouble: Trouble, after: int, crash: Program | None, statements: int) -> None:
        desk = self._desk(number)
        self._stage.met[trouble] += trouble is not Trouble.NONE
        with desk.network.troubled(trouble, after=after), self._stage.points.armed(crash, statements):
            desk.synchronise()
        self._acknowledged_is_there(desk)

    @rule(number=desk_number)
    def deliver_late(self, number: int) -> None:
        self._stage.runner.run(self._desk(number).network.deliver_late())

    @rule(number=desk_number, by=days)
    def set_clock(self, number: int, by: timedelta) -> None:
        self._desk(number).clock.set_forward = by

    @rule(by=days)
    def set_server_clock(self, by: timedelta) -> None:
        self._stage.server_clock.set_forward = by

    @rule()
    def back_up(self) -> None:
        self._stage.copy_server(self._backup)

    @rule(begin_epoch=st.booleans())
    def restore(self, begin_epoch: bool) -> None:
        self._stage.met["restored"] += 1
        self._stage.put_server_back(self._backup)
        if begin_epoch:
            begin_order(self._stage.context.database)
        for desk in self._desks:
            desk.heard_all = False

    @rule(number=desk_number, key=bookmark_id, steps=st.integers(1, 3), statements=st.none() | st.integers(0, 12))
    def compact(self, number: int, key: str, steps: int, statements: int | None) -> None:
        """Everything that decides nothing any more, however young; a part of it, if the server ends at it."""
        desk = self._desk(number)
        for _ in range(3):
            desk.write(key, f"t{next(self._texts)}")
        desk.synchronise()
        self._compacted |= self._said_there()
        database, now = self._stage.context.database, self._stage.server_clock.utc()
        with self._stage.points.armed(None if statements is None else Program.SERVER, statements or 0):
            try:
                with database.read() as session:
                    planned = plan(session, keep=timedelta(days=-9), now=now)
                compaction = Compaction(planned, now=now, signing_key=SERVER_KEY)
                for _ in range(steps):
                    before = compaction.operations
                    with database.write() as session:
                        compaction.step(session, within_s=0)
                    self._stage.met["compacted"] += compaction.operations - before
            except Crash:
                self._stage.met["crash while compacting"] += 1

    @rule(number=st.integers(0, 2))
    def copy_desk(self, number: int) -> None:
        if len(self._desks) > len(DESKS):
            return
        self._stage.met["copied"] += 1
        self._desks.append(self._desk(number).copied("copy"))

    @rule(number=desk_number)
    def renew(self, number: int) -> None:
        self._stage.met["identity changed"] += 1
        self._desk(number).renew()

    @rule(number=desk_number)
    def enrol_again(self, number: int) -> None:
        self._stage.met["enrolled again"] += 1
        self._desk(number).enrol_again()

    @rule(attack=st.sampled_from(Attack), key=bookmark_id, victim=desk_number)
    def attack(self, attack: Attack, key: str, victim: int) -> None:
        self._stage.met[attack] += 1
        self._hostile.attack(attack, key, self._desk(victim), f"t{next(self._texts)}")

    def teardown(self) -> None:
        try:
            if self._desks:
                self._heal()
                self._all_are_equal()
        finally:
            for desk in self._desks:
                desk.close()
            self._backup.close()

    def _desk(self, number: int) -> Desk:
        return self._desks[number % len(self._desks)]

    def _acknowledged_is_there(self, desk: Desk) -> None:
        """But for what a restored server has lost and the desk has not heard of."""
        if desk.heard_all:
            assert desk.texts - desk.waiting() <= self._texts_there()

    def _heal(self) -> None:
        self._stage.server_clock.set_forward = timedelta()
        for desk in self._desks:
            assert any(desk.synchronise() for _ in range(_ROUNDS)), f"{desk.name} does not come to rest"
        # What waited for an entity that came later has its effect with the next sign-in.
        if self._something_waits():
            for desk in self._desks:
                desk.sign_in()
        reached = self._stage.context.last_place()
        for desk in self._desks:
            assert desk.synchronise(), desk.name
        assert self._stage.context.last_place() == reached, "who had come to rest has sent something"

    def _something_waits(self) -> bool:
        without_effect = select(OperationRow.server_sequence).where(OperationRow.fate == Fate.QUARANTINED.value)
        with self._stage.context.database.read() as session:
            return session.scalars(without_effect.limit(1)).first() is not None

    def _all_are_equal(self) -> None:
        there, conflicts = {}, set()
        with self._stage.context.database.read() as session:
            for key in IDS:
                fields = load_state(session, Entity.BOOKMARK, key).fields
                if "camera_id" in fields:
                    there[key] = fields
            conflicts |= set(session.scalars(select(ConflictRow.id)))
        for desk in self._desks:
            assert desk.seen() == there, desk.name
            assert conflicts <= desk.conflicts(), desk.name
            assert not desk.waiting(), desk.name
            assert desk.store.do(custody.verify) is None, desk.name
            assert not desk.store.do(server_order.unread), desk.name
        self._chains_hold()
        self._every_commitment_has_its_value()
        lost = set().union(*(desk.texts for desk in self._desks)) - self._texts_there(in_effect=True)
        assert not lost, lost

    def _every_commitment_has_its_value(self) -> None:
        """And no number of a reporter stands in the order."""
        with self._stage.context.database.read() as session:
            rows = session.scalars(select(OperationRow).where(OperationRow.entity == Entity.INCIDENT.value)).all()
            said = [message_of(row) for row in rows]
            wanted = {text for one in said if one is not None for text in commitments_in(one.fields)}
            there = session.scalars(select(PersonalValueRow.commitment)).all()
        assert wanted <= set(there)
        assert not any("+62 800" in row.message for row in rows)

    def _chains_hold(self) -> None:
        """Of each device: numbers without a gap, in the order, once each, chained and signed, compacted or not."""
        with self._stage.context.database.read() as session:
            assert check_order(session, signatures=True).broken == ()
            ids = session.scalars(select(OperationRow.operation_id)).all()
        assert len(set(ids)) == len(ids)

    def _texts_there(self, *, in_effect: bool = False) -> set[object]:
        return set(self._said_there(in_effect=in_effect).values()) - {None}

    def _said_there(self, *, in_effect: bool = False) -> dict[object, object]:
        """The note of each operation, by its id; of one that has lost its values what it said before."""
        wanted = select(OperationRow.operation_id, OperationRow.message, OperationRow.compaction)
        if in_effect:
            wanted = wanted.where(OperationRow.fate != Fate.QUARANTINED.value)
        with self._stage.context.database.read() as session:
            return {
                row.operation_id: json.loads(row.message)["fields"].get("note")
                if row.compaction is None
                else self._compacted[row.operation_id]
                for row in session.execute(wanted)
            }
