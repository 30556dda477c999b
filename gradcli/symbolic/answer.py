"""The answer of the witness as data, and the one way to it.

May import `export`, `formula`, `limits`, `settling`, `branches`, `errors`, `reports`. A
question is a plan: given the exported function, which nodes are wanted. Whatever keeps
SymPy from answering ends up in the status and a note; nothing is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.errors import GradcliError
from gradcli.ops.entries import Unavailable, object_array
from gradcli.reports import Estimate
from gradcli.symbolic.branches import AGREEMENT_EXPONENT, is_close
from gradcli.symbolic.export import Export, Source, export
from gradcli.symbolic.formula import formulas
from gradcli.symbolic.limits import Budget, TimeUp
from gradcli.symbolic.settling import Settled

METHOD = "sympy"
# Decimal digits in which exact numbers leave the room as text.
TEXT_DIGITS = 50

Nodes = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class SymbolicGradient:
    """SymPy's answer.

    Parameters
    ----------
    value
        The function itself: object array of mpmath numbers, NaN where it has no value;
        flat over all outputs if there are several, empty where nothing was exported.
    gradients
        Object arrays of mpmath numbers, NaN where SymPy cannot speak of an entry.
    status
        ``ok`` if every entry has a number, ``partial`` if some have, ``unavailable`` if none,
        ``time`` if the guard on time fired.
    note
        Why numbers are missing.
    formulas
        The derivatives as text, ``None`` where too long, aligned with `gradients`; empty
        unless they were asked for.
    steps
        Operations that were counted while deriving.
    total
        The function weighted by the cotangent and added up, which the gradient is of;
        ``None`` for questions without a cotangent, NaN where it has no value.
    """

    value: Nodes
    gradients: tuple[Nodes, ...]
    status: str
    note: str = ""
    formulas: tuple[Nodes, ...] = ()
    steps: int = 0
    total: Any = None

    def texts(self, k: int) -> list[str | None]:
        """Return the entries of gradient `k` in C order as decimal strings, ``None`` for none."""
        return [decimal(v) for v in self.gradients[k].ravel()]

    def estimate(self, k: int) -> Estimate:
        """Return gradient `k` in float64; the error bar is the rounding to float64."""
        array = self.gradients[k]
        numbers = np.array([float(v) for v in array.ravel()], dtype=np.float64)
        numbers = numbers.reshape(array.shape)
        known = np.isfinite(numbers)
        error = np.where(known, np.spacing(np.abs(np.where(known, numbers, 0.0))) / 2, np.inf)
        is_whole = self.status == "partial" and bool(known.all())
        return Estimate(numbers, error, METHOD, 1, "ok" if is_whole else self.status, self.note)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which nodes a question is about.

    Parameters
    ----------
    arrays
        Arrays of derivative nodes.
    steady
        Nodes that must not jump at the point for the derivatives to mean anything: the
        function, and for second derivatives the first ones too.
    total
        The node whose value goes with the answer.
    """

    arrays: list[Nodes]
    steady: list[int]
    total: int | None = None


def decimal(value: Any) -> str | None:
    """Return an mpmath number as a decimal string, ``None`` for NaN."""
    import mpmath

    if mpmath.isnan(value):
        return None
    return str(mpmath.nstr(value, TEXT_DIGITS, strip_zeros=False))


def answer(
    source: Source,
    inputs: Sequence[Any],
    wrt: Sequence[int],
    names: Sequence[str] | None,
    plan: Callable[[Export], Wanted],
    with_formulas: bool = False,
) -> SymbolicGradient:
    """Export a function, derive what the plan wants, settle the numbers.

    Parameters
    ----------
    source, inputs, wrt
        The function, the point, the positions to differentiate by.
    names
        Names of the inputs, for formulas.
    plan
        Makes the derivative nodes.
    with_formulas
        Whether to write them as text where they are short.
    """
    shapes = [np.shape(inputs[k]) for k in wrt]
    known = tuple(names or (f"x{k}" for k in range(len(inputs))))
    budget = Budget()
    try:
        exported = export(source, inputs, wrt, known, budget)
        wanted = plan(exported)
        return _settled(exported, wanted, with_formulas)
    except TimeUp as e:
        return silent(shapes, "time", str(e))
    except Unavailable as e:
        return silent(shapes, "unavailable", str(e))
    except FOREIGN as e:
        return silent(shapes, "unavailable", f"not followed by SymPy: {_first_line(e)}")


# What the op table, NumPy and user code raise for arrays of symbols they cannot take.
FOREIGN = (
    ArithmeticError,
    AttributeError,
    GradcliError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
)


def _first_line(problem: Exception) -> str:
    """Return the kind of an exception and the first line of its message."""
    lines = str(problem).splitlines() or [""]
    return f"{type(problem).__name__}: {lines[0]}"


def silent(shapes: Sequence[tuple[int, ...]], status: str, note: str) -> SymbolicGradient:
    """Return the answer that says nothing: NaN everywhere."""
    import mpmath

    gradients = tuple(np.full(shape, mpmath.nan, dtype=object) for shape in shapes)
    return SymbolicGradient(np.empty((0,), dtype=object), gradients, status, note)


def _settled(e: Export, wanted: Wanted, with_formulas: bool) -> SymbolicGradient:
    """Evaluate what is wanted and put it together."""
    outputs = _outputs(e)
    value = e.ladder.settle(outputs.ravel().tolist(), is_plain=True)
    flat = [int(n) for array in wanted.arrays for n in array.ravel()]
    jump = _jump(e, wanted.steady)
    found = [Settled(None, jump) for _ in flat] if jump else e.ladder.settle(flat, is_plain=False)
    missing = [s.reason for s in found if s.value is None]
    status = "ok" if not missing else ("partial" if len(missing) < len(found) else "unavailable")
    texts = formulas(e, wanted.arrays, found) if with_formulas and not jump else ()
    arrays = []
    for array in wanted.arrays:
        arrays.append(_numbers(found[: array.size], array.shape))
        found = found[array.size :]
    steps = e.graph.budget.derivative_steps
    note = missing[0] if missing else ""
    at = _numbers(value, outputs.shape)
    total = None if wanted.total is None else _numbers(_plainly(e, wanted.total), ())[()]
    return SymbolicGradient(at, tuple(arrays), status, note, texts, steps, total)


def _plainly(e: Export, node: int) -> list[Settled]:
    """Return the value of a node with ties decided as the code decides them."""
    return e.ladder.settle([node], is_plain=True)


def _jump(e: Export, steady: Sequence[int]) -> str:
    """Return why derivatives mean nothing here: no value, or one that depends on a tie."""
    actual = e.ladder.settle(steady, is_plain=True)
    beside = e.ladder.settle(steady, is_plain=False)
    for at, near in zip(actual, beside, strict=True):
        if at.value is None or near.value is None:
            return at.reason or near.reason
        if not is_close(at.value.context, at.value, near.value, AGREEMENT_EXPONENT):
            return "the value jumps at this point"
    return ""


def _outputs(e: Export) -> Nodes:
    """Return the nodes of the value: of the only output, or of all, flat."""
    if len(e.outputs) == 1:
        return e.outputs[0]
    return np.concatenate([out.ravel() for out in e.outputs])


def _numbers(settled: Sequence[Settled], shape: tuple[int, ...]) -> Nodes:
    """Return settled numbers as an array, NaN where there is none."""
    import mpmath

    return object_array([mpmath.nan if s.value is None else s.value for s in settled], shape)
