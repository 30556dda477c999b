"""Which exit status wins."""

from itertools import permutations

import pytest

from gradcli.cli.exit_status import worst

ORDER = (70, 130, 2, 1, 3, 5, 0)


@pytest.mark.parametrize("pair", list(permutations(ORDER, 2)))
def test_of_two_the_one_that_stands_first_wins(pair: tuple[int, int]) -> None:
    assert worst(pair) == min(pair, key=ORDER.index)


def test_nothing_is_success() -> None:
    assert worst([]) == 0
