"""Recursive procedures without recursion: generators that yield the calls they make.

Imports the standard library only. A procedure that would call itself writes
``result = yield procedure(...)`` instead; `run` keeps the waiting generators on a list.
Depth of the input is then a length of that list, and never Python's stack.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

# What a procedure returns differs from one to the next; each says it in its docstring.
Steps = Generator[Any, Any, Any]


def run(procedure: Steps) -> Any:
    """Run a procedure with all the procedures it yields; return its result.

    Examples
    --------
    >>> def depth(n):
    ...     return 0 if n == 0 else 1 + (yield depth(n - 1))
    >>> run(depth(100_000))
    100000
    """
    waiting = [procedure]
    result: Any = None
    while waiting:
        try:
            called = waiting[-1].send(result)
        except StopIteration as finished:
            waiting.pop()
            result = finished.value
        else:
            waiting.append(called)
            result = None
    return result
