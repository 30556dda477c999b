"""The public operators that need many sweeps: jacobian, hessian, hvp.

May import `operators`, `ir` and `ops`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcli.engine.operators import grad, jvp
from gradcli.engine.runs import Argnums, cotangents, push, run_traced
from gradcli.errors import ShapeError
from gradcli.ir.tracing import TracedRun
from gradcli.ir.tree import flatten


def jacobian(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return the function that gives the full Jacobian of `f`.

    Parameters
    ----------
    f
        A function of arrays that returns one array.
    argnums
        The argument to differentiate, or a tuple of them.

    Returns
    -------
    callable
        ``(*xs) -> J`` of shape ``out.shape + in.shape`` (numerator layout), in the
        container of the argument; a tuple for a tuple of `argnums`.

    Notes
    -----
    One reverse sweep per output, or one forward sweep per input where these are fewer.

    Examples
    --------
    >>> import numpy as np
    >>> jacobian(lambda x: x * x)(np.arange(3.0))
    array([[0., 0., 0.],
           [0., 2., 0.],
           [0., 0., 4.]])
    """

    def full(*xs: Any) -> Any:
        run = run_traced(f, xs, argnums)
        leaves, _ = flatten(run.output)
        if len(leaves) != 1:
            raise ShapeError("E020", f"a Jacobian needs one output array, not {len(leaves)}")
        shape = np.shape(leaves[0])
        sizes = [np.size(run.trace.values[s]) for s in run.input_slots]
        rows = int(np.prod(shape, dtype=np.int64))
        blocks = _by_rows(run, shape) if rows <= sum(sizes) else _by_columns(run, shape)
        found = run.unflatten_inputs(blocks)
        return tuple(found) if isinstance(argnums, tuple) else found[0]

    return full


def _one_hot(size: int, k: int, shape: tuple[int, ...], like: Any) -> Any:
    """Return the `k`-th unit array of `shape`."""
    unit = np.zeros(size, dtype=getattr(like, "dtype", np.float64))
    unit[k] = 1.0
    return unit.reshape(shape)[()]


def _assemble(pieces: list[Any], shape: tuple[int, ...], axis: int) -> Any:
    """Stack the pieces along an axis and give the whole its shape."""
    if not pieces:
        return np.zeros(shape)
    return np.reshape(np.stack(pieces, axis=axis), shape)[()]


def _by_rows(run: TracedRun, shape: tuple[int, ...]) -> list[Any]:
    """Return one Jacobian block per input leaf: one reverse sweep per output."""
    like = flatten(run.output)[0][0]
    rows = int(np.prod(shape, dtype=np.int64))
    sweeps = [cotangents(run, [_one_hot(rows, k, shape, like)]) for k in range(rows)]
    blocks = []
    for i, slot in enumerate(run.input_slots):
        inner = np.shape(run.trace.values[slot])
        blocks.append(_assemble([sweep[i] for sweep in sweeps], shape + inner, 0))
    return blocks


def _by_columns(run: TracedRun, shape: tuple[int, ...]) -> list[Any]:
    """Return one Jacobian block per input leaf: one forward sweep per input."""
    values = [run.trace.values[s] for s in run.input_slots]
    blocks = []
    for i, value in enumerate(values):
        columns = []
        for k in range(np.size(value)):
            tangents = [np.zeros_like(v) for v in values]
            tangents[i] = _one_hot(np.size(value), k, np.shape(value), value)
            (column,) = push(run, tangents)
            columns.append(column)
        blocks.append(_assemble(columns, shape + np.shape(value), -1))
    return blocks


def hessian(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return the function that gives the Hessian of a scalar function.

    Parameters
    ----------
    f, argnums
        As in `jacobian`; `f` returns a scalar.

    Returns
    -------
    callable
        ``(*xs) -> H`` of shape ``in.shape + in.shape``.

    Examples
    --------
    >>> float(hessian(lambda x: x**3)(2.0))
    12.0
    """
    return jacobian(grad(f, argnums), argnums)


def hvp(f: Callable[..., Any], xs: Sequence[Any], vs: Sequence[Any]) -> Any:
    """Return the product of the Hessian of `f` with a vector: forward over reverse.

    Parameters
    ----------
    f
        A scalar function.
    xs, vs
        The point and the vector: one array per argument, of its shape.

    Returns
    -------
    tuple or array
        One product per argument, of its shape; not in a tuple for one argument.

    Examples
    --------
    >>> import numpy as np
    >>> hvp(lambda x: np.sum(x**3), (np.array([1.0, 2.0, 3.0]),), (np.array([1.0, 0.0, -1.0]),))
    array([  6.,   0., -18.])
    """
    xs = tuple(xs)
    _, product = jvp(grad(f, tuple(range(len(xs)))), xs, tuple(vs))
    return product if len(xs) > 1 else product[0]
