"""Did you mean."""

import pytest

from gradcli.cli.suggestion import distance, nearest


@pytest.mark.parametrize(
    ("a", "b", "edits"),
    [("", "", 0), ("a", "", 1), ("", "ab", 2), ("abc", "abc", 0), ("abc", "acb", 1),
     ("kitten", "sitting", 3), ("ca", "abc", 3), ("grad", "grda", 1)],
)  # fmt: skip
def test_distance_is_optimal_string_alignment(a: str, b: str, edits: int) -> None:
    assert distance(a, b) == edits == distance(b, a)


def test_the_nearest_word_wins_and_far_ones_never() -> None:
    assert nearest("hesian", ["hessian", "jacobian"]) == "hessian"
    assert nearest("GRAD", ["grad", "ops"]) == "grad"
    assert nearest("xyz", ["grad", "ops"]) is None
    assert nearest("a" * 1000, ["grad"]) is None
    # Two edits turn every short word into every other.
    assert nearest("x", ["ops"]) is None
    assert nearest("pi", ["ops"]) is None
    assert nearest("og", ["ops"]) is None
