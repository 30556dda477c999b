"""Hull membership by non-negative least squares, against brute force and known answers."""

from itertools import product

import numpy as np
import pytest

from gradcli.exact.hull import distance, nearest, positive_direction


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


SEGMENT = np.array([[1.0, 0.0], [0.0, 1.0]])


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ((1.0, 1.0), (0.5, 0.5)),
        ((-1.0, -1.0), (0.5, 0.5)),
        ((-0.5, -1.0), (0.75, 0.25)),
        ((3.0, -1.0), (1.0, 0.0)),
        ((-1.0, 3.0), (0.0, 1.0)),
        ((0.25, 0.75), (0.25, 0.75)),
        ((0.0, 0.0), (0.5, 0.5)),
    ],
)
def test_the_nearest_point_of_a_segment(
    point: tuple[float, float], expected: tuple[float, float], scale: float
) -> None:
    for sign in (scale, -scale):
        p, q = sign * np.array(point), sign * np.array(expected)
        found = nearest(p, sign * SEGMENT)
        assert found == pytest.approx(q, rel=1e-12, abs=1e-15 * scale)
        gap = scale * float(np.linalg.norm(np.array(point) - expected))
        assert distance(p, sign * SEGMENT) == pytest.approx(gap, rel=1e-12, abs=1e-15 * scale)


def test_the_hull_of_one_vertex_is_that_vertex() -> None:
    one = np.array([[3.0, 4.0]])
    for point in (np.zeros(2), np.array([6.0, 8.0]), np.array([0.0, 8.0])):
        assert distance(point, one) == pytest.approx(5.0, rel=1e-15)
        assert nearest(point, one) == pytest.approx(one[0], rel=1e-15)
    assert distance(one[0], one) == 0.0


def test_a_hull_of_zeros_and_one_without_entries() -> None:
    zeros = np.zeros((3, 2))
    assert distance(np.zeros(2), zeros) == 0.0
    assert nearest(np.zeros(2), zeros).tolist() == [0.0, 0.0]
    assert distance(np.array([3.0, -4.0]), zeros) == pytest.approx(5.0, rel=1e-15)
    assert nearest(np.array([3.0, -4.0]), zeros).tolist() == [0.0, 0.0]
    assert distance(np.zeros(0), np.zeros((2, 0))) == 0.0


def test_a_large_hull_is_searched_to_the_end() -> None:
    rng = np.random.default_rng(3)
    for count, size in ((40, 3), (40, 12), (12, 12)):
        vertices = rng.normal(size=(count, size)) + 1.5
        for scale in (1e-6, 1.0, 1e6):
            gap = nearest(np.zeros(size), scale * vertices) / scale
            # At the nearest point no vertex is nearer in its direction.
            assert float((vertices @ gap).min()) == pytest.approx(float(gap @ gap), rel=1e-12)


def test_a_direction_is_a_unit_vector_and_zero_rows_are_no_condition() -> None:
    forms = np.array([[3.0, 0.0], [0.0, 0.0], [0.0, 5.0]])
    assert positive_direction(forms) == pytest.approx(np.sqrt([0.5, 0.5]), rel=1e-12)
    assert positive_direction(np.array([[0.0, -7.0]])) == pytest.approx([0.0, -1.0], abs=0)
    # The angle counts, not the length of a row.
    uneven = np.array([[1e-12, 0.0], [0.0, 1e12]])
    assert positive_direction(uneven) == pytest.approx(np.sqrt([0.5, 0.5]), rel=1e-12)
    free = positive_direction(np.zeros((2, 3)))
    assert free is not None
    assert free.tolist() == [1.0, 1.0, 1.0]


def test_a_hull_that_all_but_contains_the_origin_has_no_direction() -> None:
    def wedge(half: float) -> np.ndarray:
        return np.array([[1.0, half], [-1.0, half]])

    assert positive_direction(wedge(1.1e-9)) == pytest.approx([0.0, 1.0], abs=1e-12)
    assert positive_direction(wedge(0.9e-9)) is None


def test_what_is_answered_is_positive_however_flat_the_cone() -> None:
    for slope in np.geomspace(1e-10, 1e-6, 60):
        for forms in ([[1.0, 0.0], [-1.0, slope]], [[1.0, slope], [-1.0, slope]]):
            d = positive_direction(np.array(forms))
            assert d is None or (np.array(forms) @ d > 0).all()


def test_repeated_vertices_and_flat_hulls_are_searched_to_the_end() -> None:
    rng = np.random.default_rng(4)
    for case in range(100):
        count, size = rng.integers(2, 12), rng.integers(1, 6)
        vertices = np.round(2 * rng.normal(size=(count, size))) + case % 4
        vertices = np.vstack([vertices, vertices[rng.integers(count, size=3)]])
        gap = nearest(np.zeros(size), vertices)
        assert float((vertices @ gap).min()) >= float(gap @ gap) - 1e-13 * np.abs(vertices).max()
