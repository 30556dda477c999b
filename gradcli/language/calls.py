"""Steps for function calls: arguments into the form a function takes, results back.

May import `machine`, `arguments`, `flags`, `whole`, `sizes`, `shapes`, `syntax`, `errors`,
the op table, NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.errors import LanguageError
from gradcli.language.arguments import (
    Bound,
    is_constant_parameter,
    is_whole_order,
    is_whole_parameter,
)
from gradcli.language.flags import Several, Truth, plain
from gradcli.language.limits import Shape
from gradcli.language.machine import Machine, Step
from gradcli.language.shapes import shape_of
from gradcli.language.sizes import estimate
from gradcli.language.syntax import Call, Node
from gradcli.language.whole import sizes_of, whole_number, whole_numbers
from gradcli.ops.pythonic import FLOAT

# Functions of conditions.
_LOGICAL = frozenset({"logical_and", "logical_or", "logical_xor", "logical_not"})
# Functions whose result is a condition, whatever array type it comes in.
_TRUTH = _LOGICAL | {
    "less",
    "less_equal",
    "greater",
    "greater_equal",
    "equal",
    "not_equal",
    "isfinite",
    "isinf",
    "isnan",
    "isclose",
    "signbit",
    "any",
    "all",
    "allclose",
    "array_equal",
}
# Parameters that take a whole number or an array of them.
_SEVERAL_WHOLE = frozenset({"indices", "repeats", "reps", "pad_width", "shape"})
# Parameters that take a tuple of whole numbers.
_TUPLES = frozenset(
    {"axis", "axes", "shape", "shift", "reps", "repeats", "pad_width", "source", "destination"}
)
_SWITCHES = frozenset({"keepdims", "endpoint"})


def literal(machine: Machine, step: Step) -> None:
    """Push ``True``, ``False`` or ``None``."""
    machine.stack.append(step.data)


def tupling(machine: Machine, step: Step) -> None:
    """Make a Python tuple of the last values."""
    machine.stack.append(tuple(machine.take(step.data)))


def call(machine: Machine, step: Step) -> None:
    """Call a function of the op table."""
    node: Call = step.node  # type: ignore[assignment]
    bound: Bound = step.data
    values = machine.take(len(bound.nodes))
    count = len(bound.arrays)
    arrays = [_array(bound, i, v) for i, v in enumerate(values[:count])]
    params = _parameters(bound, values[count:])
    shapes = [shape_of(a) for a in arrays]
    _check_norm(node, bound, shapes, params)
    shape, flops = estimate(bound.function, shapes, params, node.span)
    machine.begin(node, shape, flops)
    args = [arrays] if bound.function.arrays is None else arrays
    result = machine.apply(node, bound.function, *args, **params)
    # The q of zeta(x, q) is a parameter, and as much an input as x.
    numbers = [v for v in params.values() if isinstance(v, float | np.ndarray)]
    machine.give(node, [*arrays, *numbers], _result(result, bound.function.name))


def _array(bound: Bound, position: int, value: Any) -> Any:
    """Return an array argument; conditions stay what they are where they are wanted."""
    name = bound.function.name
    span = bound.arrays[position].span
    if name in _LOGICAL or (name == "where" and position == 0):
        return value.condition if isinstance(value, Truth) else plain(value, span, name) != 0.0
    if is_whole_order(bound.function, position):
        return whole_numbers(value, span, f"the order of `{name}`")
    value = plain(value, span, name)
    # Functions may ask an array for its shape; a float has none.
    return np.float64(value) if type(value) is FLOAT else value


def _parameters(bound: Bound, values: list[Any]) -> dict[str, Any]:
    params: dict[str, Any] = {}
    if bound.sizes is not None:
        sizes = values[: len(bound.sizes)]
        values = values[len(bound.sizes) :]
        whole = sizes_of(sizes, bound.sizes)
        if whole:
            params["axes" if bound.function.name == "transpose" else "shape"] = whole
    for (name, node), value in zip(bound.params.items(), values, strict=True):
        params[name] = _parameter(bound, name, node, value)
    return params


def _parameter(bound: Bound, name: str, node: Node, value: Any) -> Any:
    """Return a parameter in the type its function wants."""
    default = bound.function.params.get(name)
    if value is None and not isinstance(default, str):
        return None
    if name in _SWITCHES or isinstance(default, bool):
        return _switch(name, node, value)
    if value is None or isinstance(value, bool) or isinstance(default, str):
        what = f"`{name}=` cannot be set to this"
        raise LanguageError("E018", what, node.span, hint="leave it out, or write a number")
    if is_whole_parameter(bound.function, name):
        return _whole(name, node, value)
    if isinstance(value, tuple):
        what = f"`{name}=` is one number"
        raise LanguageError("E018", what, node.span, hint="leave the brackets out")
    value = plain(value, node.span, name)
    is_traced = hasattr(type(value), "duck_level")
    if is_traced and is_constant_parameter(bound.function, name):
        what = f"`{name}` of `{bound.function.name}` is a constant, not a variable"
        hint = "write a number, or hold the variable constant (leave it out of `--wrt`)"
        raise LanguageError("E018", what, node.span, hint=hint)
    return value


def _whole(name: str, node: Node, value: Any) -> Any:
    """Return a whole number, or several where the parameter takes several."""
    if isinstance(value, tuple) and name in _TUPLES:
        return tuple(whole_number(v, node.span, f"`{name}`") for v in value)
    if name not in _SEVERAL_WHOLE:
        return whole_number(value, node.span, f"`{name}`")
    found = whole_numbers(value, node.span, f"`{name}`")
    return tuple(found.tolist()) if name == "shape" and not isinstance(found, int) else found


def _switch(name: str, node: Node, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, float) and value in {0.0, 1.0}:
        return bool(value)
    what = f"`{name}=` is True or False"
    raise LanguageError("E018", what, node.span, hint=f"write `{name}=True`")


def _check_norm(node: Call, bound: Bound, shapes: list[Shape], params: dict[str, Any]) -> None:
    """Refuse ``norm(A, 2)`` of a matrix."""
    if bound.function.name != "norm" or not shapes or len(shapes[0]) != 2:
        return
    order = params.get("ord")
    if params.get("axis") is None and isinstance(order, float) and abs(order) == 2.0:
        what = "`norm(A, 2)` of a matrix means different norms to different people"
        hint = "write `norm_fro(A)`, `norm_nuc(A)` or `norm_spectral(A)`"
        raise LanguageError("E011", what, node.span, hint=hint)


def _result(result: Any, name: str) -> Any:
    """Return what a function gave as a value of the language."""
    if name in _TRUTH:
        return Truth(result)
    if isinstance(result, np.ndarray):
        if result.dtype == np.bool_:
            return Truth(result)
        return result.astype(np.float64) if result.dtype.kind in "iu" else result
    if isinstance(result, bool | np.bool_):
        return Truth(bool(result))
    if isinstance(result, tuple | list):
        return Several(tuple(result), name)
    if isinstance(result, int | np.integer):
        return float(result)
    return result
