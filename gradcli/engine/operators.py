"""The public operators that need one sweep: grad, value_and_grad, vjp, jvp.

May import `runs`, `shortcut` and `ir`. Every operator traces its function once and sweeps
the record; because the sweeps are plain NumPy over the table, an operator applied inside
another is traced itself, and any nesting to any order works.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcli.engine.runs import Argnums, gradients, push, run_traced, scalar_seed
from gradcli.engine.shortcut import shortcut
from gradcli.errors import ShapeError
from gradcli.ir.tree import flatten, unflatten


def value_and_grad(
    f: Callable[..., Any], argnums: Argnums = 0, *, verify: bool = False
) -> Callable[..., tuple[Any, Any]]:
    """Return a function that gives the value of `f` and its gradient in one pass.

    Parameters
    ----------
    f
        A function of arrays that returns a scalar.
    argnums
        The argument to differentiate, or a tuple of them.
    verify
        Whether to hold every trace against `f` at points nearby (the replay test): a
        dependence that tracing lost is then an error. It calls `f` about ten times.

    Returns
    -------
    callable
        ``(*xs) -> (value, gradient)``; the gradient has the shape and container of the
        argument, a tuple of them for a tuple of `argnums`.

    Raises
    ------
    ShapeError
        Where `f` does not return a scalar.
    TraceError
        Where a traced value cannot be followed.

    Examples
    --------
    >>> import numpy as np
    >>> value_and_grad(lambda x: 2 * np.dot(x, x))(np.arange(4.0))
    (28.0, array([ 0.,  4.,  8., 12.]))
    """
    quick = None if verify else shortcut(f, argnums)

    def run_both(*xs: Any) -> tuple[Any, Any]:
        if quick is not None and (found := quick(xs)) is not None:
            return found
        run = run_traced(f, xs, argnums, verify)
        gradient = gradients(run, [scalar_seed(run)], argnums)
        value = run.output
        return (float(value) if type(value) is np.float64 else value), gradient

    return run_both


def grad(
    f: Callable[..., Any], argnums: Argnums = 0, *, verify: bool = False
) -> Callable[..., Any]:
    """Return the gradient function of a scalar function.

    Parameters
    ----------
    f, argnums, verify
        As in `value_and_grad`.

    Returns
    -------
    callable
        ``(*xs) -> gradient``.

    Raises
    ------
    ShapeError
        Where `f` does not return a scalar.

    Examples
    --------
    >>> import numpy as np
    >>> grad(lambda x: np.sum(np.sin(x)))(np.zeros(2))
    array([1., 1.])
    """
    quick = None if verify else shortcut(f, argnums)

    def gradient(*xs: Any) -> Any:
        if quick is not None and (found := quick(xs)) is not None:
            return found[1]
        run = run_traced(f, xs, argnums, verify)
        return gradients(run, [scalar_seed(run)], argnums)

    return gradient


def vjp(f: Callable[..., Any], *xs: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Return the output of `f` and its pullback.

    Parameters
    ----------
    f
        A function of arrays; its output may be an array or a container of arrays.
    *xs
        The point; every argument is differentiated.

    Returns
    -------
    y
        The output.
    pullback : callable
        Takes a cotangent shaped like `y`, returns one cotangent per argument (a tuple).

    Raises
    ------
    ShapeError
        From the pullback, where the cotangent does not fit.

    Examples
    --------
    >>> import numpy as np
    >>> y, pullback = vjp(lambda a, b: 3 * a**3 - b**2, np.array([2.0, 3.0]), np.array([6.0, 4.0]))
    >>> pullback(np.ones(2))
    (array([36., 81.]), array([-12.,  -8.]))
    """
    run = run_traced(f, xs, tuple(range(len(xs))))

    def pullback(g: Any) -> Any:
        leaves, _ = flatten(g)
        shapes = [np.shape(y) for y in flatten(run.output)[0]]
        if [np.shape(leaf) for leaf in leaves] != shapes:
            given = [np.shape(leaf) for leaf in leaves]
            raise ShapeError("E021", f"the cotangent has shapes {given}, the output {shapes}")
        seeds = [leaf if hasattr(leaf, "dtype") else np.float64(leaf) for leaf in leaves]
        return gradients(run, seeds, tuple(range(len(xs))))

    return run.output, pullback


def jvp(f: Callable[..., Any], xs: Sequence[Any], ts: Sequence[Any]) -> tuple[Any, Any]:
    """Return the output of `f` and its directional derivative.

    Parameters
    ----------
    f
        A function of arrays.
    xs, ts
        The point and the direction: one tangent per argument, of its shape.

    Returns
    -------
    y, ty
        The output and its tangent, in the same container.

    Raises
    ------
    ShapeError
        Where a tangent does not have its argument's shape.

    Examples
    --------
    >>> value, slope = jvp(lambda x: x**3, (1.0,), (2.0,))
    >>> float(value), float(slope)
    (1.0, 6.0)
    """
    run = run_traced(f, tuple(xs), tuple(range(len(xs))))
    tangents = flatten(tuple(ts))[0]
    shapes = [np.shape(run.trace.values[s]) for s in run.input_slots]
    if [np.shape(t) for t in tangents] != shapes:
        given = [np.shape(t) for t in tangents]
        raise ShapeError("E021", f"the tangents have shapes {given}, the arguments {shapes}")
    pushed = push(run, tangents)
    return run.output, unflatten(flatten(run.output)[1], pushed)
