"""How large a result will be and how much work it is, from the shapes of the arguments.

May import `shapes`, `limits`, `errors`, `source`, the op table. Called before NumPy is, so
that no array above the limits is ever allocated. Functions that are not named here give
no more elements than their arguments, broadcast.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import log2, prod
from typing import Any

from gradcli.language.limits import Shape
from gradcli.language.shapes import broadcast, disagreement, matmul_shape
from gradcli.ops.op import Function, Op
from gradcli.ops.rule import Elementwise
from gradcli.source import Span

Estimate = tuple[Shape, float]

# Floating-point operations per n³, rounded up: LU 2/3, inverse 2, symmetric eigenvalues 9,
# SVD about 21 (Golub & Van Loan, 4th ed., figure 8.6.1), expm up to 13 products and a solve.
_CUBIC = {
    "det": 1.0,
    "slogdet": 1.0,
    "logdet": 1.0,
    "cholesky": 1.0,
    "solve": 2.0,
    "inv": 2.0,
    "eigvalsh": 10.0,
    "pinv": 30.0,
    "expm": 40.0,
    "norm_nuc": 30.0,
    "norm_spectral": 30.0,
}
# A cheap function of one number; only the order of magnitude matters.
_PER_ELEMENT = 10.0


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


def _outer(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    return (prod(shapes[0]), prod(shapes[1])), 0.0


def _diag(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    shape = shapes[0]
    if len(shape) != 1:
        return shape, 0.0
    n = shape[0] + abs(int(params.get("k") or 0))
    return (n, n), 0.0


def _matpow(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    shape = shapes[0]
    exponent = next((v for v in params.values() if isinstance(v, int)), 2)
    steps = max(1, abs(exponent).bit_length())
    return shape, 4.0 * prod(shape) * (shape[-1] if shape else 1) * steps


def _joined(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    return (sum(prod(s) for s in shapes),), 0.0


def _polyval(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    return shapes[1], 2.0 * prod(shapes[0]) * prod(shapes[1])


def _interp(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    return shapes[0], 20.0 * prod(shapes[0])


def _sort(shapes: list[Shape], params: Mapping[str, Any], span: Span) -> Estimate:
    size = prod(shapes[0])
    return shapes[0], 10.0 * size * log2(size + 2)


_RULES: Mapping[str, Callable[[list[Shape], Mapping[str, Any], Span], Estimate]] = {
    "dot": _dot,
    "inner": _inner,
    "vdot": _vdot,
    "matmul": _matmul,
    "outer": _outer,
    "kron": _outer,
    "diag": _diag,
    "matpow": _matpow,
    "concat": _joined,
    "concatenate": _joined,
    "stack": _joined,
    "polyval": _polyval,
    "interp": _interp,
    "sort": _sort,
}


def estimate(
    function: Function, shapes: list[Shape], params: Mapping[str, Any], span: Span
) -> Estimate:
    """Return a shape with at least as many elements as the result, and the work in flops.

    Raises
    ------
    ShapeError
        E021 where the shapes do not fit the function.
    """
    rule = _RULES.get(function.name)
    if rule is not None:
        return rule(shapes, params, span)
    if function.name in _CUBIC and shapes and shapes[0]:
        largest = max(shapes, key=prod)
        return largest, _CUBIC[function.name] * prod(largest) * max(shapes[0])
    if len(shapes) == 1:
        return shapes[0], _PER_ELEMENT * prod(shapes[0])
    if isinstance(function, Op) and isinstance(function.rule, Elementwise):
        shape = broadcast(function.name, shapes, span)
    else:
        shape = max(shapes, key=prod, default=())
    return shape, _PER_ELEMENT * prod(shape)
