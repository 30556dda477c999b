"""Which variables of an expression are differentiated, and which are held constant.

May import `expression`, `flow`, `errors`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gradcli.app.expression import Expression
from gradcli.app.flow import Flow, flows
from gradcli.errors import Diagnostic, GradcliError, UsageError
from gradcli.ir.tracing import TracedRun
from gradcli.source import SHOWN_CHARACTERS, safe_text


class Choice(NamedTuple):
    """The variables to differentiate by, and the run with them traced.

    Parameters
    ----------
    names
        The variables, in the order of the report.
    run
        The run; its inputs are the variables.
    notes
        Remarks on variables that are held constant or unused.
    """

    names: tuple[str, ...]
    run: TracedRun
    notes: tuple[Diagnostic, ...] = ()


def choose(expression: Expression, wrt: Sequence[str] | None, located: bool = True) -> Choice:
    """Return the variables to differentiate by.

    Parameters
    ----------
    expression
        The expression at its point.
    wrt
        The names the user gave; ``None``: every variable that has a derivative.
    located
        Whether records learn their places in the text.

    Returns
    -------
    Choice

    Raises
    ------
    UsageError
        E053 for a named variable that is unknown or has no derivative, or where there is
        no variable to differentiate by.
    """
    if wrt is not None:
        return _chosen(expression, wrt, located)
    names = tuple(expression.values)
    if not names:
        # A name without a value is the likelier mistake, and says so.
        expression.value()
        hint = "write a name and bind it, e.g. `--x 2`"
        raise UsageError("E053", "the expression has no variables", hint=hint)
    remarks: list[Diagnostic] = []
    try:
        run = expression.trace(names, located, remarks)
        held = _with(flows_by_name(run), Flow.HELD)
    except GradcliError:
        held = _refused(expression, names)
        if not held:
            raise
    if held:
        names = tuple(name for name in names if name not in held)
        if not names:
            raise _nothing_left(held)
        run = expression.trace(names, located, remarks)
        more = _with(flows_by_name(run), Flow.HELD)
        if more:
            # One place without a derivative hid another.
            held = (*held, *more)
            names = tuple(name for name in names if name not in more)
            if not names:
                raise _nothing_left(held)
            run = expression.trace(names, located, remarks)
    notes = [_held_note(name) for name in held]
    return Choice(names, run, (*remarks, *notes, *_unused_notes(run)))


def flows_by_name(run: TracedRun) -> dict[str, Flow]:
    """Return how every traced variable reaches the output."""
    return dict(zip(run.program.names, flows(run.program), strict=True))


def _with(found: dict[str, Flow], flow: Flow) -> tuple[str, ...]:
    return tuple(name for name, how in found.items() if how is flow)


def _refused(expression: Expression, names: Sequence[str]) -> tuple[str, ...]:
    """Return the variables that cannot be traced where the plain run is fine.

    A variable is found alone (the order of a function) or, where it fails only together
    with others, as the scalar without which the others can be traced.
    """
    expression.value()
    alone = tuple(name for name in names if not _can_be_traced(expression, (name,)))
    if alone:
        return alone
    scalars = [name for name in names if np.ndim(expression.values[name]) == 0]
    for name in reversed(scalars):
        others = tuple(other for other in names if other != name)
        if others and _can_be_traced(expression, others):
            return (name,)
    return ()


def _can_be_traced(expression: Expression, names: Sequence[str]) -> bool:
    try:
        expression.trace(names, located=False)
    except GradcliError:
        return False
    return True


def _chosen(expression: Expression, wrt: Sequence[str], located: bool) -> Choice:
    """Return the variables the user named, if each has a derivative."""
    for name in wrt:
        if name not in expression.values:
            shown = safe_text(name, SHOWN_CHARACTERS)
            known = ", ".join(list(expression.values)[:8]) or "nothing"
            what = f"`{shown}` in `--wrt` is not a bound variable"
            raise UsageError("E053", what, hint=f"bound: {known}")
    remarks: list[Diagnostic] = []
    run = expression.trace(wrt, located, remarks)
    for name in _with(flows_by_name(run), Flow.HELD):
        what = f"`{name}` reaches only places that have no derivative"
        hint = "leave it out of `--wrt`: indices, sizes, orders and the like are constants"
        raise UsageError("E053", what, hint=hint)
    return Choice(tuple(wrt), run, (*remarks, *_unused_notes(run)))


def _nothing_left(held: Sequence[str]) -> UsageError:
    what = f"no variable has a derivative here: {', '.join(held[:8])} held constant"
    return UsageError("E053", what, hint="differentiate by a variable that is not an index or size")


def _held_note(name: str) -> Diagnostic:
    what = f"`{name}` is held constant: it reaches only places that have no derivative"
    return Diagnostic("W106", what)


def _unused_notes(run: TracedRun) -> list[Diagnostic]:
    unused = _with(flows_by_name(run), Flow.UNUSED)
    return [Diagnostic("W105", f"`{name}` is unused: its gradient is 0") for name in unused]
