"""Sample calls of the op table as functions of arrays: what every generated test starts from.

A *case* is one declared sample: the table's function, the arrays, the parameters.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from gradcli.ops.op import Function, Op, Sample
from gradcli.ops.registry import FUNCTIONS
from gradcli.ops.rule import Elementwise, Flat, Nothing


@dataclass(frozen=True)
class Case:
    """One sample call of one function of the table."""

    function: Function
    sample: Sample

    def __str__(self) -> str:
        params = [f"{k}={v}" for k, v in self.sample.params.items()]
        return f"{self.function.name}({', '.join([*map(str, self.sample.args), *params])})"

    @property
    def arrays(self) -> list[Any]:
        """The array arguments; floats as NumPy scalars, which is what a trace holds."""
        return [as_array(a) for a in self.sample.args]

    def call(self, *xs: Any) -> Any:
        """Call the function on other arrays with the same parameters."""
        if isinstance(self.function, Op) and self.function.arrays is None:
            return self.function(list(xs), **self.sample.params)
        return self.function(*xs, **self.sample.params)

    @property
    def differentiable(self) -> tuple[int, ...]:
        """Positions of the floating-point arguments that have a partial."""
        return tuple(
            k for k, x in enumerate(self.arrays) if is_float(x) and not is_nothing(self.function, k)
        )


def is_float(x: Any) -> bool:
    """Whether an argument is of floating point."""
    return getattr(x, "dtype", np.dtype(int)).kind == "f"


def as_array(argument: Any) -> Any:
    """Return a declared argument as a NumPy array or scalar; ``None`` stays."""
    return argument if argument is None else np.asarray(argument)[()]


def is_nothing(function: Function, k: int) -> bool:
    """Whether no derivative flows to the k-th argument."""
    rule = getattr(function, "rule", None)
    if isinstance(rule, Flat):
        return True
    return isinstance(rule, Elementwise) and isinstance(rule.partials[k], Nothing)


def is_elementwise(function: Function) -> bool:
    """Whether a function of the table works element by element, by its scalar form."""
    return isinstance(function, Op) and function.mp is not None


def elementwise_ops() -> list[Op]:
    """Return the elementwise primitives of the table."""
    return [f for f in FUNCTIONS.values() if isinstance(f, Op) and is_elementwise(f)]


def cases_of(functions: Iterable[Function]) -> list[Case]:
    """Return every sample of the functions."""
    return [Case(f, s) for f in functions for s in f.samples]


def each_case(cases: Sequence[Case]) -> Callable[[Callable[..., None]], Any]:
    """Return the decorator that runs a test for every case: one test for one function.

    Thousands of tests of a millisecond cost more than what they test, so the cases of a
    function share one; a failure names its case. `one_case` of the result is the test alone.
    """
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.function.name, []).append(case)

    def decorate(test: Callable[..., None]) -> Any:
        @functools.wraps(test)
        def run_all(cases: Sequence[Case], **others: Any) -> None:
            left_out = [why for case in cases if (why := _reason_to_skip(test, case, others))]
            if len(left_out) == len(cases):
                pytest.skip(left_out[0])

        own = inspect.signature(test)
        renamed = [
            p.replace(name="cases") if p.name == "case" else p for p in own.parameters.values()
        ]
        run_all.one_case = test  # type: ignore[attr-defined]
        run_all.__signature__ = own.replace(parameters=renamed)  # type: ignore[attr-defined]
        return pytest.mark.parametrize("cases", groups.values(), ids=groups)(run_all)

    return decorate


def _reason_to_skip(test: Callable[..., None], case: Case, others: dict[str, Any]) -> str:
    """Run one case; return why it was skipped, or nothing."""
    try:
        test(case=case, **others)
    except pytest.skip.Exception as skipped:
        return str(skipped)
    except BaseException as problem:
        problem.add_note(f"in the case {case}")
        raise
    return ""


# Shapes of the house: scalar, vector, broadcast pair, empty, three-dimensional.
SHAPES = ((), (3,), ((3, 1), (1, 4)), (0,), (2, 3, 4))


def tiled(case: Case, shape: Any, spread: float = 0.0) -> list[Any]:
    """Return the arrays of a scalar case repeated to a shape, or to a pair of shapes.

    Parameters
    ----------
    case
        A case whose arguments are scalars.
    shape
        One shape, or a pair of shapes that alternate over the arguments.
    spread
        Relative width over which the repeated values are spread, so that they differ.
    """
    pair = shape if shape and isinstance(shape[0], tuple) else (shape, shape)
    out = []
    for k, x in enumerate(case.arrays):
        size = int(np.prod(pair[k % 2], dtype=int))
        if not is_float(x) or not spread:
            out.append(None if x is None else np.full(pair[k % 2], x)[()])
            continue
        steps = 1.0 + spread * np.linspace(-1.0, 1.0, size) if size > 1 else np.ones(size)
        out.append((x * steps).reshape(pair[k % 2])[()])
    return out


def weights(y: Any, seed: int = 0) -> Any:
    """Return a fixed cotangent for an output: numbers of size 1, none of them 0 or 1."""
    rng = np.random.default_rng(seed)
    return np.asarray(rng.uniform(0.5, 2.0, np.shape(y)) * rng.choice([-1, 1], np.shape(y)))[()]


def parts(y: Any) -> list[Any]:
    """Return the arrays of an output: of a tuple its items."""
    return list(y) if isinstance(y, tuple | list) else [y]


def quietly(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return `f` with NumPy's floating-point warnings off, as every sweep runs."""

    def run(*args: Any, **kwargs: Any) -> Any:
        with np.errstate(all="ignore"):
            return f(*args, **kwargs)

    return run
