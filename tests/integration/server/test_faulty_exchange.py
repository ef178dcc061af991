"""Desks that are honest, copied or hostile, over a network and a server that fail: nothing is lost, all end equal."""

from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faulty_exchange import FaultyStage
from tests.faulty_machine import machine_on


def test_whatever_fails_nothing_acknowledged_is_lost_and_all_end_equal(tmp_path: Path) -> None:
    with FaultyStage.open(tmp_path) as stage:
        run_state_machine_as_test(
            machine_on(stage),
            settings=settings(
                max_examples=25,
                stateful_step_count=20,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
                phases=set(Phase) - {Phase.explain},
            ),
        )
