"""Examine a gradient at a point: the exact witness as a whole.

May import all of this room. The order of steps is that of verdict.md section 2: value,
one-sided quotients, classes, random directions, rule check with confirmation, subgradients
at kinks, float report.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.engine.vjp import reverse
from gradcli.errors import UsageError
from gradcli.exact.branches import Retrace
from gradcli.exact.budget import Budget
from gradcli.exact.classes import PointClass
from gradcli.exact.gates import ReferenceFailed, is_infinite, is_nan
from gradcli.exact.large import examine_large
from gradcli.exact.report import ExactReport, Proof, Trouble, ValueClass
from gradcli.exact.rulecheck import without_garbage
from gradcli.exact.session import Session
from gradcli.exact.undefined import find_hole, find_origin
from gradcli.ir.program import Program
from gradcli.ops.entries import Unavailable


def examine(
    program: Program,
    inputs: Sequence[Any] | None = None,
    wrt: Sequence[int] | None = None,
    gradients: Sequence[Any] | None = None,
    budget: Budget | None = None,
    retrace: Retrace | None = None,
    suspects: Sequence[Any] | None = None,
) -> ExactReport:
    """Return what the exact witness finds about a gradient at a point.

    Parameters
    ----------
    program
        A program with one scalar output (see `contraction.contract`), traced at the point.
    inputs
        The point, one float array per input; default: where the program was traced.
    wrt
        The inputs to look at; default all.
    gradients
        The engine's float64 gradient, one array per input of `wrt`; default: computed.
    budget
        How much work may be done.
    retrace
        Records the function (contracted as `program` is) at another point, given one float
        array per input; it is asked where a Python branch flips beside the point.

    Returns
    -------
    ExactReport
        One entry per coordinate; `trouble` where the witness cannot speak.
    """
    budget = budget or Budget()
    slots = tuple(program.inputs if wrt is None else wrt)
    point = [program.values[s] for s in program.inputs] if inputs is None else list(inputs)
    try:
        if gradients is None:
            gradients = float_gradients(program, slots)
        with np.errstate(all="ignore"):
            if not budget.affords(program):
                return examine_large(program, slots, gradients, budget, suspects)
            basis = (program, point, slots, gradients, budget, retrace)
            found = _examine(Session(*basis))
            if not _is_doubtful(found):
                return found
            if found.session.can_widen:
                with suppress(ReferenceFailed, Unavailable):
                    return _examine(Session(*basis, wide=True))
            return replace(found, entries=without_garbage(found.session, found.entries))
    except ReferenceFailed as problem:
        return _silent(Trouble.REFERENCE_FAILED, str(problem))
    except Unavailable as problem:
        return _silent(Trouble.UNAVAILABLE, f"`{problem}` has no high-precision form")
    except UsageError as problem:
        return _silent(Trouble.UNAVAILABLE, problem.diagnostic.what)


def float_gradients(program: Program, slots: Sequence[int]) -> list[Any]:
    """Return the engine's float64 gradient with respect to some inputs."""
    ref = program.outputs[0]
    zeros = [np.zeros(np.shape(program.values[s])) for s in slots]
    if ref < 0:
        return zeros
    with np.errstate(all="ignore"):
        seed = {ref: np.ones(np.shape(program.values[ref]))[()]}
        adjoint = reverse(program.records, program.values, program.consts, seed)
    return [z if adjoint[s] is None else adjoint[s] for s, z in zip(slots, zeros, strict=True)]


# Classes of points that garbage has, too, where the digits did not reach.
_DOUBTFUL = frozenset({PointClass.UNSETTLED, PointClass.JUMP, PointClass.UNDEFINED})
_ONE_SIDED = frozenset({PointClass.VERTICAL, PointClass.EDGE})


def _is_doubtful(found: ExactReport) -> bool:
    """Whether more digits could tell more: something is not settled, or about to be accused."""
    if found.value_class not in (ValueClass.FINITE, ValueClass.BREAKDOWN):
        return False
    return any(
        e.kind in _DOUBTFUL
        or (e.kind in _ONE_SIDED and not e.rule_holds)
        or (e.kind is PointClass.KINK and not (e.inside and e.touched))
        or (e.rule_holds is False and not e.confirmed)
        for e in found.entries
        if e.proof is not Proof.NONE
    )


def _silent(trouble: Trouble, note: str) -> ExactReport:
    return ExactReport(ValueClass.UNKNOWN, trouble=trouble, trouble_note=note)


def _examine(session: Session) -> ExactReport:
    """Examine what can be run over high-precision numbers."""
    splits = session.splits
    common: dict[str, Any] = {
        "splits": splits,
        "ties": tuple(session.ties),
        "margins": tuple(session.margins),
        "session": session,
    }
    value = session.prober.run.value
    guard = next((s for s in splits if s.is_guard), None)
    if guard is not None:
        note = f"float64 took the branch for {guard.recorded}, the exact run sees {guard.exact}"
        return ExactReport(
            ValueClass.UNKNOWN, value, trouble=Trouble.PATH_SPLIT, trouble_note=note, **common
        )
    if is_nan(value):
        return _undefined(session, common)
    if is_infinite(value):
        entries = session.bare_entries(PointClass.INFINITE)
        return ExactReport(ValueClass.INFINITE, value, entries, **common)
    entries = session.entries()
    is_finite = bool(np.isfinite(session.float_value))
    return ExactReport(
        ValueClass.FINITE if is_finite else ValueClass.BREAKDOWN,
        value,
        entries,
        culprit=session.culprit,
        anomaly=session.anomaly,
        coverage=session.coverage(),
        notes=tuple(session.notes),
        **common,
    )


def _undefined(session: Session, common: dict[str, Any]) -> ExactReport:
    """Report a value that is no real number."""
    origin = find_origin(session.prober.run)
    hole = find_hole(session.prober, session.coords[: session.budget.sampled])
    entries = session.bare_entries(PointClass.UNDEFINED)
    return ExactReport(
        ValueClass.UNDEFINED, session.prober.run.value, entries, origin=origin, hole=hole, **common
    )


__all__ = ["examine", "float_gradients"]
