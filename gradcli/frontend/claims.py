"""Which functions of a file are hand-written derivatives, and of what.

May import `marks`. A name is a claim only if what remains of it is the name of a target,
so `dot` is not the derivative of `ot`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gradcli.frontend.marks import claim_mark


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
# Names that claim the derivative of the file's only target.
_LONE: Mapping[str, Order] = {
    "grad": Order.GRADIENT,
    "gradient": Order.GRADIENT,
    "jac": Order.GRADIENT,
    "jacobian": Order.GRADIENT,
    "score": Order.GRADIENT,
    "hess": Order.HESSIAN,
    "hessian": Order.HESSIAN,
}


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
    for prefix, suffix, order in _HABITS:
        if name.startswith(prefix) and name.endswith(suffix):
            rest = name[len(prefix) : len(name) - len(suffix)]
            if rest and rest != name and rest in functions:
                return rest, order
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
    for target, function in functions.items():
        for parameter in inspect.signature(function).parameters if target != name else ():
            if name in (f"d{target}_d{parameter}", f"d{target}d{parameter}"):
                return target, parameter
    return None


def find_claims(functions: Mapping[str, Callable[..., Any]]) -> dict[str, list[Claim]]:
    """Return the claims of a file by the name of their target.

    Parameters
    ----------
    functions
        The public functions defined in the file, by name, in order of definition.

    Returns
    -------
    dict
        Target name to its claims, in order of definition.
    """
    found: dict[str, list[Claim]] = {}
    claiming: set[str] = set()
    names = {id(function): name for name, function in functions.items()}
    for name, function in functions.items():
        mark = claim_mark(function)
        if mark is not None and id(mark.target) in names:
            claim = Claim(name, function, Order.GRADIENT, mark.wrt)
            found.setdefault(names[id(mark.target)], []).append(claim)
            claiming.add(name)
            continue
        said = claimed_name(name, functions)
        if said is not None:
            found.setdefault(said[0], []).append(Claim(name, function, said[1]))
            claiming.add(name)
            continue
        partial = partial_name(name, functions)
        if partial is not None:
            claim = Claim(name, function, Order.GRADIENT, (partial[1],))
            found.setdefault(partial[0], []).append(claim)
            claiming.add(name)
    _add_lone(functions, found, claiming)
    return found


def _add_lone(
    functions: Mapping[str, Callable[..., Any]], found: dict[str, list[Claim]], claiming: set[str]
) -> None:
    """Let a lone `grad` claim the only function that is neither a claim nor lone itself."""
    rest = [n for n in functions if n not in claiming and n not in _LONE]
    if len(rest) != 1:
        return
    for name, order in _LONE.items():
        if name in functions and name not in claiming:
            found.setdefault(rest[0], []).append(Claim(name, functions[name], order))
