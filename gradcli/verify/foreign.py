"""A function of PyTorch, JAX or TensorFlow as one of NumPy arrays, its own gradient as a claim.

May import `bridges`, `functions`, `frontend`, `ir`. Such a function is a black box: it gets
the framework's arrays and gives NumPy's, and differences judge what the framework says.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn

import numpy as np

from gradcli.errors import GradcliError, UserCodeError
from gradcli.frontend.claims import Claim, Order
from gradcli.frontend.frameworks import FRAMEWORKS
from gradcli.frontend.points import Point
from gradcli.frontend.targets import Target
from gradcli.ir.tree import flatten, unflatten
from gradcli.source import safe_text
from gradcli.verify.bridges import Bridge, bridge_to
from gradcli.verify.functions import prepare

# A message of foreign code is cut at this many characters.
_LONGEST = 160
OWN_NAMES: Mapping[str, str] = {
    "torch": "torch.autograd",
    "jax": "jax.jacrev",
    "tensorflow": "tf.GradientTape",
}

Unit = tuple[Target, Point, Claim | None]


def own_claim(framework: str) -> Claim:
    """Return the claim that stands for a framework's own gradient until a point is known."""
    return Claim(OWN_NAMES[framework], _unasked, Order.GRADIENT)


def _unasked(*_: Any, **__: Any) -> NoReturn:
    """Stand for a gradient that nobody has asked for yet."""
    raise UserCodeError("E083", "the framework's gradient is not known before its function")


def is_own(claim: Claim | None) -> bool:
    """Whether a claim stands for a framework's own gradient."""
    return claim is not None and claim.function is _unasked


def is_followed(function: Callable[..., Any], point: Point) -> bool:
    """Whether gradcli can look into a function although it names a framework.

    Parameters
    ----------
    function, point
        The function, called with NumPy arrays.
    """
    try:
        return prepare(function, point).attempt.run is not None
    except Exception:
        return False


def bridged(target: Target, point: Point, claim: Claim | None) -> Unit:
    """Return a target, a point and a claim of NumPy arrays, made from a framework's.

    Parameters
    ----------
    target, point, claim
        The function, where to check it, and a claim: hand-written, or `own_claim`.

    Raises
    ------
    UserCodeError
        Where the framework is not installed.

    Notes
    -----
    Where the function takes no arrays of the framework but NumPy's, all three come back as
    they are, the framework's own gradient as none.
    """
    label = FRAMEWORKS[target.framework]
    try:
        bridge = bridge_to(target.framework)
    except ImportError as problem:
        hint = f"install `{target.framework}`, or run where it is installed"
        raise UserCodeError("E083", f"{label} is not installed", hint=hint) from problem
    function = adapted(target.function, bridge)
    accepted = _at_its_precision(function, point)
    if accepted is None and _is_accepted(target.function, point):
        # It only mentions the framework: a function of NumPy arrays like any other.
        return target, point, None if is_own(claim) else claim
    point = accepted or point
    if is_own(claim):
        own = _own_gradient(target.function, bridge, point, label)
        claim = Claim(OWN_NAMES[target.framework], own, Order.GRADIENT)
    elif claim is not None:
        claim = replace(claim, function=adapted(claim.function, bridge))
    return replace(target, function=function), point, claim


def adapted(function: Callable[..., Any], bridge: Bridge) -> Callable[..., Any]:
    """Return a framework's function as one that takes and returns NumPy arrays.

    Parameters
    ----------
    function
        The function.
    bridge
        To its framework.
    """

    @functools.wraps(function)
    def plain(*args: Any, **kwargs: Any) -> Any:
        given = {name: _handed_over(value, bridge) for name, value in kwargs.items()}
        return bridge.plain(function(*(_handed_over(a, bridge) for a in args), **given))

    return plain


def _is_float(leaf: Any) -> bool:
    return isinstance(leaf, float | np.floating) or (
        isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f"
    )


def _handed_over(value: Any, bridge: Bridge) -> Any:
    """Return a value with its floating numbers as the framework's arrays."""
    leaves, structure = flatten(value)
    return unflatten(structure, [bridge.array(x) if _is_float(x) else x for x in leaves])


def _at_its_precision(function: Callable[..., Any], point: Point) -> Point | None:
    """Return the point in float64, or in float32 where only that is accepted, or nothing.

    Weights that a file makes are float32, and PyTorch multiplies no matrices of two types.
    """
    coarse = replace(point, values={k: _float32(v) for k, v in point.values.items()})
    return next((p for p in (point, coarse) if _is_accepted(function, p)), None)


def _is_accepted(function: Callable[..., Any], point: Point) -> bool:
    """Whether a function can be called at a point."""
    try:
        _call(function, point)
    except Exception:
        return False
    return True


def _call(function: Callable[..., Any], point: Point) -> None:
    """Call a function with copies of the values of a point."""
    values = {}
    for name, value in point.values.items():
        leaves, structure = flatten(value)
        fresh = [x.copy() if isinstance(x, np.ndarray) else x for x in leaves]
        values[name] = unflatten(structure, fresh)
    signature = inspect.signature(function)
    bound = signature.bind_partial()
    bound.arguments.update({p: values[p] for p in signature.parameters if p in values})
    function(*bound.args, **bound.kwargs)


def _float32(value: Any) -> Any:
    leaves, structure = flatten(value)
    return unflatten(structure, [np.float32(x) if _is_float(x) else x for x in leaves])


def _own_gradient(
    function: Callable[..., Any], bridge: Bridge, point: Point, label: str
) -> Callable[..., Any]:
    """Return the framework's gradient of a function, by parameter."""
    signature = inspect.signature(function)

    def gradient(*args: Any, **kwargs: Any) -> dict[str, Any]:
        bound = signature.bind(*args, **kwargs)
        taken = [flatten(bound.arguments[name]) for name in point.wrt]

        def of_arrays(*arrays: Any) -> Any:
            source = iter(arrays)
            for name, value in bound.arguments.items():
                bound.arguments[name] = _handed_over(value, bridge)
            for name, (leaves, structure) in zip(point.wrt, taken, strict=True):
                bound.arguments[name] = unflatten(structure, [next(source) for _ in leaves])
            return function(*bound.args, **bound.kwargs)

        parts = iter(_differentiated(of_arrays, bridge, taken, label))
        return {
            name: unflatten(structure, [next(parts) for _ in leaves])
            for name, (leaves, structure) in zip(point.wrt, taken, strict=True)
        }

    return gradient


def _differentiated(
    function: Callable[..., Any], bridge: Bridge, taken: Sequence[Any], label: str
) -> list[Any]:
    """Let the framework differentiate; what it cannot is the user's to know, not a bug of ours."""
    leaves = [x for part, _ in taken for x in part]
    try:
        return bridge.jacobian(function, leaves)
    except GradcliError:
        raise
    except Exception as problem:
        said = safe_text(f"{type(problem).__name__}: {problem}", _LONGEST)
        what = f"{label} could not differentiate the function: {said}"
        raise UserCodeError("E083", what) from problem
