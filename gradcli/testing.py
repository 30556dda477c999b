"""The verdict inside Python: `check` for a report, `assert_gradient` for a test suite.

May import `app`, `render`, `verify` and below. The function runs in the caller's process,
without the worker's limits; it is the caller's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.app.outcome import verdict_exit
from gradcli.errors import UsageError
from gradcli.frontend.claims import Claim, Order
from gradcli.frontend.points import Point
from gradcli.frontend.promotion import is_differentiable, promote
from gradcli.frontend.targets import Target
from gradcli.ir.tracing import argument_names
from gradcli.render.style import Style
from gradcli.render.table import check_text
from gradcli.reports import Array, CheckEntry, Status, Verdict
from gradcli.reports import CheckReport as Entries
from gradcli.verify.diagnosis.explanation import explained
from gradcli.verify.evidence import from_json
from gradcli.verify.judge import judge
from gradcli.verify.report import examine
from gradcli.verify.sampling import sample_points
from gradcli.verify.whole import combine

_PASSES = frozenset({Status.OK, Status.KINK})


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What `check` found: one verdict a point.

    Parameters
    ----------
    entries
        One entry a point, the given one first.
    """

    entries: tuple[CheckEntry, ...]

    @property
    def ok(self) -> bool:
        """Whether every verdict is ok, or a kink with a valid subgradient."""
        return all(e.verdict.status in _PASSES for e in self.entries)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts, in order."""
        return tuple(e.verdict for e in self.entries)

    def __str__(self) -> str:
        return check_text(Entries(self.entries), Style(colour=False)).rstrip("\n")

    def raise_unless_ok(self) -> None:
        """Raise an `AssertionError` with the report unless every verdict is ok."""
        if not self.ok:
            raise AssertionError(f"the gradient was not confirmed\n{self}\n{self._why()}")

    def _why(self) -> str:
        """Return what the table leaves out: causes and hints."""
        lines = []
        for entry in self.entries:
            if entry.verdict.status not in _PASSES:
                lines.append(f"{entry.verdict.status}: {entry.verdict.text}")
                lines += [f"help: {entry.verdict.hint}"] if entry.verdict.hint else []
        return "\n".join(lines)


def check(
    f: Callable[..., Any],
    *xs: Any,
    claim: Callable[..., Any] | None = None,
    wrt: str | int | Sequence[str | int] | None = None,
    samples: int = 0,
    seed: int = 0,
) -> CheckReport:
    """Judge the gradient of a function at a point: a hand-written one, or gradcli's own.

    Parameters
    ----------
    f
        A function of arrays, as its author wrote it; scalar or array output.
    *xs
        The point: numbers, arrays, or containers of them.
    claim
        A hand-written gradient (or Jacobian), called as `f` is; by default gradcli's own
        gradient is judged.
    wrt
        Names or positions of the arguments to differentiate; default: every argument that
        holds floating-point numbers.
    samples, seed
        Number of random points beside the given one, and their seed.

    Returns
    -------
    CheckReport
        ``.ok``, ``.verdicts``, ``str()`` is the text report, ``.raise_unless_ok()``.

    Raises
    ------
    UsageError
        Where there is nothing to differentiate.

    Examples
    --------
    >>> import numpy as np
    >>> report = check(lambda x: np.dot(x, x), np.array([1.0, 2.0]), claim=lambda x: 2 * x)
    >>> report.ok
    True
    >>> check(lambda x: np.dot(x, x), np.array([1.0, 2.0]), claim=lambda x: x).ok
    False
    """
    names = argument_names(f, len(xs))
    values = {n: promote(x, n) for n, x in zip(names, xs, strict=True)}
    chosen = _chosen(wrt, names, values)
    function = _by_name(f, names)
    label = getattr(f, "__name__", "f")
    claimed = None if claim is None else Claim("claim", _by_name(claim, names), Order.GRADIENT)
    point = Point("", values, chosen)
    target = Target(label, 0, function, (point,))
    points = [point, *sample_points(function, point, samples, seed)]
    return CheckReport(tuple(_entry(target, at, claimed) for at in points))


def _by_name(f: Callable[..., Any], names: Sequence[str]) -> Callable[..., Any]:
    """Return a function of keyword arguments that calls `f` by position."""

    def called(**values: Any) -> Any:
        return f(*[values[name] for name in names])

    # Messages name the function; one without a name of its own they do not.
    called.__name__ = getattr(f, "__name__", "<function>")
    return called


def _chosen(wrt: Any, names: Sequence[str], values: dict[str, Any]) -> tuple[str, ...]:
    """Return the names of the arguments to differentiate."""
    if wrt is None:
        chosen = tuple(n for n, v in values.items() if is_differentiable(v))
    else:
        asked = wrt if isinstance(wrt, list | tuple) else (wrt,)
        chosen = tuple(names[w] if isinstance(w, int) else w for w in asked)
    if not chosen or not all(n in values and is_differentiable(values[n]) for n in chosen):
        raise UsageError("E053", "there is no floating-point argument to differentiate by")
    return chosen


def _entry(target: Target, point: Point, claim: Claim | None) -> CheckEntry:
    """Examine and judge one point."""
    result = examine(target, point, claim, {})
    if result["skipped"]:
        verdict = Verdict(Status.SKIPPED, text=result["skipped"])
        return CheckEntry(target.name, verdict, 0, remark=result["skipped"])
    evidence = [from_json(e) for e in result["evidence"]]
    verdict = combine([explained(judge(e, result["who"]), e) for e in evidence])
    wrong = verdict.status is Status.WRONG and claim is not None
    return CheckEntry(
        target.name,
        verdict,
        verdict_exit(verdict),
        wrt=tuple(result["names"]),
        claim=_arrays(result["claim"]) if wrong else None,
        expected=_arrays(result["gradient"]) if wrong else None,
        point=_arrays(result["point"]),
    )


def _arrays(shown: dict[str, Any] | None) -> dict[str, Array] | None:
    if shown is None:
        return None
    return {k: np.asarray(v, dtype=np.float64) for k, v in shown.items() if v is not None}


def assert_gradient(f: Callable[..., Any], claim: Callable[..., Any], *xs: Any) -> None:
    """Fail a test unless `claim` is the gradient of `f` at a point.

    Parameters
    ----------
    f, claim
        The function and its hand-written gradient.
    *xs
        The point.

    Raises
    ------
    AssertionError
        With the report, where the gradient is wrong or could not be judged.

    Examples
    --------
    >>> import math
    >>> assert_gradient(math.sin, math.cos, 1.0)
    """
    check(f, *xs, claim=claim).raise_unless_ok()
