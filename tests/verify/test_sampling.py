"""Random points: every number has its own stream, and none lies outside the domain."""

from __future__ import annotations

import numpy as np

from gradcli.frontend.points import Point
from gradcli.verify.sampling import sample_point, sample_points

AT = Point("", {"x": np.array([1.0, 2.0]), "n": 3}, ("x",))


def total(x: np.ndarray, n: int) -> float:
    return float(np.sum(x) * n)


def test_samples_differ_and_come_again() -> None:
    one, two = (sample_points(total, AT, 4, 7) for _ in range(2))
    drawn = [tuple(point.values["x"]) for point in one]
    assert drawn == [tuple(point.values["x"]) for point in two]
    assert len(set(drawn)) == 4
    assert len({x / y for x, y in (np.array(drawn) - [1.0, 2.0])}) == 4
    assert [point.values["n"] for point in one] == [3, 3, 3, 3]
    assert drawn != [tuple(point.values["x"]) for point in sample_points(total, AT, 4, 8)]
    assert tuple(sample_point(total, AT, 2, 7).values["x"]) == drawn[2]


def test_only_points_with_a_finite_value_are_drawn() -> None:
    def guarded(x: np.ndarray, n: int) -> float:
        return float(np.sqrt(x[0])) if x[0] > 0 else float("nan")

    assert all(p.values["x"][0] > 0 for p in sample_points(guarded, AT, 6, 0))
    assert sample_points(lambda x, n: float("inf"), AT, 3, 0) == []
