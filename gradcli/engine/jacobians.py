"""The public operators that need many sweeps: jacobian, hessian, hvp.

May import `operators`, `ir` and `ops`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from gradcli.engine.operators import Argnums, grad, jvp, one_hot_pullbacks, one_hot_pushes
from gradcli.ir.tracing import trace_function


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
        return one_hot_jacobian(f, xs, argnums)

    return full


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
    >>> hessian(lambda x: x**3)(2.0)
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
