"""Hull membership by non-negative least squares, against brute force and known answers."""

from itertools import product

import numpy as np
import pytest

from gradcli.exact.hull import distance, positive_direction


def test_the_nearest_point_agrees_with_all_faces() -> None:
    rng = np.random.default_rng(1)
    for _ in range(60):
        vertices = rng.normal(size=(6, 3)) + rng.normal(size=3)
        best = np.inf
        for keep in product([False, True], repeat=6):
            face = vertices[np.array(keep)]
            if len(face) == 0:
                continue
            edges = (face[1:] - face[0]).T
            rest = np.linalg.lstsq(edges, -face[0], rcond=None)[0]
            if (rest >= 0).all() and rest.sum() <= 1:
                best = min(best, float(np.linalg.norm(face[0] + edges @ rest)))
        assert distance(np.zeros(3), vertices) == pytest.approx(best, rel=1e-10, abs=1e-13)


def test_small_distances_are_exact() -> None:
    angles = np.linspace(0.5, 0.9, 9)
    vertices = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    middle = (vertices[3] + vertices[4]) / 2
    outward = middle / np.linalg.norm(middle)
    for gap in (1e-4, 1e-7, 1e-10, 1e-12):
        assert distance(middle + gap * outward, vertices) == pytest.approx(gap, rel=1e-3)
        assert distance(middle - gap * outward, vertices) <= 1e-15


@pytest.mark.parametrize(
    ("point", "expected"),
    [((0.5, 0.5), 0.0), ((1.0, 0.0), 0.0), ((0.3, 0.7), 0.0), ((1.0, 1.0), np.sqrt(0.5))],
)
def test_distance_from_a_segment(point: tuple[float, float], expected: float) -> None:
    vertices = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert distance(np.array(point), vertices) == pytest.approx(expected, abs=1e-12)


def test_distance_is_relative_to_the_scale_of_the_vertices() -> None:
    vertices = 1e-200 * np.array([[1.0, 0.0], [0.0, 1.0]])
    assert distance(np.array([1e-200, 1e-200]), vertices) == pytest.approx(np.sqrt(0.5) * 1e-200)


def test_random_points_of_a_hull_are_inside_and_pushed_ones_are_not() -> None:
    rng = np.random.default_rng(2)
    for _ in range(40):
        vertices = rng.normal(size=(6, 3))
        inside = rng.dirichlet(np.ones(6)) @ vertices
        assert distance(inside, vertices) < 1e-11
        w = rng.normal(size=3)
        w /= np.linalg.norm(w)
        outside = inside + (float((vertices @ w).max()) - inside @ w + 0.01) * w
        assert distance(outside, vertices) >= 0.01 - 1e-12


def test_positive_direction_exists_exactly_where_the_hull_misses_the_origin() -> None:
    forms = np.array([[1.0, 0.0], [1.0, 1e-6]])
    d = positive_direction(forms)
    assert d is not None
    assert (forms @ d > 0).all()
    assert positive_direction(np.array([[1.0, 0.0], [-1.0, 0.0]])) is None
    assert positive_direction(np.array([[1.0, 0.0], [-1.0, 1.0], [-1.0, -1.0]])) is None
    thin = np.array([[1.0, 0.0], [-1.0, 1e-6]])
    d = positive_direction(thin)
    assert d is not None
    assert (thin @ d > 0).all()
