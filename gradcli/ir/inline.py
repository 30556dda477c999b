"""A short program as one line, as one would write it: ``a/(a**2 + b**2)``.

May import `program` and `ops`. Every value stands where it is used, so this is for rules and
other small programs; what grows beyond a line is refused by length, not cut.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ir.program import Program, Record

# A line that people read; longer formulas are better read as a listing.
_LONGEST = 160

# How an operation is written between its operands, how tightly it binds, and whether its
# right operand needs brackets where it binds as tightly (``a - (b - c)``).
_INFIX = {
    "add": (" + ", 1, False), "subtract": (" - ", 1, True), "multiply": ("*", 2, False),
    "masked_multiply": ("*", 2, False), "divide": ("/", 2, True), "power": ("**", 4, True),
    "less": (" < ", 0, True), "less_equal": (" <= ", 0, True), "greater": (" > ", 0, True),
    "greater_equal": (" >= ", 0, True), "equal": (" == ", 0, True), "not_equal": (" != ", 0, True),
    "matmul": ("@", 2, True),
}  # fmt: skip
_NEGATION, _ATOM = 3, 9

Piece = tuple[str, int]


def inline(program: Program) -> str | None:
    """Return the one output of a program as a formula of its inputs.

    Parameters
    ----------
    program
        A program with one output.

    Returns
    -------
    str or None
        The formula; ``None`` where it does not fit on a line or an operation has params.
    """
    pieces: dict[int, Piece] = {s: (program.names[s], _ATOM) for s in program.inputs}
    for record in program.records:
        piece = _written(program, pieces, record)
        if piece is None or len(piece[0]) > _LONGEST:
            return None
        pieces[record[3]] = piece
    return _piece(program, pieces, program.outputs[0])[0]


def _piece(program: Program, pieces: dict[int, Piece], ref: int) -> Piece:
    """Return what a reference is written as."""
    return pieces[ref] if ref >= 0 else _number(program.consts[~ref])


def _number(value: Any) -> Piece:
    """Return a constant as people write it: ``2`` for 2.0."""
    if np.size(value) != 1:
        return f"const{list(np.shape(value))}", _ATOM
    number = float(np.ravel(value)[0])
    text = str(int(number)) if number.is_integer() and abs(number) < 1e6 else repr(number)
    return text, _NEGATION if number < 0 else _ATOM


def _written(program: Program, pieces: dict[int, Piece], record: Record) -> Piece | None:
    """Return one record as text, and how tightly it binds."""
    op, refs, params, _ = record
    if params and params is not op.params:
        return None
    given = [_piece(program, pieces, r) for r in refs]
    if op.name in _INFIX and len(given) == 2:
        sign, strength, is_strict = _INFIX[op.name]
        left, right = given
        shown = _bracketed(left, strength + (op.name == "power"))
        least = _ATOM if right[0].startswith("-") else strength + is_strict
        return f"{shown}{sign}{_bracketed(right, least)}", strength
    if op.name == "negative":
        return f"-{_bracketed(given[0], 2)}", 1 if given[0][1] < _NEGATION else _NEGATION
    if op.name == "reciprocal":
        return f"1/{_bracketed(given[0], 3)}", 2
    return f"{op.name}({', '.join(text for text, _ in given)})", _ATOM


def _bracketed(piece: Piece, least: int) -> str:
    """Return a piece with brackets where it binds less tightly than its place asks."""
    text, own = piece
    return text if own >= least else f"({text})"
