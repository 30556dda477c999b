"""Cotangents that stand for the rows of an array output, and vectors for those of a Hessian.

May import NumPy only. A small output is judged row by row, which says where an error is. For
a large one a few random arrays do: a wrong entry escapes a normal weight only by a coincidence
of continuous numbers.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcli.reports import Array

# Array outputs with at most this many entries are examined entry by entry.
MOST_ROWS = 12
# Random cotangents that stand for the rows of a larger output.
COTANGENTS = 3


def cotangents(
    shape: tuple[int, ...], count: int = COTANGENTS, most: int = MOST_ROWS
) -> Iterator[Array]:
    """Yield the unit arrays of a small shape, `count` random arrays of a large one.

    Parameters
    ----------
    shape
        Of the output. One without entries yields one array without entries: it is still a
        function that has to be the one that was traced.
    count
        How many random arrays.
    most
        Entries of a small shape.
    """
    size = int(np.prod(shape, dtype=np.int64))
    if size == 0:
        yield np.zeros(shape)
    elif size <= most:
        yield from (row.reshape(shape) for row in np.eye(size))
    else:
        yield from random_cotangents(shape, count)


def random_cotangents(shape: tuple[int, ...], count: int = COTANGENTS) -> Iterator[Array]:
    """Yield a few normal arrays: together they hear every entry, with both signs."""
    stream = np.random.default_rng(0)
    for _ in range(count):
        yield np.asarray(stream.standard_normal(shape))
