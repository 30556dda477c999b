"""Where a program leaves its domain: the first operation that makes NaN out of numbers.

May import `interpret`, `flags`, `syntax`, `functions`, `errors`, `source`, NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.errors import DomainError
from gradcli.language.flags import Row, Truth
from gradcli.language.functions import find_function, table_function
from gradcli.language.interpret import interpret
from gradcli.language.syntax import Binary, Call, Name, Node, Program, postorder
from gradcli.source import Span, safe_text

# Signs whose domain the op table knows.
_OPERATIONS = {"/": "divide", "m/": "divide", "^": "power", "m^": "power"}
_SIGNS = {"m*": "*", "m/": "/", "m^": "^"}
_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Undefined:
    """An operation whose result is NaN.

    Parameters
    ----------
    span
        Where it stands.
    name
        The function or sign.
    what
        One sentence, e.g. ``log is undefined at -1``.
    label
        The argument, e.g. ``x = -1``; empty where the text says it already.
    domain
        Where the function is defined, e.g. ``x > 0``; empty where unknown.
    """

    span: Span
    name: str
    what: str
    label: str
    domain: str


def first_undefined(program: Program, env: Mapping[str, Any]) -> Undefined | None:
    """Return the first operation whose value is NaN while its inputs are finite.

    Where there is none, the first whose value is NaN while its inputs are not (``inf - inf``).

    Parameters
    ----------
    program
        A parsed program.
    env
        Plain values by name.

    Returns
    -------
    Undefined or None
        ``None`` where no operation makes NaN (it is in the values already).
    """
    found: list[tuple[bool, Node, list[Any], Any]] = []

    def watch(node: Node, inputs: Sequence[Any], value: Any) -> None:
        result = _array(value)
        arrays = [_array(i) for i in inputs]
        if not np.isnan(result).any() or any(np.isnan(a).any() for a in arrays):
            return
        found.append((all(np.isfinite(a).all() for a in arrays), node, arrays, result))

    interpret(program, env, watch=watch)
    if not found:
        return None
    _, node, arrays, result = next((f for f in found if f[0]), found[0])
    return _described(program, node, arrays, result)


def domain_error(program: Program, env: Mapping[str, Any]) -> DomainError | None:
    """Return E030 for a program whose value is NaN; ``None`` where the values are."""
    place = first_undefined(program, env)
    if place is None:
        return None
    hint = f"{place.name} needs {place.domain}" if place.domain else "choose another point"
    return DomainError("E030", place.what, place.span, program.source, place.label, hint)


def _array(value: Any) -> Any:
    if isinstance(value, Row):
        value = value.vector
    if isinstance(value, Truth):
        value = value.condition
    results = value if isinstance(value, tuple) else getattr(value, "results", None)
    if results is not None:
        value = np.concatenate([np.ravel(r) for r in results])
    return np.asarray(value, dtype=np.float64)


def _described(program: Program, node: Node, arrays: list[Any], result: Any) -> Undefined:
    """Describe an operation at the first place where its result is NaN."""
    place = tuple(int(i) for i in np.argwhere(np.isnan(result))[0])
    entries = [_entry(a, result.shape, place) for a in arrays]
    known = [e for e in entries if e is not None]
    if isinstance(node, Binary):
        sign = _SIGNS.get(node.op, node.op)
        name = f"`{sign}`"
        domain = table_function(_OPERATIONS[node.op]).domain if node.op in _OPERATIONS else None
        what = f"{name} is undefined here"
        if len(known) == 2:
            left = _number(known[0]) if known[0] >= 0 else f"({_number(known[0])})"
            what = f"{left}{sign}{_number(known[1])} is undefined"
        operands: tuple[Node, ...] = (node.left, node.right)
    else:
        name = node.function if isinstance(node, Call) else "this"
        function = find_function(name)
        domain = function.domain if function is not None else None
        at = ", ".join(_number(e) for e in known)
        shown = f"({at})" if len(known) > 1 else at
        what = f"{name} is undefined at {shown}" if known else f"{name} is undefined here"
        operands = node.children()
    label = _label(program, operands, entries, arrays, place)
    return Undefined(node.span, name, what, label, domain.text if domain is not None else "")


def _entry(array: Any, shape: tuple[int, ...], place: tuple[int, ...]) -> float | None:
    """Return the entry of an input that belongs to an entry of the result."""
    try:
        return float(np.broadcast_to(array, shape)[place])
    except ValueError:
        return None


def _number(value: float) -> str:
    return f"{value:.6g}"


def _label(
    program: Program,
    operands: Sequence[Node],
    entries: list[float | None],
    arrays: list[Any],
    place: tuple[int, ...],
) -> str:
    """Return the operands with their numbers, literals left out."""
    parts = []
    for node, entry, array in zip(operands, entries, arrays, strict=False):
        if entry is None or not any(isinstance(n, Name) for n in postorder(node)):
            continue
        text = safe_text(program.source.text[node.span.start : node.span.end], _SHOWN)
        text = text[1:-1] if text.startswith("(") and text.endswith(")") else text
        index = place[len(place) - array.ndim :] if array.ndim else ()
        where = f"[{','.join(map(str, index))}]" if index else ""
        if where and not isinstance(node, Name):
            text = f"({text})"
        parts.append(f"{text}{where} = {_number(entry)}")
    return ", ".join(dict.fromkeys(parts))
