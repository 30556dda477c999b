"""How large a result will be and how much work it is, from the shapes of the arguments.

May import `growth`, `shapes`, `limits`, `errors`, `source`, the op table. Called before
NumPy is, so that no array above the limits is ever allocated. Functions without a rule in
`growth` or here give no more elements than their arguments, broadcast where they
broadcast; those with a scalar form (`mp`) must.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from gradcli.errors import ShapeError
from gradcli.language.growth import RULES, Estimate
from gradcli.language.limits import Shape
from gradcli.language.shapes import broadcast, shape_of
from gradcli.ops.op import Function
from gradcli.source import Span

# Floating-point operations per n³, rounded up: LU 2/3, inverse 2, symmetric eigenvalues 9,
# SVD about 21 (Golub & Van Loan, 4th ed., figure 8.6.1), expm up to 13 products and a solve.
_CUBIC = {
    "det": 1.0,
    "slogdet": 1.0,
    "logdet": 1.0,
    "logabsdet": 1.0,
    "cholesky": 1.0,
    "solve": 2.0,
    "inv": 2.0,
    "qr": 4.0,
    "eigvalsh": 10.0,
    "eigh": 10.0,
    "pinv": 30.0,
    "lstsq": 30.0,
    "least_squares": 30.0,
    "svdvals": 30.0,
    "cond": 30.0,
    "matrix_rank": 30.0,
    "norm_nuc": 30.0,
    "norm_spectral": 30.0,
    "matrix_norm": 30.0,
    "expm": 40.0,
}
# A cheap function of one number; only the order of magnitude matters.
_PER_ELEMENT = 10.0


def estimate(
    function: Function, shapes: list[Shape], params: Mapping[str, Any], span: Span
) -> Estimate:
    """Return a shape with at least as many elements as the result, and the work in flops.

    Raises
    ------
    ShapeError
        E021 where the shapes do not fit the function.
    """
    rule = RULES.get(function.name)
    if rule is not None:
        return rule(shapes, params, span)
    if function.name in _CUBIC and shapes and shapes[0]:
        largest = max(shapes, key=prod)
        return largest, _CUBIC[function.name] * prod(largest) * max(shapes[0])
    shapes = [*shapes, *(s for s in map(_parameter_shape, params.values()) if s)]
    if len(shapes) == 1:
        return shapes[0], _PER_ELEMENT * prod(shapes[0])
    try:
        shape = broadcast(function.name, shapes, span)
    except ShapeError:
        if getattr(function, "mp", None) is not None:
            raise
        shape = max(shapes, key=prod)
    return shape, _PER_ELEMENT * prod(shape)


def _parameter_shape(value: Any) -> Shape:
    """Return the shape of a parameter that is an array, () for everything else."""
    if value is None or isinstance(value, bool | int | float | str | tuple):
        return ()
    return shape_of(value)
