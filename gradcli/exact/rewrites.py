"""Forms that keep the digits another form of the same function loses.

May import `ir`. A node of the program is compared with a few patterns; what is returned is
text in the user's notation, for a person to type.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.exact.places import entry_name, record_of
from gradcli.ir.program import Program

# Operands inside a suggestion are written out to this depth.
_DEPTH = 3
_SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "^"}


class Node:
    """A value of a program, with a look at what computes it."""

    def __init__(self, program: Program, ref: int) -> None:
        self.program, self.ref = program, ref

    @property
    def op(self) -> str:
        """Name of the operation, empty for inputs and constants."""
        return "" if self.ref < len(self.program.inputs) else self._record[0].name

    @property
    def _record(self) -> Any:
        return record_of(self.program, self.ref)

    @property
    def args(self) -> list[Node]:
        """The arguments."""
        return [Node(self.program, r) for r in self._record[1]] if self.op else []

    def is_number(self, value: float) -> bool:
        """Whether this is a constant of that value."""
        if self.ref >= 0:
            return False
        constant = np.asarray(self.program.consts[~self.ref])
        return (
            constant.size > 0 and constant.dtype.kind in "fiu" and bool((constant == value).all())
        )

    def squared(self) -> Node | None:
        """Return what this is the square of, if it is one."""
        args = self.args
        if self.op == "square":
            return args[0]
        if self.op == "multiply" and args[0].ref == args[1].ref:
            return args[0]
        if self.op == "power" and args[1].is_number(2):
            return args[0]
        return None

    def text(self, depth: int = _DEPTH) -> str:
        """Return this value as it would be typed."""
        if self.ref < 0:
            constant = np.asarray(self.program.consts[~self.ref])
            return f"{float(constant):.6g}" if constant.size == 1 else "constant"
        place = self.program.places.get(self.ref)
        if not self.op or depth == 0:
            return entry_name(self.program, self.ref, 0).split("[")[0] if not self.op else "…"
        if place is not None and place.span is not None and place.text:
            return place.text
        parts = [a.text(depth - 1) for a in self.args]
        if self.op in _SIGNS and len(parts) == 2:
            return f"({parts[0]} {_SIGNS[self.op]} {parts[1]})"
        return f"{self.op}({', '.join(parts)})"


def _one_minus_cos(node: Node) -> str | None:
    a, b = node.args
    for one, cosine, sign in ((a, b, ""), (b, a, "-")):
        if one.is_number(1) and cosine.op == "cos":
            return f"{sign}2*sin({cosine.args[0].text()}/2)^2"
    return None


def _exp_minus_one(node: Node) -> str | None:
    a, b = node.args
    if node.op == "subtract" and a.is_number(1) and b.op == "exp":
        return f"-expm1({b.args[0].text()})"
    minus_one = b.is_number(1) if node.op == "subtract" else b.is_number(-1)
    return f"expm1({a.args[0].text()})" if minus_one and a.op == "exp" else None


def _one_minus(node: Node) -> str | None:
    a, b = node.args
    square = b.squared()
    if not a.is_number(1):
        return None
    if b.op == "sigmoid":
        return f"sigmoid(-{b.args[0].text()})"
    if square is not None and square.op in ("tanh", "sin", "cos"):
        u = square.args[0].text()
        return {"tanh": f"1/cosh({u})^2", "sin": f"cos({u})^2", "cos": f"sin({u})^2"}[square.op]
    if b.op in ("erf", "erfc"):
        return f"{'erfc' if b.op == 'erf' else 'erf'}({b.args[0].text()})"
    return None


def _differences(node: Node) -> str | None:
    a, b = node.args
    p, q = a.squared(), b.squared()
    if p is not None and q is not None:
        return f"({p.text()} - {q.text()})*({p.text()} + {q.text()})"
    if a.op == b.op == "sqrt":
        u, v = a.args[0].text(), b.args[0].text()
        return f"({u} - {v})/(sqrt({u}) + sqrt({v}))"
    if a.op == b.op == "log":
        u, v = a.args[0].text(), b.args[0].text()
        return f"log1p(({u} - {v})/{v})"
    return None


def _logarithm(node: Node) -> str | None:
    (u,) = node.args[:1]
    if u.op == "sum" and u.args[0].op == "exp":
        return f"logsumexp({u.args[0].args[0].text()})"
    if u.op not in ("add", "subtract"):
        return None
    a, b = u.args
    one, rest = (a, b) if a.is_number(1) else (b, a)
    if not one.is_number(1) or (u.op == "subtract" and one is not a):
        return None
    if u.op == "add" and rest.op == "exp":
        return f"softplus({rest.args[0].text()})"
    return f"log1p({'-' if u.op == 'subtract' else ''}{rest.text()})"


def _root(node: Node) -> str | None:
    (u,) = node.args[:1]
    if u.op == "add":
        p, q = (a.squared() for a in u.args)
        return None if p is None or q is None else f"hypot({p.text()}, {q.text()})"
    whole = u.squared()
    if whole is not None:
        return f"abs({whole.text()})"
    square = u.args[0].squared() if u.op == "sum" else None
    return None if square is None else f"norm({square.text()})"


def _quotient(node: Node) -> str | None:
    a, b = node.args
    if a.op == "exp" and b.op == "sum" and b.args[0].ref == a.ref:
        return f"softmax({a.args[0].text()})"
    if a.is_number(1) and b.op == "add":
        one, rest = b.args if b.args[0].is_number(1) else b.args[::-1]
        if one.is_number(1) and rest.op == "exp":
            inner = rest.args[0]
            u = inner.args[0].text() if inner.op == "negative" else f"-{inner.text()}"
            return f"sigmoid({u})"
    return None


_PATTERNS: dict[str, tuple[Callable[[Node], str | None], ...]] = {
    "subtract": (_one_minus_cos, _exp_minus_one, _one_minus, _differences),
    "add": (_exp_minus_one,),
    "log": (_logarithm,),
    "sqrt": (_root,),
    "divide": (_quotient,),
}


def rewrite(program: Program, slot: int) -> str:
    """Return the form that keeps the digits of a node, or an empty string.

    Parameters
    ----------
    program
        The program.
    slot
        The output slot of the node.
    """
    node = Node(program, slot)
    found = (pattern(node) for pattern in _PATTERNS.get(node.op, ()))
    return next((text for text in found if text), "")
