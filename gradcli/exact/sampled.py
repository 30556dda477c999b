"""Error bounds of whole-array operations (inverses, factorisations), found by sampling.

May import `bounded`, `ops`. Such an operation declares no bound of its own, so the measured
difference between its float64 and its high-precision result serves; what its arguments
bring is passed on by evaluating it at arguments moved by their errors.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcli.exact.bounded import Bounded, BoundedNumbers
from gradcli.ops.op import Op

# Evaluations at moved arguments, and the factor by which they may fall short of the worst.
_SAMPLES = 3
_SHORTFALL = 4.0
# The measured error of one call stands for others like it by this factor.
_MEASURED = 2.0


def sampled_array(m: BoundedNumbers, op: Op, raw: Sequence[Any], params: Mapping[str, Any]) -> Any:
    """Return the result of an operation with an array form, as bounded scalars.

    Parameters
    ----------
    m
        The number system.
    op
        The operation.
    raw
        Object arrays of bounded scalars.
    params
        Its parameters.
    """
    values = [_map(lambda x: x.v if type(x) is Bounded else x, a) for a in raw]
    result = op.form(m.plain, *values, **params)  # type: ignore[misc]
    if not isinstance(result, np.ndarray):
        result = np.array(result, dtype=object)
    error = _local_error(m, op, values, params, result)
    errors = [_map(lambda x: x.e if type(x) is Bounded else 0.0, a).astype(float) for a in raw]
    if op.name != "constant" and any(e.any() for e in errors):
        error = error + _passed_on(m, op, values, errors, params, result)
    is_cotangent = any(type(x) is Bounded and x.a is not None for a in raw for x in a.ravel())
    return _pair(m, result, error, is_cotangent)


def _map(function: Any, array: Any) -> Any:
    """Return an object array of a function's values; also of a lone number."""
    given = np.asarray(array, dtype=object)
    out = np.empty(given.shape, dtype=object)
    for i, v in enumerate(given.ravel()):
        out.reshape(-1)[i] = function(v)
    return out


def _floats(array: Any) -> Any:
    # The difference of two arrays without dimensions is a lone number.
    array = np.asarray(array, dtype=object)
    return np.array([float(v) for v in array.ravel()]).reshape(array.shape)


def _local_error(
    m: BoundedNumbers, op: Op, values: Sequence[Any], params: Mapping[str, Any], result: Any
) -> Any:
    """Return the error of the float operation at the doubles nearest to its arguments."""
    floor = m.unit * np.abs(_floats(result)) + m.tiny
    if not m.unit:
        return np.zeros(result.shape)
    doubles = [_floats(v) for v in values]
    with np.errstate(all="ignore"):
        got = np.asarray(op.fn(*doubles, **params), dtype=float)
    exact = [_map(m.plain.mpf, d) for d in doubles]
    true = op.form(m.plain, *exact, **params)  # type: ignore[misc]
    true = true if isinstance(true, np.ndarray) else np.array(true, dtype=object)
    gaps = [abs(float(t - g)) for t, g in zip(true.ravel(), got.ravel().tolist(), strict=True)]
    return np.nan_to_num(_MEASURED * np.array(gaps).reshape(result.shape), nan=math.inf) + floor


def _passed_on(
    m: BoundedNumbers,
    op: Op,
    values: Sequence[Any],
    errors: Sequence[Any],
    params: Mapping[str, Any],
    result: Any,
) -> Any:
    """Return how far the result moves when the arguments move by their errors."""
    rng = np.random.default_rng(11)
    most = np.zeros(result.shape)
    for _ in range(_SAMPLES):
        moved = [
            v + _map(m.plain.mpf, e * rng.choice([-1.0, 1.0], size=e.shape))
            for v, e in zip(values, errors, strict=True)
        ]
        there = op.form(m.plain, *moved, **params)  # type: ignore[misc]
        there = there if isinstance(there, np.ndarray) else np.array(there, dtype=object)
        most = np.fmax(most, np.abs(_floats(there - result)))
    return _SHORTFALL * most


def _pair(m: BoundedNumbers, values: Any, errors: Any, is_cotangent: bool) -> Any:
    """Return an array of bounded scalars.

    Which products add up to an entry is not known; the largest entry gives their scale.
    """
    sizes = [abs(float(v)) for v in values.ravel()]
    paths = max(sizes, default=0.0) if is_cotangent else None
    out = np.empty(values.shape, dtype=object)
    line, numbers = out.reshape(-1), errors.ravel().tolist()
    for i, v in enumerate(values.ravel()):
        line[i] = Bounded(v, numbers[i], paths, m)
    return out
