"""How far a stencil may go from the point before an operation changes its branch.

May import `engine`, `ir` and NumPy. Differences across a step (`floor`, `round`, a
comparison) say nothing of the slope at the point, and differences alone cannot tell a
staircase from a steep line. So the margin comes from the graph: the program is run beside
the point, and the branches that its operations take are compared. Only this margin leaves
the program; the differences themselves are taken of the original callable.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradcli.engine.evaluate import evaluate
from gradcli.ir.program import Program, Record
from gradcli.ir.rerun import holds
from gradcli.numeric.ladder import FARTHEST
from gradcli.numeric.probe import coordinate_scale
from gradcli.ops.rule import MISSING, Flat
from gradcli.reports import Array

# Distances are tried in this ratio, from the farthest a stencil goes to the nearest that is
# of any use to one.
_RATIO = 8.0
_NEAREST = 1e-9
# What lies closer than this many floating numbers is a tie at the point itself.
_TIE_SPACINGS = 4.0
# A program beyond this many records times coordinates is not run beside the point.
MOST_WORK = 200_000
# Its output is what it is given, held still for every witness.
_FROZEN = "stop_gradient"

Print = tuple[Any, ...]


def margins(program: Program | None, inputs: Sequence[Array], k: int) -> tuple[Array, Array]:
    """Return the room to the left and to the right of every entry of one input.

    Parameters
    ----------
    program
        The recorded program; without one, nothing limits a stencil.
    inputs
        The point.
    k
        Number of the input.

    Returns
    -------
    left, right : ndarray
        Distances of the input's shape within which no operation changes its branch; `inf`
        where none does as far as a stencil goes. A branch that changes at the point itself
        is no limit: there the stencil sees both sides.
    """
    shape = np.shape(inputs[k])
    left, right = np.full(shape, math.inf), np.full(shape, math.inf)
    if program is None or not _can_branch(program):
        return left, right
    if len(program.records) * max(1, left.size) > MOST_WORK:
        return left, right
    printed = _printer(program, inputs, k)
    for index in np.ndindex(shape):
        left[index], right[index] = (_room(printed, inputs[k], index, s) for s in (-1.0, 1.0))
    return left, right


def _can_branch(program: Program) -> bool:
    return bool(program.guards) or any(_has_branches(record) for record in program.records)


def _has_branches(record: Record) -> bool:
    """Whether an operation is another function elsewhere."""
    op = record[0]
    if isinstance(op.rule, Flat):
        return op.name != _FROZEN and op.rule.nothing is not MISSING
    return op.kink is not None


def _printer(program: Program, inputs: Sequence[Array], k: int) -> Callable[[Array], Print | None]:
    """Return the branches taken as a function of one input; ``None`` where it cannot run."""
    printed = _prints(program, inputs)
    return lambda moved: printed({k: moved})


def _prints(
    program: Program, inputs: Sequence[Array]
) -> Callable[[Mapping[int, Array]], Print | None]:
    """Return the branches taken as a function of some inputs."""
    held = {r[3]: program.values[r[3]] for r in program.records if r[0].name == _FROZEN}
    branching = [r for r in program.records if _has_branches(r)]

    def printed(moved: Mapping[int, Array]) -> Print | None:
        point = [moved.get(j, np.asarray(x)) for j, x in enumerate(inputs)]
        try:
            with np.errstate(all="ignore"):
                values = evaluate(program, [x[()] for x in point], held)
                parts = [_branch(r, values, program.consts) for r in branching]
        except (ArithmeticError, ValueError, TypeError, IndexError):
            return None
        kept = tuple(holds(g, values, program.consts) for g in program.guards)
        return (*parts, kept)

    return printed


def _branch(record: Record, values: Sequence[Any], consts: Sequence[Any]) -> tuple[Any, bytes]:
    """Return which branch every entry of an operation is in, as bytes that compare."""
    op, refs, params, out = record
    args = [values[r] if r >= 0 else consts[~r] for r in refs]
    special = _SPECIAL.get(op.name)
    if special is not None:
        found = special(args, values[out], params)
    elif isinstance(op.rule, Flat) or op.kink is None:
        found = values[out]
    else:
        found = np.sign(op.kink.margin(*args, **params))
    array = np.asarray(found)
    # -0.0 and 0.0 are one branch.
    return array.shape, (array + 0.0 if array.dtype.kind == "f" else array).tobytes()


def _tread(args: Sequence[Any], y: Any, _params: Mapping[str, Any]) -> Any:
    """Return how often the divisor was taken off."""
    return np.round((args[0] - y) / args[1])


def _winner(args: Sequence[Any], _y: Any, params: Mapping[str, Any]) -> Any:
    """Return which entries are the extreme ones."""
    axis = params.get("axis")
    sign = params["sign"]
    best = np.max(sign * args[0], axis=axis, keepdims=True)
    return sign * np.asarray(args[0]) == best


def _order(args: Sequence[Any], _y: Any, params: Mapping[str, Any]) -> Any:
    return np.argsort(args[0], axis=params.get("axis", -1), kind="stable")


def _cell(args: Sequence[Any], _y: Any, _params: Mapping[str, Any]) -> Any:
    return np.searchsorted(args[1], args[0], side="right")


# Operations whose margin does not change its sign where the branch changes.
_SPECIAL: Mapping[str, Callable[..., Any]] = {
    "mod": _tread,
    "fmod": _tread,
    "max": lambda args, y, params: _winner(args, y, {**params, "sign": 1.0}),
    "min": lambda args, y, params: _winner(args, y, {**params, "sign": -1.0}),
    "sort": _order,
    "partition": _order,
    "interp": _cell,
    "copysign": lambda args, y, params: np.sign(args[0]) + 3.0 * np.copysign(1.0, args[1]),
}


def room_of(
    program: Program | None, inputs: Sequence[Array], k: int, index: tuple[int, ...]
) -> tuple[float, float]:
    """Return the room of one entry of one input, left and right, as in `margins`."""
    if program is None or not _can_branch(program):
        return math.inf, math.inf
    printed = _printer(program, inputs, k)
    left, right = (_room(printed, inputs[k], index, sign) for sign in (-1.0, 1.0))
    return left, right


def room_along(
    program: Program | None, inputs: Sequence[Array], tangents: Mapping[int, Array], finest: float
) -> tuple[float, float]:
    """Return how far the point may move along tangents, back and ahead, as in `margins`.

    Parameters
    ----------
    program, inputs
        As in `margins`.
    tangents
        Number of an input → tangent of its shape, of about the input's own size.
    finest
        The step that just moves the point.
    """
    if program is None or not _can_branch(program):
        return math.inf, math.inf
    printed = _prints(program, inputs)

    def at(step: float) -> Print | None:
        return printed({k: np.asarray(inputs[k]) + step * t for k, t in tangents.items()})

    def side(sign: float) -> float:
        return _steps(lambda d: at(sign * d), _TIE_SPACINGS * finest, _NEAREST, FARTHEST)

    return side(-1.0), side(1.0)


def _room(
    printed: Callable[[Array], Print | None], x: Array, index: tuple[int, ...], sign: float
) -> float:
    """Return how far one entry may move to one side within the branches that begin there."""
    scale = float(coordinate_scale(np.asarray(x))[index])

    def at(distance: float) -> Print | None:
        moved = np.array(x)
        moved[index] += sign * distance
        return printed(moved)

    beside = _TIE_SPACINGS * float(np.spacing(np.abs(np.asarray(x)[index])))
    # Of a subnormal scale the product is 0, and 0 never grows.
    nearest = max(_NEAREST * scale, float(np.finfo(np.float64).smallest_subnormal))
    return _steps(at, beside, nearest, FARTHEST * max(scale, 1.0))


def _steps(
    at: Callable[[float], Print | None], beside: float, nearest: float, farthest: float
) -> float:
    """Return the last distance, of a growing row, that shows the branches seen just beside."""
    begun = at(beside)
    room, distance = 0.0, nearest
    while True:
        if begun is None or at(distance) != begun:
            return room
        if distance >= farthest:
            return math.inf
        room, distance = distance, min(_RATIO * distance, farthest)
