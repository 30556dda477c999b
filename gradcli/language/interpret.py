"""Running a parsed program on values: arrays, tracers, or arrays of exact entries.

May import `lowering`, `machine`, `rows`, `syntax`, `errors`, NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcli.errors import Diagnostic, GradcliError
from gradcli.language.lowering import lower
from gradcli.language.machine import Machine, Mark, Watch
from gradcli.language.rows import final_value
from gradcli.language.syntax import Program
from gradcli.ops.pythonic import FLOAT


def interpret(
    program: Program,
    env: Mapping[str, Any],
    *,
    mark: Mark | None = None,
    watch: Watch | None = None,
    notes: list[Diagnostic] | None = None,
) -> Any:
    """Evaluate a program.

    Parameters
    ----------
    program
        A parsed program.
    env
        Values by name: numbers, float64 arrays, or ducks (tracers, entry arrays). Integer
        arrays and lists become float64.
    mark
        Called with the span of each operation before it is applied.
    watch
        Called with the node, the inputs and the result of each operation after it.
    notes
        Receives warnings (W103), where given.

    Returns
    -------
    float, array or duck
        The value of the final expression; a row is given out as a vector, a comparison as
        0 or 1.

    Raises
    ------
    LanguageError
        Names without meaning, rows misused, indices out of range, arrays as conditions.
    ShapeError
        E021 for shapes that do not fit.
    LimitError
        E019 for arrays or work over the limits, before they are allocated or done.
    """
    steps = lower(program, tuple(env))
    values = {name: _float_value(value) for name, value in env.items()}
    machine = Machine(program.source, steps, values, mark, watch, notes)
    try:
        return final_value(machine.run(), program.final.span)
    except GradcliError as problem:
        problem.locate(program.source, program.final.span)
        raise


def _float_value(value: Any) -> Any:
    """Return a value of the environment as the machine wants it."""
    if type(value) is FLOAT or hasattr(type(value), "duck_level"):
        return value
    if isinstance(value, np.ndarray) and value.dtype == np.float64:
        return value
    return np.asarray(value, dtype=np.float64)
