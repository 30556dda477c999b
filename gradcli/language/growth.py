"""Functions whose result is larger than their arguments, or costs more than its elements.

May import `shapes`, `limits`, `source`. One rule a function: from shapes and parameters to
a shape with at least as many elements as the result, and the work in flops.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import log2, prod
from types import MappingProxyType
from typing import Any

import numpy as np

from gradcli.language.limits import Shape
from gradcli.language.shapes import disagreement, matmul_shape, shape_of
from gradcli.source import Span

Estimate = tuple[Shape, float]
Rule = Callable[[list[Shape], Mapping[str, Any], Span], Estimate]
# A loop in Python costs about as much as this many flops a turn.
_TURN = 1000.0


def _dot(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    a, b = shapes
    if not a or not b:
        return a or b, 0.0
    inner = b[-1] if len(b) == 1 else b[-2]
    if a[-1] != inner:
        raise disagreement("dot", shapes, span)
    out = (*a[:-1], *(b[:-2] if len(b) > 1 else ()), *(b[-1:] if len(b) > 1 else ()))
    return out, 2.0 * prod(out) * inner


def _inner(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    a, b = shapes
    if not a or not b:
        return a or b, 0.0
    if a[-1] != b[-1]:
        raise disagreement("inner", shapes, span)
    out = (*a[:-1], *b[:-1])
    return out, 2.0 * prod(out) * a[-1]


def _vdot(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    if prod(shapes[0]) != prod(shapes[1]):
        raise disagreement("vdot", shapes, span)
    return (), 2.0 * prod(shapes[0])


def _matmul(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    return matmul_shape(shapes[0], shapes[1], span)


def _multi_dot(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    rows = max((s[0] for s in shapes if s), default=1)
    columns = max((s[-1] for s in shapes if s), default=1)
    return (rows, columns), 2.0 * rows * columns * sum(max(s, default=1) for s in shapes)


def _tensordot(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    a, b = shapes
    axes = params.get("axes", 2)
    if isinstance(axes, tuple):
        inner = a[axes[0]] if axes and -len(a) <= axes[0] < len(a) else 1
    else:
        inner = prod(a[max(0, len(a) - max(0, int(axes))) :])
    size = prod(a) * prod(b) // max(1, inner * inner)
    return (size,), 2.0 * size * inner


def _outer(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    return (prod(shapes[0]), prod(shapes[1])), 0.0


def _diag(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    if len(shapes[0]) != 1:
        return shapes[0], 0.0
    return _diagflat(shapes, params, span)


def _diagflat(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    n = prod(shapes[0]) + abs(int(params.get("k") or 0))
    return (n, n), 0.0


def _matrix_power(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    shape = shapes[0]
    steps = max(1, abs(int(params.get("n", 1))).bit_length())
    return shape, 4.0 * prod(shape) * (shape[-1] if shape else 1) * steps


def _joined(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    return (sum(prod(s) for s in shapes),), _TURN * len(shapes)


def _polyval(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    return shapes[1], prod(shapes[0]) * (2.0 * prod(shapes[1]) + _TURN)


def _interp(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    return shapes[0], 20.0 * prod(shapes[0])


def _sort(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    size = prod(shapes[0])
    return shapes[0], 10.0 * size * log2(size + 2)


def _tile(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    return (prod(shapes[0]) * prod(_positive(params.get("reps", 1))),), 0.0


def _repeat(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    return (prod(shapes[0]) * max(_positive(params.get("repeats", 1)), default=0),), 0.0


def _positive(numbers: Any) -> list[int]:
    """Return a whole number, or several of them, as a list without negative ones."""
    return [max(0, int(n)) for n in np.ravel(np.asarray(numbers))]


def _pad(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    width = max(_positive(params.get("pad_width", 1)), default=0)
    return tuple(n + 2 * width for n in shapes[0]), _TURN * len(shapes[0])


def _broadcast_to(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    return tuple(_positive(params.get("shape") or ())), 0.0


def _vander(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    n = prod(shapes[0])
    columns = params.get("N")
    columns = n if columns is None else max(0, int(columns))
    return (n, columns), _TURN * columns


def _cov(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    shape = shapes[0]
    rows = 1
    if len(shape) == 2:
        rows = shape[0] if params.get("rowvar", True) else shape[1]
    rows += 0 if params.get("y") is None else max(shape_of(params["y"]), default=1)
    return (rows, rows), 2.0 * rows * prod(shape)


def _convolve(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    a, b = prod(shapes[0]), prod(shapes[1])
    return (a + b,), 2.0 * a * b


def _svd(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    rows, columns = (*shapes[0], 1, 1)[:2] if len(shapes[0]) < 2 else shapes[0][-2:]
    batch = prod(shapes[0][:-2])
    least = min(rows, columns)
    if params.get("full_matrices", True):
        size = rows * rows + columns * columns
    else:
        size = least * (rows + columns)
    return (batch, size), 30.0 * batch * rows * columns * max(rows, columns)


def _take(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    count = prod(np.shape(params.get("indices", 0)))
    axis = params.get("axis")
    if axis is None:
        return (count,), 0.0
    shape = shapes[0]
    along = shape[axis] if -len(shape) <= axis < len(shape) else 1
    return (count * (prod(shape) // max(1, along)),), 0.0


def _take_along_axis(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    indices = np.shape(params.get("indices", 0))
    pairs = zip(shapes[0], indices, strict=False)
    return tuple(max(n, k) for n, k in pairs), 0.0


def _quantile(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    count = prod(shape_of(params.get("q", 0.5)))
    size = prod(shapes[0])
    # Along an axis every quantile is an array of at most the other axes.
    others = size if params.get("axis") is not None else 1
    return (count * others,), 10.0 * size * log2(size + 2)


def _gradient(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    return (*shapes[0], max(1, len(shapes[0]))), 10.0 * prod(shapes[0])


def _diff(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    more = [shape_of(params[k]) for k in ("prepend", "append") if params.get(k) is not None]
    size = prod(shapes[0]) + sum(prod(s) for s in more)
    return (size,), max(0, int(params.get("n", 1))) * (size + _TURN)


def _multigammaln(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    return shapes[0], max(0, int(params.get("d", 1))) * (50.0 * prod(shapes[0]) + _TURN)


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "dot": _dot,
        "inner": _inner,
        "vdot": _vdot,
        "matmul": _matmul,
        "multi_dot": _multi_dot,
        "tensordot": _tensordot,
        "outer": _outer,
        "kron": _outer,
        "diag": _diag,
        "diagflat": _diagflat,
        "matrix_power": _matrix_power,
        **dict.fromkeys(("concatenate", "stack", "vstack", "hstack"), _joined),
        **dict.fromkeys(("dstack", "column_stack", "append"), _joined),
        "polyval": _polyval,
        "interp": _interp,
        **dict.fromkeys(("sort", "argsort", "median"), _sort),
        "tile": _tile,
        "repeat": _repeat,
        "pad": _pad,
        "broadcast_to": _broadcast_to,
        "vander": _vander,
        "cov": _cov,
        "corrcoef": _cov,
        "convolve": _convolve,
        "correlate": _convolve,
        "svd": _svd,
        "take": _take,
        "take_along_axis": _take_along_axis,
        "quantile": _quantile,
        "percentile": _quantile,
        "gradient": _gradient,
        "diff": _diff,
        "multigammaln": _multigammaln,
    }
)
