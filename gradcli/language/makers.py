"""Makers of arrays: zeros, ones, full, eye, arange, linspace.

May import `machine`, `arguments`, `flags`, `whole`, `shapes`, `syntax`, `errors`, NumPy.
Sizes are plain whole numbers; the fill of `full` and the ends of `linspace` may be traced
and have a derivative.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from gradcli.errors import LanguageError
from gradcli.language.arguments import unpacked
from gradcli.language.flags import plain
from gradcli.language.functions import find_maker
from gradcli.language.limits import Shape
from gradcli.language.machine import Machine, Step
from gradcli.language.shapes import broadcast, shape_of
from gradcli.language.suggestions import nearest
from gradcli.language.syntax import Call, Keyword, Node
from gradcli.language.whole import seen_number, sizes_of, whole_number
from gradcli.ops.pythonic import FLOAT


@dataclass(frozen=True, slots=True)
class Making:
    """A maker's call: its sizes, or its arguments by name."""

    name: str
    sizes: tuple[Node, ...]
    arguments: Mapping[str, Node]

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes in the order in which they are computed."""
        return (*self.sizes, *self.arguments.values())


_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "zeros": (),
    "ones": (),
    "full": ("fill_value",),
    "eye": ("N", "M", "k"),
    "arange": ("start", "stop", "step"),
    "linspace": ("start", "stop", "num"),
}
_LEAST = {"eye": 1, "arange": 1, "linspace": 3}


def bind_maker(call: Call) -> Making:
    """Find the place of every argument of a maker's call.

    Raises
    ------
    LanguageError
        E018 for too many, too few or unknown arguments.
    """
    name = find_maker(call.function) or call.function
    parameters = _PARAMETERS[name]
    positional = [a for a in call.args if not isinstance(a, Keyword)]
    given: dict[str, Node] = {}
    sizes: list[Node] = []
    for keyword in call.args:
        if not isinstance(keyword, Keyword):
            continue
        if keyword.name == "shape" and name not in _LEAST and not positional:
            positional = [keyword.value]
        elif keyword.name in parameters and keyword.name not in given:
            given[keyword.name] = keyword.value
        else:
            raise _unknown(call, keyword, parameters)
    if name in _LEAST:
        names = [p for p in parameters if p not in given]
        if len(positional) > len(names):
            raise _wrong_count(call, name)
        given = {**dict(zip(names, positional, strict=False)), **given}
        if len(given) < _LEAST[name] or parameters[0] not in given:
            raise _wrong_count(call, name)
        return Making(name, (), given)
    if name == "full" and "fill_value" not in given and len(positional) > 1:
        given["fill_value"] = positional.pop()
    sizes = unpacked(positional)
    if not positional or len(given) < len(parameters):
        raise _wrong_count(call, name)
    return Making(name, tuple(sizes), given)


def _unknown(call: Call, keyword: Keyword, parameters: tuple[str, ...]) -> LanguageError:
    near = nearest(keyword.name, parameters)
    hint = f"did you mean `{near}=`?" if near else f"see `gradcli ops {call.function}`"
    what = f"`{call.function}` has no argument `{keyword.name}=`, or has it twice"
    return LanguageError("E018", what, keyword.span, hint=hint)


_USES = {
    "zeros": "zeros(2,3)",
    "ones": "ones(2,3)",
    "full": "full(2,3,0.5)",
    "eye": "eye(3)",
    "arange": "arange(4)",
    "linspace": "linspace(0,1,5)",
}


def _wrong_count(call: Call, name: str) -> LanguageError:
    what = f"`{call.function}` has too many or too few arguments"
    return LanguageError("E018", what, call.span, hint=f"write `{_USES[name]}`")


def make(machine: Machine, step: Step) -> None:
    """Make an array."""
    making: Making = step.data
    values = machine.take(len(making.nodes))
    count = len(making.sizes)
    named = dict(zip(making.arguments, values[count:], strict=True))
    if making.name in _LEAST:
        _RANGES[making.name](machine, step, making, named)
        return
    shape = sizes_of(values[:count], making.sizes)
    for size, node in zip(shape, making.sizes, strict=True):
        _check_size(size, node)
    if making.name == "full":
        _fill(machine, step, shape, plain(named["fill_value"], step.node.span, "full"))
        return
    machine.begin(step.node, shape, 0.0)
    machine.give(step.node, (), np.zeros(shape) if making.name == "zeros" else np.ones(shape))


def _check_size(size: int, node: Node) -> None:
    if size < 0:
        raise LanguageError("E022", f"a size is {size}", node.span, hint="sizes are 0 or more")


def _fill(machine: Machine, step: Step, shape: Shape, value: Any) -> None:
    have = shape_of(value)
    if broadcast("full", [shape, have], step.node.span) != shape:
        what = "the fill is larger than the array"
        raise LanguageError("E018", what, step.node.span, hint="write `full(2, 3, 0.5)`")
    machine.begin(step.node, shape, 0.0)
    filled = machine.apply(step.node, operator.mul, np.ones(shape), value)
    machine.give(step.node, (value,), filled)


def _eye(machine: Machine, step: Step, making: Making, named: dict[str, Any]) -> None:
    nodes = making.arguments
    sizes = {k: whole_number(v, nodes[k].span, "a size") for k, v in named.items()}
    for key in sizes.keys() - {"k"}:
        _check_size(sizes[key], nodes[key])
    rows = sizes.get("N", 0)
    columns = sizes.get("M", rows)
    machine.begin(step.node, (rows, columns), 0.0)
    machine.give(step.node, (), np.eye(rows, columns, sizes.get("k", 0)))


def _bound_number(value: Any, node: Node) -> float:
    """Return a bound of `arange` as a float; a traced one has to be whole."""
    value = plain(value, node.span)
    if shape_of(value) != ():
        raise LanguageError("E022", "a bound is one number", node.span, hint="write a number")
    number = seen_number(value)
    if not np.isfinite(number):
        what = "a bound of `arange` is a finite number"
        raise LanguageError("E022", what, node.span, hint="write a number")
    return number


def _arange(machine: Machine, step: Step, making: Making, named: dict[str, Any]) -> None:
    nodes = making.arguments
    numbers = {k: _bound_number(v, nodes[k]) for k, v in named.items()}
    if "stop" not in numbers:
        numbers["start"], numbers["stop"] = 0.0, numbers["start"]
    start, stop, by = numbers["start"], numbers["stop"], numbers.get("step", 1.0)
    if by == 0.0:
        what = "the step of `arange` cannot be 0"
        raise LanguageError("E022", what, step.node.span, hint="write `linspace` for a count")
    with np.errstate(all="ignore"):
        count = max(0.0, float((np.float64(stop) - start) / by))
    machine.begin(step.node, (ceil(min(count, 1e18)),), 0.0)
    machine.give(step.node, (), np.arange(start, stop, by, dtype=np.float64))


def _linspace(machine: Machine, step: Step, making: Making, named: dict[str, Any]) -> None:
    count = whole_number(named["num"], making.arguments["num"].span, "a number of points")
    _check_size(count, making.arguments["num"])
    start, stop = (plain(named[k], making.arguments[k].span) for k in ("start", "stop"))
    if shape_of(start) != () or shape_of(stop) != ():
        what = "the ends of `linspace` are numbers"
        raise LanguageError("E018", what, step.node.span, hint="write `linspace(0, 1, 5)`")
    machine.begin(step.node, (count,), 0.0)
    if type(start) is FLOAT and type(stop) is FLOAT:
        machine.give(step.node, (start, stop), np.linspace(start, stop, count))
        return
    part = np.linspace(0.0, 1.0, count)
    machine.give(step.node, (start, stop), start * (1.0 - part) + stop * part)


_RANGES: Mapping[str, Callable[[Machine, Step, Making, dict[str, Any]], None]] = {
    "eye": _eye,
    "arange": _arange,
    "linspace": _linspace,
}
