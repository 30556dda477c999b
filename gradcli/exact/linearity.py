"""Linear operations that are too large for high precision, checked exactly all the same.

May import `ops`. A linear map and its transpose satisfy ⟨u, L v⟩ = ⟨Lᵀu, v⟩. With small
whole numbers for u and v float64 sums without rounding, so that one pair of random vectors
shows any wrong entry of the transpose that does not happen to be orthogonal to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcli.ops.op import Op
from gradcli.ops.rule import Linear, Multilinear, Nothing
from gradcli.ops.shaping import sum_to

# Whole numbers between these are drawn: products of two and sums of a million are exact.
_DRAWN = 64
# Where a map has constants that are no whole numbers (1/n), rounding is all that differs.
_ROUNDING = 1e-12
# Axes are cut to this length for the check on a slice.
_SLICE = 3


def is_linear(op: Op) -> bool:
    """Whether an operation is linear in its arguments, jointly or each alone."""
    return isinstance(op.rule, Linear | Multilinear)


def _drawn(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return rng.integers(-_DRAWN, _DRAWN + 1, size=shape).astype(np.float64)


def adjoint_gap(
    op: Op, args: Sequence[Any], params: Mapping[str, Any], rng: np.random.Generator
) -> tuple[float, float] | None:
    """Return both sides of the adjoint identity where they differ, else ``None``.

    Parameters
    ----------
    op
        A linear or multilinear operation.
    args
        Its arguments; only their shapes matter.
    params
        Its parameters.
    rng
        Where the numbers come from.

    Returns
    -------
    tuple or None
        ⟨Lᵀu, v⟩ by the rule and ⟨u, L v⟩ by the operation.
    """
    xs = [_drawn(rng, np.shape(a)) for a in args]
    y = op.apply(tuple(xs), params)
    u = _drawn(rng, np.shape(y))
    if isinstance(op.rule, Linear):
        return _compare(op, xs, y, u, params, range(len(xs)), y)
    for k in range(len(xs)):
        v = _drawn(rng, np.shape(args[k]))
        image = op.apply((*xs[:k], v, *xs[k + 1 :]), params)
        gap = _compare(op, [*xs[:k], v, *xs[k + 1 :]], y, u, params, (k,), image)
        if gap is not None:
            return gap
    return None


def _compare(
    op: Op,
    xs: Sequence[Any],
    y: Any,
    u: Any,
    params: Mapping[str, Any],
    arguments: Sequence[int],
    image: Any,
) -> tuple[float, float] | None:
    """Return the two inner products where they differ."""
    right = float(np.sum(u * image))
    left, scale = 0.0, float(np.sum(np.abs(u * image)))
    for k in arguments:
        c = op.vjps[k](u, y, *xs, **params)
        if isinstance(c, Nothing):
            continue
        product = np.asarray(sum_to(c, np.shape(xs[k]))) * xs[k]
        left += float(np.sum(product))
        scale += float(np.sum(np.abs(product)))
    return (left, right) if not abs(left - right) <= _ROUNDING * scale else None


def shrunk(op: Op, args: Sequence[Any], params: Mapping[str, Any]) -> list[Any] | None:
    """Return the arguments cut to a few elements an axis, where the operation accepts them."""
    cut = [np.asarray(a)[tuple(slice(0, _SLICE) for _ in np.shape(a))] for a in args]
    try:
        with np.errstate(all="ignore"):
            op.apply(tuple(cut), params)
    except Exception:
        # Whatever an operation does with arguments that do not fit it: it is not checked.
        return None
    return cut
