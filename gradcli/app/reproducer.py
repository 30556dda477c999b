"""The one-line command that shows a wrong gradient again.

May import `check_python`'s job by type, `python_targets`, `reports`, NumPy.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gradcli.app.check_python import Job

_PROGRAM = ("gradcli", "check")


def typed_command(
    expr: str,
    values: Mapping[str, Any],
    claim: tuple[str, str] | None,
    wrt: Iterable[str] | None = None,
    dialect: str = "numpy",
) -> str:
    """Return the command that checks an expression at a point.

    Parameters
    ----------
    expr
        The expression.
    values
        The point: every variable that occurs.
    claim
        The claimed variable and the text of the claim; ``None`` for gradcli's own gradient.
    wrt, dialect
        As in `request.CheckRequest`.

    Examples
    --------
    >>> typed_command("x^2*y", {"x": -1.0, "y": [1, 2]}, ("x", "2*x"))
    "gradcli check 'x^2*y' --x -1 --y 1,2 --claim 'x: 2*x'"
    """
    words = [*_PROGRAM, expr]
    for name, value in values.items():
        words += [f"--{name}", value_text(value)]
    if claim is not None:
        words += ["--claim", f"{claim[0]}: {claim[1]}"]
    elif wrt is not None:
        words += ["--wrt", ",".join(wrt)]
    if dialect != "numpy":
        words += ["--dialect", dialect]
    return shlex.join(words)


def value_text(value: Any) -> str:
    """Return an array as a value on the command line, every digit of it.

    Examples
    --------
    >>> value_text(0.1), value_text([1.0, -2.5]), value_text([[1, 2], [3, 4]]), value_text([3])
    ('0.1', '1,-2.5', '1,2;3,4', '[3]')
    """
    array = np.asarray(value, dtype=np.float64)
    if array.size == 0:
        return f"zeros({','.join(map(str, array.shape))})"
    if array.ndim == 0:
        return _number(array[()])
    if array.ndim == 1 and array.size > 1:
        return ",".join(map(_number, array))
    if array.ndim == 2 and array.shape[1] > 1 and array.shape[0] > 1:
        return ";".join(",".join(map(_number, row)) for row in array)
    return _nested(array)


def _nested(array: Any) -> str:
    """Return brackets for a shape that commas and semicolons cannot say."""
    rows = [_number(x) for x in array.ravel()]
    for length in reversed(array.shape):
        rows = [f"[{','.join(rows[i : i + length])}]" for i in range(0, len(rows), length)]
    return rows[0]


def _number(x: Any) -> str:
    text = repr(float(x))
    return text.removesuffix(".0")


def _function_text(named: Mapping[str, Any]) -> str:
    """Return ``FILE.py::FN`` or ``module:FN`` of a function elsewhere."""
    where = f"{named['path']}::" if named["path"] else f"{named['module']}:"
    return where + str(named["function"])


def python_command(job: Job, node: str) -> str:
    """Return the command that checks one function of a file or module as it was checked.

    Parameters
    ----------
    job
        What was asked of its target.
    node
        The function, ``FILE.py::FN`` or ``module:FN``.
    """
    words = [*_PROGRAM, node]
    asked = job.asked
    for name, value in asked.get("values", {}).items():
        words += [f"--{name}", value_text(value)]
    for name, shape in asked.get("shapes", {}).items():
        words += ["--shape", f"{name}={','.join(map(str, shape))}"]
    for claim in job.claims:
        if claim.get("auto"):
            words += ["--claim", "auto"]
            continue
        words += ["--claim", _function_text(claim)]
    if job.hook:
        words += ["--seed-hook", _function_text(job.hook)]
    if asked.get("wrt"):
        words += ["--wrt", ",".join(asked["wrt"])]
    if job.samples:
        words += ["--samples", str(job.samples)]
    if asked.get("seed"):
        words += ["--seed", str(asked["seed"])]
    return shlex.join(words)
