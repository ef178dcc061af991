import pytest

from tmcwall.domain.health import Plan, PlanReason
from tmcwall.ui.texts import Translator
from tmcwall.ui.wall.about import Rates, lines
from tmcwall.video.wire import StreamReport

S = 1_000_000_000


def test_rates_are_counted_over_two_seconds():
    rates = Rates()
    rates.note(10 * S, received=100, displayed=7)
    rates.note(11 * S, received=125, displayed=30)
    assert rates.received is None
    rates.note(12 * S, received=150, displayed=47)
    assert (rates.received, rates.displayed) == (25.0, 20.0)


def test_a_count_that_began_anew_gives_no_rate():
    rates = Rates()
    rates.note(10 * S, received=100, displayed=7)
    rates.note(13 * S, received=5, displayed=8)
    assert rates.received is None


@pytest.mark.parametrize("plan", Plan)
@pytest.mark.parametrize("reason", PlanReason)
def test_every_plan_and_reason_has_its_words(plan, reason):
    report = StreamReport(camera="c1", profile="sub", connected=True, plan=plan, plan_reason=reason)
    assert all(lines(report, Rates(), size=(640, 360), translate=Translator()))
