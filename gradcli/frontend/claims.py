"""Hand-written derivatives of a function, and the habits of naming them.

May import the standard library. A name is a claim only if what remains of it is the name of a
target, so `dot` is not the derivative of `ot`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Order(StrEnum):
    """What a claim claims."""

    GRADIENT = "gradient"
    HESSIAN = "hessian"
    HVP = "hvp"
    VJP = "vjp"

    @property
    def is_second(self) -> bool:
        """Whether it is a claim of second derivatives."""
        return self in (Order.HESSIAN, Order.HVP)


# Naming habits of SciPy, statsmodels and textbooks: (prefix, suffix) → what is claimed.
_HABITS: tuple[tuple[str, str, Order], ...] = (
    ("", "_vjp", Order.VJP),
    ("vjp_", "", Order.VJP),
    ("", "_pullback", Order.VJP),
    ("pullback_", "", Order.VJP),
    ("", "_backward", Order.VJP),
    ("backward_", "", Order.VJP),
    ("", "_hess_prod", Order.HVP),
    ("", "_hessp", Order.HVP),
    ("", "_hvp", Order.HVP),
    ("", "_hessian", Order.HESSIAN),
    ("", "_hess", Order.HESSIAN),
    ("hessian_", "", Order.HESSIAN),
    ("hess_", "", Order.HESSIAN),
    ("", "_gradient", Order.GRADIENT),
    ("", "_grad", Order.GRADIENT),
    ("", "_jacobian", Order.GRADIENT),
    ("", "_jac", Order.GRADIENT),
    ("", "_score", Order.GRADIENT),
    ("", "_prime", Order.GRADIENT),
    ("", "_deriv", Order.GRADIENT),
    ("", "_derivative", Order.GRADIENT),
    ("", "_der", Order.GRADIENT),
    ("derivative_", "", Order.GRADIENT),
    ("gradient_", "", Order.GRADIENT),
    ("grad_", "", Order.GRADIENT),
    ("jac_", "", Order.GRADIENT),
    ("score_", "", Order.GRADIENT),
    ("d_", "", Order.GRADIENT),
    ("d", "", Order.GRADIENT),
    # The keywords of SciPy's optimizers, and what stands in their callers' files.
    ("", "prime", Order.GRADIENT),
    ("", "grad", Order.GRADIENT),
    ("", "jac", Order.GRADIENT),
    ("", "hess", Order.HESSIAN),
    ("grad", "", Order.GRADIENT),
    ("jac", "", Order.GRADIENT),
    ("hess", "", Order.HESSIAN),
)
# Longer names are no habit of anybody's.
_LONGEST = 200

# Names of the parameter that takes the cotangent of the output, as backward passes have it.
_LETTERS = frozenset({"g", "gy", "dy", "dz", "da", "dh", "ct", "dL", "delta", "grad", "dout"})
_WORDS = frozenset({"cotangent", "upstream", "d_out", "grad_out", "grad_output", "grad_y"})
_VALUES = frozenset({"dvalues", "dL_dy", "dL_dout"})
_COTANGENTS = _LETTERS | _WORDS | _VALUES


def takes_cotangent(name: str) -> bool:
    """Whether a parameter is named as the cotangent of a backward pass."""
    return name in _COTANGENTS


@dataclass(frozen=True, slots=True)
class Claim:
    """A hand-written derivative.

    Parameters
    ----------
    name
        Its name in the file.
    function
        The callable.
    order
        Gradient (or Jacobian), Hessian, Hessian-vector product, or vector-Jacobian product.
    wrt
        The parameters it is for, where the author said so.
    """

    name: str
    function: Callable[..., Any]
    order: Order
    wrt: tuple[str, ...] | None = None


def claimed_name(name: str, functions: Mapping[str, Any]) -> tuple[str, Order] | None:
    """Return the target and the order that a function's name claims, or ``None``.

    Names that say a parameter as well are `partial_name`'s.

    Parameters
    ----------
    name
        The function's name.
    functions
        All candidate functions of the file by name.

    Examples
    --------
    >>> claimed_name("loss_grad", {"loss": 1, "loss_grad": 2})
    ('loss', <Order.GRADIENT: 'gradient'>)
    >>> claimed_name("dot", {"dot": 1}) is None
    True
    """
    if len(name) > _LONGEST:
        return None
    for prefix, suffix, order in _HABITS:
        if name.startswith(prefix) and name.endswith(suffix):
            rest = name[len(prefix) : len(name) - len(suffix)]
            if rest and rest != name and rest in functions:
                return rest, order
    # `DLoss` is rather the loss of a discriminator.
    if name.startswith("D") and name[1:] in functions and name[1].islower():
        return name[1:], Order.GRADIENT
    return None


def partial_name(name: str, functions: Mapping[str, Callable[..., Any]]) -> tuple[str, str] | None:
    """Return the target and the parameter that a name like ``df_dx`` claims, or ``None``.

    Parameters
    ----------
    name
        The function's name.
    functions
        All candidate functions of the file by name.
    """
    ends = range(len(name) - 1, 1, -1) if name[0] == "d" and len(name) <= _LONGEST else ()
    for target, rest in ((name[1:end], name[end:]) for end in ends):
        if target in functions and rest.startswith(("d", "_d")):
            by = rest.removeprefix("_").removeprefix("d")
            if by in inspect.signature(functions[target]).parameters:
                return target, by
    return None
