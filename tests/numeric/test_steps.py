"""The search for a step, on stencils that say what the test wants them to say."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.numeric.ladder import Ladder, Side
from gradcli.numeric.probe import Probe
from gradcli.numeric.section import Coordinate, direction
from gradcli.numeric.stencils import Jitter, Reading
from gradcli.numeric.steps import fallback, search

QUIET = Jitter(np.zeros(1), 2.0**-53)
ALL = np.array([True])


class Scripted(Ladder):
    """A ladder whose readings are given: rung → (value, truncation, noise)."""

    def follow(self, script):
        self.script = script
        self.read_rungs = []
        return self

    def read(self, rung, jitter):
        self.read_rungs.append(rung)
        value, truncation, noise = (np.array([v]) for v in self.script(rung))
        return Reading(2.0**rung, value, truncation, noise, np.abs(value))

    def quotient(self, rung, jitter):
        # Nothing to compare with: every step is confirmed.
        return np.array([np.nan]), np.array([0.0])


def scripted(script):
    probe = Probe(np.sin, (np.array(1.0),), (0,))
    return Scripted(Coordinate(probe, 0, 0), Side.BOTH, 1e-3).follow(script)


def test_the_first_step_that_is_good_enough_ends_the_search():
    ladder = scripted(lambda rung: (1.0, 1e-12, 1e-11))
    found = search(ladder, QUIET, ALL)
    assert ladder.read_rungs == [0]
    assert found.value[0] == 1.0
    assert 1e-11 <= found.error[0] < 1e-10


def test_truncation_and_noise_are_bisected_to_their_balance():
    # Truncation h^4 and noise 1e-8/h meet at h = 1e-8^(1/5), rung -5.3.
    ladder = scripted(lambda rung: (1.0, 2.0 ** (4 * rung), 1e-8 * 2.0**-rung))
    found = search(ladder, QUIET, ALL)
    assert 2.0**-7 <= found.step[0] <= 2.0**-4
    assert found.error[0] < 1e-5
    assert len(ladder.read_rungs) <= 9


def test_what_settles_beyond_a_coarse_step_is_not_believed():
    def script(rung):
        return (5.0, 0.0, 1e-9) if rung > 2 else (1.0, 1.0, 1e-9)

    assert search(scripted(script), QUIET, ALL, start=3).value[0] == 5.0
    found = search(scripted(script), QUIET, ALL)
    found.done[:] = False
    found.take(3, np.asarray(0.0))
    assert math.isinf(found.error[0])


def test_what_a_longer_step_moves_is_part_of_the_error():
    def script(rung):
        return (1.0, 0.0, 1e-3) if rung < 3 else (1.0 + 5e-4, 0.0, 1e-5)

    ladder = scripted(lambda rung: script(rung) if rung < 4 else (1.0, 1.0, 1e-6))
    found = search(ladder, QUIET, ALL)
    assert found.value[0] == 1.0 + 5e-4
    assert found.error[0] == pytest.approx(5e-4)
    # Once an even longer step stays where it was, its own bar counts.
    assert search(scripted(script), QUIET, ALL).error[0] == 1e-5


def test_a_shorter_quotient_that_disagrees_refutes_a_step():
    ladder = scripted(lambda rung: (1.0, 0.0, 1e-9))
    ladder.quotient = lambda rung, jitter: (np.array([2.0]), np.array([1e-6]))
    assert math.isinf(search(ladder, QUIET, ALL).error[0])


def test_a_power_law_is_bounded_and_a_pole_is_not():
    falling = search(scripted(lambda rung: (2.0**rung, 0.6 * 2.0**rung, 1e-30)), QUIET, ALL)
    value, error, _ = fallback(falling)
    assert abs(value[0]) <= error[0] < 1e-6
    pole = search(scripted(lambda rung: (2.0**-rung, 0.4 * 2.0**-rung, 1e-30)), QUIET, ALL)
    assert math.isinf(fallback(pole)[1][0])


@settings(max_examples=100, deadline=None)
@given(
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300),
    st.floats(1e-15, 10),
    st.sampled_from([np.float64, np.float32]),
)
def test_snapped_steps_are_taken_exactly_on_both_sides(x, relative, dtype):
    x = np.float64(x) if dtype is np.float64 else np.float32(np.clip(x, -1e30, 1e30))
    seen = []
    probe = Probe(lambda x: seen.append(x) or 0.0, (np.array(x, dtype),), (0,))
    section = Coordinate(probe, 0, 0)
    step = section.snap(relative * section.scale)
    for sign in (1.0, -1.0):
        section.at(sign * step)
        assert seen[-1].dtype == dtype
        taken = float(seen[-1]) - float(x)
        if step <= abs(float(x)):
            assert taken == sign * step
        else:
            assert taken == pytest.approx(sign * step, rel=2 * float(np.finfo(dtype).eps))


def test_ladders_stay_within_their_reach():
    probe = Probe(np.sin, (np.array(1.0),), (0,))
    section = Coordinate(probe, 0, 0)
    assert Ladder(section, Side.BOTH, 1e-3, 0.0).is_empty
    for reach in (1e-9, 1e-3, 0.3, math.inf):
        ladder = Ladder(section, Side.BOTH, 1e-3, reach)
        farthest = ladder.step(ladder.highest + 2)
        assert farthest <= min(reach, 0.1)
        assert farthest > min(reach, 0.1) / 2.1


def test_values_are_paid_for_once():
    probe = Probe(np.sin, (np.array(1.0),), (0,))
    ladder = Ladder(Coordinate(probe, 0, 0), Side.BOTH, 1e-3)
    ladder.read(0, QUIET)
    assert probe.evaluations == 7
    ladder.read(0, QUIET)
    ladder.read(1, QUIET)
    assert probe.evaluations == 9


def test_outside_the_domain_one_evaluation_is_enough():
    probe = Probe(np.log, (np.array(1.0),), (0,))
    reading = Ladder(Coordinate(probe, 0, 0), Side.LEFT, 1.0).read(0, QUIET)
    assert np.isnan(reading.value)
    assert probe.evaluations == 2


def test_the_scale_of_a_direction_is_that_of_its_median_entry():
    probe = Probe(np.sum, (np.array([1e-300, 2.0, 2.0, 4.0]),), (0,))
    assert direction(probe, {0: np.ones(4)}).scale == pytest.approx(2.0)
    assert direction(probe, {0: np.array([0, 0, 0, 1.0])}).scale == pytest.approx(4.0)
