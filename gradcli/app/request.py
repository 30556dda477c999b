"""What is asked of a use case, whoever asks.

Imports the standard library only.
"""

from __future__ import annotations

from typing import NamedTuple


class Point(NamedTuple):
    """Where variables get their values from.

    Parameters
    ----------
    bindings
        Names with the text of their values, in order.
    files
        Files of which every variable that occurs is bound.
    seed
        Seed of random values that name none.
    untrusted
        Whether files may not be read.
    """

    bindings: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()
    seed: int = 0
    untrusted: bool = False


class Request(NamedTuple):
    """A question about one expression or function at one point.

    Parameters
    ----------
    expr
        The expression, or a target ``FILE.py::FN``.
    origin
        Where the expression was read from, if from a file or stream.
    point
        The values of its variables.
    dialect
        ``numpy`` or ``matrix``.
    wrt
        The variables to differentiate by; ``None``: all that can be.
    check
        Whether the answer is verified.
    strict
        Whether a kink counts as no verdict.
    order
        2 for second derivatives too.
    cotangent
        The text of ``--gradient``; ``None`` where the output must be a scalar.
    vectors
        The texts of ``--vector``.
    layout
        Of a Jacobian: ``numerator`` or ``denominator``.
    timeout, memory
        Limits on a Python target: seconds, and bytes.
    verbose
        Whether numbers are wanted that only ``-v`` shows.
    """

    expr: str
    origin: str | None = None
    point: Point = Point()
    dialect: str = "numpy"
    wrt: tuple[str, ...] | None = None
    check: bool = True
    strict: bool = False
    order: int = 1
    cotangent: str | None = None
    vectors: tuple[str, ...] = ()
    layout: str = "numerator"
    timeout: float = 30.0
    memory: int = 2 * 1024**3
    verbose: bool = False


class CheckRequest(NamedTuple):
    """A request to judge hand-written gradients.

    Parameters
    ----------
    targets
        Files, folders, ``FILE.py::FN``, ``module:FN``, or expressions.
    expressions
        Expressions from a file or stream: never targets, whatever they look like.
    claims
        The texts of ``--claim``.
    point, dialect, wrt, strict, timeout, memory
        As in `Request`.
    samples
        Number of random points beside the given ones.
    shapes
        Shapes of random points by variable.
    pattern
        Only targets whose name contains it.
    most_failures
        Stop after so many targets that are not ok; ``None``: never.
    list_only
        Whether targets are listed and not run.
    rtol, atol
        A wrong claim within these is ok; ``None``: not used.
    verbose
        Whether numbers are wanted that only ``-v`` shows.
    mutate
        Whether rules are broken on purpose, to count what the verdict notices.
    baseline
        File of known failures, which do not count; written where it does not exist.
    last_failed
        Whether only what was not ok last time is checked.
    jobs
        Number of files that are checked at a time.
    seed_hook
        ``module:FN`` or ``FILE.py::FN``, called before every call of a checked function.
    """

    targets: tuple[str, ...]
    expressions: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    point: Point = Point()
    dialect: str = "numpy"
    wrt: tuple[str, ...] | None = None
    strict: bool = False
    samples: int = 0
    shapes: tuple[tuple[str, tuple[int, ...]], ...] = ()
    pattern: str | None = None
    most_failures: int | None = None
    list_only: bool = False
    rtol: float | None = None
    atol: float | None = None
    timeout: float = 30.0
    memory: int = 2 * 1024**3
    verbose: bool = False
    mutate: bool = False
    baseline: str | None = None
    last_failed: bool = False
    jobs: int = 1
    seed_hook: str | None = None
