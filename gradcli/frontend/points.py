"""Where a function is to be checked: values for its parameters.

May import `items`, `marks`, `frameworks`, `promotion`, `ir.tree` and NumPy. A value is
found per parameter, first match wins: the command line, a `case` mark, an item of the module's
``POINTS``, a default that is a float or an array, a module variable ``x0`` or ``x``, seeded
samples of a given shape. Values are promoted to float64; integer, boolean and text defaults
are held constant.
"""

from __future__ import annotations

import inspect
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from gradcli.frontend.frameworks import as_numpy, framework_of
from gradcli.frontend.items import Form, form_of, named_parameters, values_of
from gradcli.frontend.marks import cases_of
from gradcli.frontend.promotion import is_differentiable, is_number, promote
from gradcli.ir.tree import flatten

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says about points.

    Parameters
    ----------
    values
        Values by parameter name.
    shapes
        Shapes of parameters that get seeded normal samples.
    wrt
        Parameters to differentiate; empty: every differentiable one.
    seed
        Seed of the samples.
    """

    values: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: _NOTHING)
    wrt: tuple[str, ...] = ()
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    """One point: a value for every bound parameter, and the ones that are differentiated.

    Parameters
    ----------
    label
        What reports call the point.
    values
        Values by parameter, in the order of the signature.
    wrt
        Names of the differentiated parameters, in the order of the signature.
    rest
        What ``*args`` gets, held constant.
    whole
        Values that were written as integers, before they became floats.
    """

    label: str
    values: Mapping[str, Any]
    wrt: tuple[str, ...]
    rest: tuple[Any, ...] = ()
    whole: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)

    def with_integers(self) -> Point | None:
        """Return the point with its integers as they were written, held constant.

        ``None`` where there are none, or nothing else moves: labels that index an array and
        the length of a loop are no variables.
        """
        wrt = tuple(name for name in self.wrt if name not in self.whole)
        if not wrt or len(wrt) == len(self.wrt):
            return None
        return replace(self, values={**self.values, **self.whole}, wrt=wrt)


def _from_default(parameter: inspect.Parameter) -> Any:
    """Return a default that is a float or an array; others are left to the function itself."""
    value = as_numpy(parameter.default)
    if value is inspect.Parameter.empty or value is None:
        return None
    return value if is_differentiable(value) else None


def _from_module(name: str, module: Mapping[str, Any]) -> Any:
    """Return the module variable ``x0`` or ``x`` for parameter ``x``."""
    start = module.get(f"{name}0")
    if start is not None and not callable(start):
        return promote(start, name)
    same = as_numpy(module.get(name))
    if same is None or callable(same) or inspect.ismodule(same):
        return None
    held = isinstance(same, bool | int | str) or (
        isinstance(same, np.ndarray) and same.dtype.kind != "f"
    )
    return same if held else promote(same, name)


def normal_sample(name: str, shape: tuple[int, ...], seed: int) -> Any:
    """Return a seeded normal sample; each name has its own stream.

    Parameters
    ----------
    name
        The parameter or variable.
    shape
        Its shape; ``()`` gives a float.
    seed
        The seed of all samples of a call.
    """
    words = [seed, zlib.crc32(name.encode())]
    stream = np.random.default_rng(np.random.SeedSequence(words))
    drawn = np.asarray(stream.standard_normal(shape))
    return float(drawn) if drawn.ndim == 0 else drawn


def _base(function: Callable[..., Any], module: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """Return what defaults, module variables and shapes give, by parameter."""
    found: dict[str, Any] = {}
    for parameter in named_parameters(function):
        value = _from_default(parameter)
        if value is None and parameter.default is inspect.Parameter.empty:
            value = _from_module(parameter.name, module)
        if parameter.name in asked.shapes:
            shape = asked.shapes[parameter.name]
            value = normal_sample(parameter.name, shape, asked.seed)
        if value is not None:
            found[parameter.name] = value
    return found


def _overlays(
    function: Callable[..., Any],
    module: Mapping[str, Any],
    asked: Asked,
    form: Form,
    taken: Collection[int],
) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the points that were said, each a label and values that replace the base."""
    given = {k: v for k, v in asked.values.items() if k in form.names}
    if given:
        return [("command line", given)]
    cases = cases_of(function)
    if cases:
        return [(f"case {i}", c) for i, c in enumerate(cases, 1)]
    items = enumerate(_items(module))
    said = [(f"POINTS[{i}]", values_of(item, form, i in taken)) for i, item in items]
    return [(label, values) for label, values in said if values is not None] or [("", {})]


def _items(module: Mapping[str, Any]) -> Sequence[Any]:
    points = module.get("POINTS")
    if isinstance(points, np.ndarray) and points.ndim:
        return list(points)
    return points if isinstance(points, list | tuple) else ()


def taken_items(
    functions: Iterable[Callable[..., Any]], module: Mapping[str, Any], asked: Asked
) -> set[int]:
    """Return which items of ``POINTS`` give some function all it needs, and nothing else.

    Parameters
    ----------
    functions, module
        The functions of a module, its claims left out, and its variables.
    asked
        What the command line says.

    Returns
    -------
    set of int
        Positions in the list.
    """
    items = list(enumerate(_items(module)))
    if not items:
        return set()
    forms = [form_of(f, {*_base(f, module, asked), *asked.values}) for f in functions]
    return {i for i, item in items if any(form.takes(item) for form in forms)}


def framework_of_points(function: Callable[..., Any], module: Mapping[str, Any]) -> str:
    """Return the framework whose arrays a function is to be checked at, or nothing.

    Parameters
    ----------
    function
        The function.
    module
        The variables of its module.
    """
    said = [value for case in cases_of(function) for value in case.values()]
    said.append(module.get("POINTS"))
    for parameter in named_parameters(function):
        said += [parameter.default, module.get(f"{parameter.name}0"), module.get(parameter.name)]
    leaves = (leaf for value in said for leaf in flatten(value)[0])
    kinds = (framework_of(type(x)) for x in leaves if hasattr(x, "dtype"))
    return next((kind for kind in kinds if kind), "")


def find_points(
    function: Callable[..., Any],
    module: Mapping[str, Any],
    asked: Asked,
    taken: Collection[int] = (),
) -> tuple[tuple[Point, ...], str]:
    """Return the points of a function, or no point and the reason.

    Parameters
    ----------
    function
        The function.
    module
        The variables of its module.
    asked
        What the command line says.
    taken
        Items that are points of some function: of no other one that cannot use them.

    Returns
    -------
    points : tuple of Point
        In the order they are written.
    reason : str
        Why there is none, e.g. ``no point for `w```; empty otherwise.
    """
    parameters = named_parameters(function)
    base = _base(function, module, asked)
    points = []
    form = form_of(function, base)
    named_somewhere = {k for item in _items(module) if isinstance(item, Mapping) for k in item}
    for label, said in _overlays(function, module, asked, form, taken):
        values = {**base, **{k: promote(v, k) for k, v in said.items() if k != form.rest}}
        missing = [n for n in form.names if n in form.open and n not in values]
        if missing:
            # Of several, one that no item names: the others are there, but not all of them.
            missing.sort(key=lambda n: n in named_somewhere)
            return (), f"no point for `{missing[0]}`"
        _add_asked_defaults(parameters, asked, values)
        ordered = {p.name: values[p.name] for p in parameters if p.name in values}
        wrt = tuple(n for n, v in ordered.items() if is_differentiable(v))
        if asked.wrt:
            wrt = tuple(n for n in asked.wrt if n in wrt)
        if not wrt:
            return (), _nothing_to_move(parameters, ordered)
        whole = {k: v for k, v in said.items() if k not in asked.wrt and _is_integer(v)}
        points.append(Point(label, ordered, wrt, _rest(said, module, form.rest), whole))
    return tuple(points), ""


def _rest(said: Mapping[str, Any], module: Mapping[str, Any], name: str) -> tuple[Any, ...]:
    """Return what ``*args`` gets: the rest of an item, or the tuple ``args`` of the module."""
    rest = said[name] if name in said else module.get(name)
    kinds = list | tuple if name in said else tuple
    return tuple(rest) if name and isinstance(rest, kinds) else ()


def _is_integer(value: Any) -> bool:
    """Whether a value would be a differentiable one if it were written with a point."""
    if isinstance(value, np.ndarray):
        return bool(value.dtype.kind in "iu")
    return is_number(value) and not is_differentiable(value)


def _nothing_to_move(parameters: Sequence[inspect.Parameter], values: Mapping[str, Any]) -> str:
    """Return why no parameter is differentiated, and what would change that."""
    held = [p.name for p in parameters if _is_integer(values.get(p.name, p.default))]
    closed = [n for n, v in values.items() if is_dataclass(v) and not isinstance(v, type)]
    note = ""
    if held:
        note = f" (`{held[0]}` is held as an integer; `--wrt {held[0]}` moves it)"
    elif closed:
        note = f" (`{closed[0]}` is a dataclass, which is not opened; a dict or named tuple is)"
    return f"no differentiable parameter{note}"


def _add_asked_defaults(
    parameters: Sequence[inspect.Parameter], asked: Asked, values: dict[str, Any]
) -> None:
    """Promote integers that ``--wrt`` names: a default, or a variable of the module."""
    for p in parameters:
        value = values.get(p.name, p.default)
        if p.name in asked.wrt and _is_integer(value):
            values[p.name] = promote(value, p.name)
