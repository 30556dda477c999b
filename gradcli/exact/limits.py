"""What a sequence of one-sided difference quotients tends to.

May import mpmath numbers as arguments only. The quotients were taken at steps that shrink
by 1e-10 each; in 200 digits that is far enough from rounding that a limit is read off, not
fitted: a stable value, a power law, a logarithm, or an honest "unsettled".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from gradcli.exact.gates import is_infinite, is_nan

# verdict.md section 2, step 4: quotients that agree to this are a limit.
STABLE = 1e-20
# Ratios that agree to this follow one law.
SAME_LAW = 1e-6
# A difference that keeps nine tenths of its size while the step falls by 1e-10 is a jump.
JUMP_KEEPS = 0.9
# An extrapolated rest smaller than this many of its own changes is nothing.
RESOLVED = 1e3


class SideKind(StrEnum):
    """What one side of a point looks like."""

    FINITE = "finite"
    INFINITE = "infinite"
    JUMP = "jump"
    UNDEFINED = "undefined"
    BRANCH = "other branch"
    UNSETTLED = "unsettled"


@dataclass(frozen=True, slots=True)
class Side:
    """The one-sided derivative.

    Parameters
    ----------
    kind
        What the quotients do.
    value
        The limit, ``±inf`` included; for a jump its height; ``None`` where there is none.
    error
        How far the limit may be off.
    exponent
        The power of the step that the quotients follow, where they follow one.
    """

    kind: SideKind
    value: Any = None
    error: Any = 0
    exponent: float | None = None


def quick_limit(hs: Sequence[Any], deltas: Sequence[Any]) -> Side | None:
    """Return the limit where it is plain: stable, exactly zero, or not real.

    Parameters
    ----------
    hs
        Steps, falling.
    deltas
        f(x+h) − f(x) on the right, f(x) − f(x−h) on the left.

    Returns
    -------
    Side or None
        ``None`` where more steps and more digits are needed to tell.
    """
    if is_nan(deltas[-1]):
        return Side(SideKind.UNDEFINED) if all(map(is_nan, deltas)) else None
    if is_nan(deltas[-2]) or any(map(is_infinite, deltas)):
        return None
    last, before = deltas[-1] / hs[-1], deltas[-2] / hs[-2]
    if abs(last - before) <= STABLE * abs(last):
        return Side(SideKind.FINITE, last, abs(last - before) * 10 * (hs[-1] / hs[-2]))
    return None


def full_limit(hs: Sequence[Any], deltas: Sequence[Any]) -> Side:
    """Return the limit of five quotients whose differences are known not to be rounding.

    Parameters
    ----------
    hs, deltas
        As in `quick_limit`; a difference that was rounding noise is an exact zero.

    Returns
    -------
    Side
        The limit with its error and exponent, or unsettled.
    """
    if is_nan(deltas[-1]):
        return Side(SideKind.UNDEFINED)
    real = [(h, d) for h, d in zip(hs, deltas, strict=True) if not is_nan(d)]
    if any(is_infinite(d) for _, d in real) or _jumps([d for _, d in real]):
        return Side(SideKind.JUMP, deltas[-1])
    found = quick_limit(*zip(*real, strict=True)) if len(real) > 1 else None
    if found is not None:
        return found
    qs = [d / h for h, d in real]
    fall = float(hs[1] / hs[0])
    found = _diverging(qs, fall) or _converging(qs, fall) or _vanishing(qs)
    return found or Side(SideKind.UNSETTLED)


def _jumps(deltas: Sequence[Any]) -> bool:
    """Whether the difference does not tend to zero."""
    sizes = [abs(d) for d in deltas]
    pairs = pairwise(sizes)
    return sizes[-1] > 0 and len(sizes) > 1 and all(b >= JUMP_KEEPS * a for a, b in pairs)


def _power(ratio: Any, fall: float) -> float:
    """Return the exponent p of a law h**p whose values change by `ratio` a step."""
    frac, exponent = _split(abs(ratio))
    return (math.log(frac) + exponent * math.log(2.0)) / math.log(fall)


def _split(x: Any) -> tuple[float, int]:
    """Return a positive number as a float times a power of two, whatever its size."""
    _sign, mantissa, exponent, bits = x._mpf_
    shift = max(bits - 60, 0)
    return float(mantissa >> shift), exponent + shift


def _diverging(qs: Sequence[Any], fall: float) -> Side | None:
    """Recognise quotients that grow without bound: a power or a logarithm of the step."""
    if not all(q * qs[-1] > 0 for q in qs) or len(qs) < 4:
        return None
    infinite = qs[-1] * qs[-1].context.inf
    ratios = [b / a for a, b in pairwise(qs)]
    if all(r >= 1.5 for r in ratios):
        return Side(SideKind.INFINITE, infinite, 0, _power(ratios[-1], fall))
    steps = [b - a for a, b in pairwise(qs)]
    grows = [abs(b) >= (1 - SAME_LAW) * abs(a) for a, b in pairwise(steps)]
    if all(grows) and all(s * qs[-1] > 0 for s in steps):
        return Side(SideKind.INFINITE, infinite, 0, 0.0)
    return None


def _converging(qs: Sequence[Any], fall: float) -> Side | None:
    """Recognise quotients that approach a limit by one power of the step (Aitken)."""
    steps = [b - a for a, b in pairwise(qs)]
    if len(steps) < 3 or any(s == 0 for s in steps):
        return None
    ratios = [b / a for a, b in pairwise(steps)]
    law = ratios[-1]
    if abs(law) > 0.5 or abs(law - ratios[-2]) > SAME_LAW * abs(law):
        return None
    limits = [_aitken(*qs[k : k + 3]) for k in (len(qs) - 4, len(qs) - 3)]
    value, change = limits[1], abs(limits[1] - limits[0])
    if abs(value) <= RESOLVED * change:
        return Side(SideKind.FINITE, value * 0, abs(value) + change, _power(law, fall))
    return Side(SideKind.FINITE, value, change, _power(law, fall))


def _aitken(a: Any, b: Any, c: Any) -> Any:
    """Return the limit of a geometric approach (A. C. Aitken, 1926)."""
    first, second = b - a, c - b
    return c - second * second / (second - first)


def _vanishing(qs: Sequence[Any]) -> Side | None:
    """Recognise quotients that fall to zero by no single law, as h·sin(1/h) does."""
    sizes = [abs(q) for q in qs]
    if len(sizes) > 3 and all(b <= 0.1 * a for a, b in pairwise(sizes)):
        return Side(SideKind.FINITE, qs[-1] * 0, sizes[-1])
    return None
