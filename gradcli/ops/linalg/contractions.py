"""`einsum`, and what is written with it or with products of several matrices.

May import `axes`, `op`, `rule` and NumPy. The primitive `contract` takes explicit
subscripts in which no operand repeats a letter; `einsum` brings every call into that form
(ellipsis spelt out, diagonals taken first) or refuses it.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_letters
from typing import Any

import numpy as np

from gradcli.ops.axes import here, shape_of
from gradcli.ops.op import Composite, Op, call
from gradcli.ops.rule import Multilinear, Variadic


def _parts(subscripts: str) -> tuple[list[str], str]:
    inputs, output = subscripts.split("->")
    return inputs.split(","), output


def _contract(*operands: Any, subscripts: str, optimize: Any = False) -> Any:
    return np.einsum(subscripts, *operands, optimize=optimize)


def _contract_pull(
    k: int, g: Any, y: Any, *operands: Any, subscripts: str, optimize: Any = False
) -> Any:
    """Return the contraction of the cotangent with all other operands.

    A letter that only operand `k` has was summed alone: the cotangent is constant along it.
    """
    inputs, output = _parts(subscripts)
    mine = inputs[k]
    others = [s for i, s in enumerate(inputs) if i != k]
    known = set(output).union(*others) if others else set(output)
    inner = "".join(c for c in mine if c in known)
    arguments = [g, *(x for i, x in enumerate(operands) if i != k)]
    t = np.einsum(
        ",".join([output, *others]) + "->" + inner, *arguments, optimize=len(arguments) > 2
    )
    if inner == mine:
        return t
    have = iter(shape_of(t))
    shape = tuple(next(have) if c in known else 1 for c in mine)
    full = tuple(
        n if c not in known else m
        for c, n, m in zip(mine, shape_of(operands[k]), shape, strict=True)
    )
    return np.broadcast_to(np.reshape(t, shape), full)


class _Contraction(Multilinear):
    """The rule of a product of any number of operands."""

    __slots__ = ()

    def vjps(self, apply: Any) -> Any:
        """Return one vjp per operand, from one indexed function."""
        return Variadic(_contract_pull)


contract = Op(
    "contract",
    _contract,
    _Contraction(()),
    arrays=None,
    params={"subscripts": "", "optimize": False},
    samples=(
        call([[1.0, 2.0], [3.0, 4.0]], [5.0, 6.0], subscripts="ij,j->i"),
        call([[1.0, 2.0], [3.0, 4.0]], [5.0, 6.0], subscripts="ij,k->i"),
        call([1.0, 2.0], [[1.0, 2.0], [3.0, 4.0]], [5.0, 6.0], subscripts="i,ij,j->"),
        call([[1.0, 2.0, 3.0], [3.0, 4.0, 5.0]], subscripts="ij->ji"),
    ),
    bad=(call([1.0, 2.0], [1.0, 2.0, 3.0], subscripts="i,i->"),),
    doc="Sum of products over the letters that the result does not have.",
)


def _sublists(arguments: Sequence[Any]) -> tuple[str, list[Any]]:
    """Turn ``einsum(op0, [0, 1], op1, [1], [0])`` into subscripts and operands."""
    pairs, rest = divmod(len(arguments), 2)
    operands = [arguments[2 * i] for i in range(pairs)]

    def spell(labels: Any) -> str:
        return "".join("..." if i is Ellipsis else ascii_letters[i] for i in labels)

    text = ",".join(spell(arguments[2 * i + 1]) for i in range(pairs))
    return (text + "->" + spell(arguments[-1]) if rest else text), operands


def _spelt_out(subscripts: str, operands: Sequence[Any]) -> tuple[list[str], str]:
    """Return explicit subscripts: no ellipsis, and the output named."""
    text = subscripts.replace(" ", "")
    left, arrow, output = text.partition("->")
    inputs = left.split(",")
    if len(inputs) != len(operands):
        raise ValueError("einsum: more or fewer operands than subscripts")
    used = set(text)
    free = [c for c in ascii_letters if c not in used]
    widths = [
        len(shape_of(x)) - len(s.replace("...", "")) if "..." in s else 0
        for s, x in zip(inputs, operands, strict=True)
    ]
    width = max(widths)
    if min(widths) < 0 or width > len(free):
        raise ValueError("einsum: subscripts do not fit the operands")
    letters = "".join(free[:width])
    inputs = [s.replace("...", letters[width - w :]) for s, w in zip(inputs, widths, strict=True)]
    if arrow:
        return inputs, output.replace("...", letters)
    every = "".join(inputs)
    once = sorted(c for c in set(every) if every.count(c) == 1 and c not in letters)
    return inputs, letters + "".join(once)


def _without_repeats(s: str, x: Any) -> tuple[str, Any]:
    """Take diagonals until no letter of an operand stands twice."""
    if len(s) != len(shape_of(x)):
        raise ValueError("einsum: operand does not have as many axes as subscripts")
    for c in dict.fromkeys(s):
        while s.count(c) > 1:
            i = s.index(c)
            j = s.index(c, i + 1)
            x = np.diagonal(x, axis1=i, axis2=j)
            s = s[:i] + s[i + 1 : j] + s[j + 1 :] + c
    return s, x


def _einsum(*arguments: Any, optimize: Any = False, **refused: Any) -> Any:
    if any(v is not None for v in refused.values()):
        raise TypeError(f"einsum with {next(iter(refused))}= is not followed")
    if isinstance(arguments[0], str):
        subscripts, operands = arguments[0], list(arguments[1:])
    else:
        subscripts, operands = _sublists(arguments)
    inputs, output = _spelt_out(subscripts, operands)
    pairs = [_without_repeats(s, x) for s, x in zip(inputs, operands, strict=True)]
    text = ",".join(s for s, _ in pairs) + "->" + output
    return contract.apply(tuple(x for _, x in pairs), {"subscripts": text, "optimize": optimize})


einsum = Composite(
    "einsum",
    _einsum,
    arrays=0,
    params={"optimize": False},
    numpy=(np.einsum,),
    samples=(
        call("ij,jk->ik", [[1.0, 2.0], [3.0, 4.0]], [[5.0], [6.0]]),
        call("ii", [[1.0, 2.0], [3.0, 4.0]]),
    ),
    doc="Einstein summation.",
)


def _chain(shapes: Sequence[tuple[int, ...]]) -> list[list[int]]:
    """Return the best split of every sub-chain of a matrix product (dynamic programming)."""
    n = len(shapes)
    sizes = [shapes[0][0], *(s[1] for s in shapes)]
    cost = [[0.0] * n for _ in range(n)]
    split = [[0] * n for _ in range(n)]
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            cost[i][j] = float("inf")
            for k in range(i, j):
                c = cost[i][k] + cost[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1]
                if c < cost[i][j]:
                    cost[i][j], split[i][j] = c, k
    return split


def _multi_dot(arrays: Sequence[Any], *, out: Any = None) -> Any:
    """Return the product in the cheapest order; the chain is as long as the call is wide."""
    if len(arrays) < 2:
        raise ValueError("Expecting at least two arrays.")
    first, last = len(shape_of(arrays[0])) == 1, len(shape_of(arrays[-1])) == 1
    parts = list(arrays)
    parts[0] = parts[0][None, :] if first else parts[0]
    parts[-1] = parts[-1][:, None] if last else parts[-1]
    split = _chain([shape_of(p) for p in parts])
    done: dict[tuple[int, int], Any] = {(i, i): p for i, p in enumerate(parts)}
    wanted = [(0, len(parts) - 1)]
    while wanted:
        i, j = wanted[-1]
        k = split[i][j]
        missing = [span for span in ((i, k), (k + 1, j)) if span not in done]
        if missing:
            wanted.extend(missing)
            continue
        done[wanted.pop()] = np.dot(done[i, k], done[k + 1, j])
    y = done[0, len(parts) - 1]
    if first:
        y = y[0]
    return y[..., 0] if last else y


multi_dot = Composite(
    "multi_dot",
    _multi_dot,
    arrays=None,
    numpy=(np.linalg.multi_dot,),
    samples=(call([[1.0, 2.0]], [[1.0, 2.0], [3.0, 4.0]], [5.0, 6.0]),),
    bad=(call([1.0, 2.0]),),
    doc="Product of several matrices in the cheapest order.",
)


def _matrix_power(a: Any, n: int) -> Any:
    """Return an integer power by NumPy's sequence of squarings."""
    if int(n) != n:
        raise TypeError("exponent must be an integer")
    n = int(n)
    if n < 0:
        a, n = np.linalg.inv(a), -n
    if n == 0:
        return np.broadcast_to(np.eye(shape_of(a)[-1]), shape_of(a)) * 1.0
    if n == 3:
        return np.matmul(np.matmul(a, a), a)
    if n == 1:
        return a * 1.0
    y = square = None
    while n > 0:
        square = a if square is None else np.matmul(square, square)
        n, bit = divmod(n, 2)
        if bit:
            y = square if y is None else np.matmul(y, square)
    return y


matrix_power = Composite(
    "matrix_power",
    _matrix_power,
    params={"n": 1},
    numpy=(np.linalg.matrix_power,),
    aliases=("matpow",),
    samples=(
        call([[1.0, 2.0], [3.0, 4.0]], n=0),
        call([[1.0, 2.0], [3.0, 4.0]], n=3),
        call([[1.0, 2.0], [3.0, 4.0]], n=5),
        call([[1.0, 2.0], [3.0, 4.0]], n=-2),
    ),
    bad=(call([[1.0, 2.0], [3.0, 4.0]], n=0.5), call([[1.0, 2.0]], n=2)),
    doc="Integer power of a square matrix.",
)


def _cross(
    a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Any:
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    if shape_of(a)[-1] != 3 or shape_of(b)[-1] != 3:
        raise ValueError("a cross product needs vectors of three components")
    a0, a1, a2 = (a[..., i] for i in range(3))
    b0, b1, b2 = (b[..., i] for i in range(3))
    parts = [a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0]
    return np.stack(parts, axis=axisc if len(shape_of(parts[0])) else 0)


cross = Composite(
    "cross",
    _cross,
    arrays=2,
    params={"axisa": -1, "axisb": -1, "axisc": -1, "axis": None},
    numpy=here(np, "cross") + here(np.linalg, "cross"),
    samples=(
        call([1.0, 2.0, 3.0], [4.0, 5.0, 7.0]),
        call([[1.0, 2.0, 3.0], [0.5, 0.0, -1.0]], [4.0, 5.0, 7.0]),
    ),
    bad=(call([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0]),),
    doc="Cross product of vectors of three components.",
)
TABLE = (contract, einsum, multi_dot, matrix_power, cross)
