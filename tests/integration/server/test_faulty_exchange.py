"""Desks that are honest, copied or hostile, over a network and a server that fail: nothing is lost, all end equal."""

from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faulty_exchange import Desk, FaultyStage, Program, Trouble
from tests.faulty_machine import Attack, FaultyExchange, machine_on


def test_whatever_fails_nothing_acknowledged_is_lost_and_all_end_equal(tmp_path: Path) -> None:
    with FaultyStage.open(tmp_path) as stage:
        run_state_machine_as_test(
            machine_on(stage),
            settings=settings(
                max_examples=10,
                stateful_step_count=20,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
                phases=set(Phase) - {Phase.explain},
            ),
        )


def test_a_desk_that_takes_over_the_state_shows_what_came_after_its_own_work(tmp_path: Path) -> None:
    with FaultyStage.open(tmp_path) as stage:
        stage.begin()
        first = Desk(stage, stage.images[0], "first")
        first.sign_in()
        first.write("b0", "t1", incident_id="x")
        copy = first.copied("copy")
        copy.sign_in()
        first.write("b0", "t2")
        # More than a page, so that the copy, whose only operation the server has already, takes a snapshot.
        first.write("b1", "t3")
        for desk in (first, copy):
            assert desk.synchronise()
        assert copy.seen() == first.seen()
        first.close()
        copy.close()


def test_a_copy_of_a_desk_that_was_enrolled_again_signs_with_the_key_that_it_has_copied(tmp_path: Path) -> None:
    with FaultyStage.open(tmp_path) as stage:
        stage.begin()
        first = Desk(stage, stage.images[0], "first")
        first.enrol_again()
        copy = first.copied("copy")
        copy.write("b0", "t1")
        copy.sign_in()
        assert copy.synchronise()
        assert not copy.waiting()
        first.close()
        copy.close()


def test_a_desk_that_has_read_only_what_had_no_effect_notices_another_order_all_the_same(tmp_path: Path) -> None:
    with FaultyStage.open(tmp_path) as stage:
        machine = FaultyExchange(stage)
        machine.begin()
        machine.attack(Attack.RIGHT, "b0", 0)  # of a bookmark that is nowhere yet: in quarantine, and in no page
        machine.synchronise(1, Trouble.NONE, 0, None, 0)
        machine.restore(begin_epoch=False)
        machine.write(0, "b0", None)
        machine.teardown()


def test_what_was_acknowledged_and_lost_is_not_taken_for_what_a_copy_has_sent_since(tmp_path: Path) -> None:
    with FaultyStage.open(tmp_path) as stage:
        machine = FaultyExchange(stage)
        machine.begin()
        machine.copy_desk(0)
        machine.write(0, "b0", None)
        machine.synchronise(0, Trouble.NONE, 0, Program.SERVER, 15)  # it has taken the push, and ends before the pull
        machine.restore(begin_epoch=False)
        machine.compact(3, "b0", 1, None)  # the copy's turn, under the same numbers
        machine.teardown()


def test_what_waits_for_an_entity_is_not_lost_when_its_desk_takes_another_identity(tmp_path: Path) -> None:
    with FaultyStage.open(tmp_path) as stage:
        machine = FaultyExchange(stage)
        machine.begin()
        machine.compact(1, "b0", 1, None)
        machine.compact(0, "b1", 1, None)
        machine.restore(begin_epoch=False)
        machine.compact(0, "b0", 1, 0)  # before the desk that has made it has brought it back
        machine.renew(0)
        machine.teardown()
