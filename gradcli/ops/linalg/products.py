"""Products of vectors, matrices and tensors: each is linear in either factor.

May import `axes`, `op`, `rule` and NumPy.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from gradcli.ops.axes import here, normal_axis, shape_of
from gradcli.ops.op import Composite, Op, call
from gradcli.ops.rule import Multilinear

_A = [[1.0, 2.0], [3.0, 4.0]]
_B = [[0.5, -1.0, 2.0], [2.0, 7.0, 0.25]]
_STACK = [[[1.0, 2.0], [3.0, 4.0]], [[0.5, -1.0], [2.0, 7.0]]]


def _matmul_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Return the cotangent of `a` in ``a @ b``; batch axes are summed by the sweep."""
    na, nb = len(a.shape), len(b.shape)
    if nb == 1:
        # The vector first: NumPy takes a scalar on the right at half the cost.
        return b * g if na == 1 else g[..., None] * b
    if nb == 2:
        return np.matmul(g, b.T)
    back = np.swapaxes(b, -1, -2)
    return np.matmul(g[..., None, :], back)[..., 0, :] if na == 1 else np.matmul(g, back)


def _matmul_right(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Return the cotangent of `b` in ``a @ b``; batch axes are summed by the sweep."""
    na, nb = len(a.shape), len(b.shape)
    if na == 1:
        return a * g if nb == 1 else a[:, None] * g[..., None, :]
    if na == 2 and len(g.shape) <= 2:
        return np.matmul(a.T, g)
    back = np.swapaxes(a, -1, -2)
    return np.matmul(back, g[..., None])[..., 0] if nb == 1 else np.matmul(back, g)


def _are_vectors(a: Any, b: Any) -> bool:
    """Whether both are plain vectors, the commonest case."""
    return type(a) is np.ndarray and type(b) is np.ndarray and a.ndim == 1 and b.ndim == 1


def _dot_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Return the cotangent of `a` in NumPy's `dot`: last axis of `a`, second last of `b`."""
    if _are_vectors(a, b):
        return b * g
    na, nb = len(shape_of(a)), len(shape_of(b))
    if na and nb and na <= 2 and nb <= 2:
        return _matmul_left(g, y, a, b)
    if not na or not nb:
        return g * b
    free = tuple(i for i in range(nb) if i != max(nb - 2, 0))
    return np.tensordot(g, b, axes=(tuple(range(na - 1, na - 1 + len(free))), free))


def _dot_right(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Return the cotangent of `b` in NumPy's `dot`."""
    if _are_vectors(a, b):
        return a * g
    na, nb = len(shape_of(a)), len(shape_of(b))
    if na and nb and na <= 2 and nb <= 2:
        return _matmul_right(g, y, a, b)
    if not na or not nb:
        return g * a
    lead = tuple(range(na - 1))
    flat = np.tensordot(a, g, axes=(lead, lead))
    return np.moveaxis(flat, 0, max(nb - 2, 0))


matmul = Op(
    "matmul",
    np.matmul,
    Multilinear((_matmul_left, _matmul_right)),
    arrays=2,
    numpy=here(np, "matmul") + here(np.linalg, "matmul"),
    samples=(
        call(_A, [5.0, 6.0]),
        call([5.0, 6.0], _B),
        call(_A, _B),
        call([1.0, 2.0], [3.0, 4.0]),
        call(_STACK, _A),
        call([1.0, 2.0], _STACK),
        call(_STACK, [1.0, 2.0]),
        call([_STACK], _STACK),
    ),
    bad=(call(_A, [5.0, 6.0, 7.0]), call(_A, 2.0)),
    doc="Matrix product; leading axes are batches.",
)
dot = Op(
    "dot",
    np.dot,
    Multilinear((_dot_left, _dot_right)),
    arrays=2,
    positions=("out",),
    numpy=(np.dot,),
    samples=(
        call([1.0, 2.0], [5.0, 6.0]),
        call(_A, _B),
        call(_A, [5.0, 6.0]),
        call([5.0, 6.0], _B),
        call(2.0, [5.0, 6.0]),
        call(_STACK, _B),
        call(_A, _STACK),
        call(_STACK, [1.0, 2.0]),
        call([1.0, 2.0], _STACK),
    ),
    bad=(call([1.0, 2.0], [5.0, 6.0, 7.0]),),
    doc="Inner product; for matrices their product.",
)


def _vdot(a: Any, b: Any) -> Any:
    return np.dot(np.ravel(a), np.ravel(b))


vdot = Composite(
    "vdot",
    _vdot,
    arrays=2,
    numpy=(np.vdot,),
    samples=(call(_A, _STACK[1]), call([1.0, 2.0], [3.0, 4.0])),
    bad=(call(_A, [1.0]),),
    doc="Inner product of the flattened arrays.",
)


def _inner(a: Any, b: Any) -> Any:
    na, nb = len(shape_of(a)), len(shape_of(b))
    if not na or not nb:
        return a * b
    if na == 1 and nb == 1:
        return np.dot(a, b)
    return np.tensordot(a, b, axes=((na - 1,), (nb - 1,)))


inner = Composite(
    "inner",
    _inner,
    arrays=2,
    numpy=(np.inner,),
    samples=(call([1.0, 2.0], [3.0, 4.0]), call(_A, _STACK), call(2.0, _A)),
    bad=(call([1.0, 2.0], [5.0, 6.0, 7.0]),),
    doc="Sum of products over the last axis of both.",
)
outer = Op(
    "outer",
    np.outer,
    Multilinear(
        (
            lambda g, y, a, b: np.reshape(np.matmul(g, np.ravel(b)), shape_of(a)),
            lambda g, y, a, b: np.reshape(np.matmul(np.ravel(a), g), shape_of(b)),
        )
    ),
    arrays=2,
    positions=("out",),
    numpy=here(np, "outer") + here(np.linalg, "outer"),
    samples=(call([1.0, 2.0], [3.0, 4.0, 5.0]), call(_A, [3.0, 4.0]), call(2.0, [3.0, 4.0])),
    doc="All products of an element of one vector with one of the other.",
)


def _axes_of(axes: Any, na: int, nb: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the contracted axes of both factors as non-negative numbers."""
    if np.ndim(axes) == 0 and not isinstance(axes, tuple | list):
        n = int(axes)
        return tuple(range(na - n, na)), tuple(range(n))
    of_a, of_b = axes
    of_a = (of_a,) if np.ndim(of_a) == 0 else of_a
    of_b = (of_b,) if np.ndim(of_b) == 0 else of_b
    return (
        tuple(normal_axis(int(i), na) for i in of_a),
        tuple(normal_axis(int(i), nb) for i in of_b),
    )


def _without(axes: tuple[int, ...], n: int) -> tuple[int, ...]:
    return tuple(i for i in range(n) if i not in axes)


def _restored(t: Any, order: tuple[int, ...]) -> Any:
    """Return `t`, whose axes stand in `order`, with its axes in their places."""
    if order == tuple(range(len(order))):
        return t
    return np.transpose(t, tuple(order.index(i) for i in range(len(order))))


def _tensordot_left(g: Any, y: Any, a: Any, b: Any, axes: Any = 2) -> Any:
    na, nb = len(shape_of(a)), len(shape_of(b))
    of_a, of_b = _axes_of(axes, na, nb)
    free_a, free_b = _without(of_a, na), _without(of_b, nb)
    t = np.tensordot(g, b, axes=(tuple(range(len(free_a), len(shape_of(g)))), free_b))
    # The axes of b that are left stand in b's order; find the axis of a each belongs to.
    left = tuple(of_a[of_b.index(j)] for j in sorted(of_b))
    return _restored(t, free_a + left)


def _tensordot_right(g: Any, y: Any, a: Any, b: Any, axes: Any = 2) -> Any:
    na, nb = len(shape_of(a)), len(shape_of(b))
    of_a, of_b = _axes_of(axes, na, nb)
    free_a, free_b = _without(of_a, na), _without(of_b, nb)
    t = np.tensordot(a, g, axes=(free_a, tuple(range(len(free_a)))))
    left = tuple(of_b[of_a.index(i)] for i in sorted(of_a))
    return _restored(t, left + free_b)


tensordot = Op(
    "tensordot",
    lambda a, b, axes=2: np.tensordot(a, b, axes=axes),
    Multilinear((_tensordot_left, _tensordot_right)),
    arrays=2,
    params={"axes": 2},
    numpy=here(np, "tensordot") + here(np.linalg, "tensordot"),
    samples=(
        call(_A, _STACK[1]),
        call(_A, _B, axes=1),
        call(_STACK, _A, axes=((0, 2), (1, 0))),
        call(_STACK, _STACK, axes=((2, 0), (0, 1))),
        call([1.0, 2.0], [3.0, 4.0, 5.0], axes=0),
    ),
    bad=(call(_A, [1.0, 2.0, 3.0], axes=1),),
    doc="Sum of products over chosen axes.",
)


def _interleaved(sa: tuple[int, ...], sb: tuple[int, ...]) -> tuple[list[int], list[int]]:
    """Return both shapes with ones in front so that they have one length."""
    n = max(len(sa), len(sb))
    return [1] * (n - len(sa)) + list(sa), [1] * (n - len(sb)) + list(sb)


def _kron_parts(g: Any, sa: tuple[int, ...], sb: tuple[int, ...]) -> Any:
    """Return the cotangent of a Kronecker product as a matrix: entries of a by those of b."""
    wide_a, wide_b = _interleaved(sa, sb)
    n = len(wide_a)
    apart = np.reshape(g, tuple(m for pair in zip(wide_a, wide_b, strict=True) for m in pair))
    sorted_ = np.transpose(apart, (*range(0, 2 * n, 2), *range(1, 2 * n, 2)))
    return np.reshape(sorted_, (prod(sa), prod(sb)))


def _kron_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    sa, sb = shape_of(a), shape_of(b)
    return np.reshape(np.matmul(_kron_parts(g, sa, sb), np.ravel(b)), sa)


def _kron_right(g: Any, y: Any, a: Any, b: Any) -> Any:
    sa, sb = shape_of(a), shape_of(b)
    return np.reshape(np.matmul(np.ravel(a), _kron_parts(g, sa, sb)), sb)


kron = Op(
    "kron",
    np.kron,
    Multilinear((_kron_left, _kron_right)),
    arrays=2,
    numpy=(np.kron,),
    samples=(call(_A, _B), call([1.0, 2.0], _A), call(_A, [1.0, 2.0]), call(2.0, _A)),
    doc="Kronecker product.",
)
TABLE = (matmul, dot, vdot, inner, outer, tensordot, kron)
