"""Shapes: how they are written, how they combine, what they are of.

May import `errors`, `source`, `limits`, NumPy's shape of plain numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.errors import ShapeError
from gradcli.language.limits import Shape
from gradcli.ops.pythonic import FLOAT
from gradcli.source import Span


def shape_of(value: Any) -> Shape:
    """Return the shape of a number, an array or a duck."""
    if type(value) is FLOAT:
        return ()
    shape = getattr(value, "shape", None)
    return np.shape(value) if shape is None else tuple(shape)


def shape_text(shape: Shape) -> str:
    """Return a shape as messages show it.

    Examples
    --------
    >>> shape_text((2, 2)), shape_text((3,)), shape_text(())
    ('(2,2)', '(3,)', '()')
    """
    return f"({shape[0]},)" if len(shape) == 1 else f"({','.join(map(str, shape))})"


def disagreement(name: str, shapes: list[Shape], span: Span, hint: str = "") -> ShapeError:
    """Return the error for operands whose shapes do not fit an operation."""
    shown = " and ".join(shape_text(s) for s in shapes)
    return ShapeError("E021", f"{name} shapes {shown} do not agree", span, hint=hint)


def broadcast(name: str, shapes: list[Shape], span: Span) -> Shape:
    """Return the shape that NumPy broadcasts `shapes` to.

    Raises
    ------
    ShapeError
        E021 where they do not broadcast.
    """
    result: Shape = ()
    for shape in shapes:
        longer, shorter = (result, shape) if len(result) >= len(shape) else (shape, result)
        lead = len(longer) - len(shorter)
        joined = list(longer)
        for i, n in enumerate(shorter, start=lead):
            if joined[i] == 1:
                joined[i] = n
            elif n not in {1, joined[i]}:
                raise disagreement(name, shapes, span)
        result = tuple(joined)
    return result


def _matmul_hint(a: Shape, b: Shape, inner: int) -> str:
    """Return which axes have to agree, or the transpose that makes them."""
    if len(a) == 2 and a[0] == inner:
        return "the transpose of the left operand fits: write `A'@B` for `A@B`"
    if len(b) == 2 and a[-1] == b[1]:
        return "the transpose of the right operand fits: write `A@B'` for `A@B`"
    return f"`@` sums over {a[-1]} entries on the left and {inner} on the right; make them as many"


def matmul_shape(a: Shape, b: Shape, span: Span) -> tuple[Shape, float]:
    """Return the shape of ``a @ b`` and the floating-point operations it takes.

    Raises
    ------
    ShapeError
        E021 where the shapes do not fit.
    """
    if not a or not b:
        hint = "multiply by a scalar with `*`"
        raise disagreement("matmul", [a, b], span, hint)
    inner = b[0] if len(b) == 1 else b[-2]
    if a[-1] != inner:
        raise disagreement("matmul", [a, b], span, _matmul_hint(a, b, inner))
    batch = broadcast("matmul", [a[:-2], b[:-2]], span)
    out = (*batch, *a[-2:-1], *(b[-1:] if len(b) > 1 else ()))
    size = 1.0
    for n in out:
        size *= n
    return out, 2.0 * size * inner
