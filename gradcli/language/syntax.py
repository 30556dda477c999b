"""The tree of an expression: frozen nodes, each with the span of its text.

May import `source`. Two nodes are equal when they say the
same, wherever they stand. Comparing, hashing, printing and walking use their own stacks,
since a sum of 9,000 terms is a tree 9,000 deep.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gradcli.source import Source, Span

COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})


class Dialect(StrEnum):
    """What ``*``, ``/`` and ``^`` mean: elementwise, or the matrix operations."""

    NUMPY = "numpy"
    MATRIX = "matrix"


def _parts(node: Any) -> tuple[Any, ...]:
    """Return the fields of a node, its span left out."""
    return tuple(getattr(node, name) for name in node.__match_args__[1:])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Node:
    """A piece of an expression; `span` is its range in the source text, brackets included."""

    span: Span

    def __eq__(self, other: object) -> bool:
        pairs: list[tuple[Any, Any]] = [(self, other)]
        while pairs:
            a, b = pairs.pop()
            if a is b or type(a) is Span is type(b):
                continue
            if type(a) is not type(b):
                return False
            if isinstance(a, Node):
                pairs.extend(zip(_parts(a), _parts(b), strict=True))
            elif isinstance(a, tuple):
                if len(a) != len(b):
                    return False
                pairs.extend(zip(a, b, strict=True))
            elif a != b:
                return False
        return True

    def __hash__(self) -> int:
        return hash(tuple(_flat(self)))

    def __repr__(self) -> str:
        return "".join(_written(self))

    def children(self) -> tuple[Node, ...]:
        """Return the nodes directly below, from left to right."""
        found: list[Node] = []
        waiting = list(reversed(_parts(self)))
        while waiting:
            part = waiting.pop()
            if isinstance(part, Node):
                found.append(part)
            elif isinstance(part, tuple):
                waiting.extend(reversed(part))
        return tuple(found)


def _flat(node: Node) -> Iterator[Any]:
    """Yield a linear description of a tree: types, lengths, leaves."""
    waiting: list[Any] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Node):
            yield type(part)
            waiting.extend(_parts(part))
        elif isinstance(part, tuple):
            yield len(part)
            waiting.extend(part)
        elif not isinstance(part, Span):
            yield part


def _written(node: Node) -> Iterator[str]:
    """Yield the pieces of a tree's text, e.g. ``Binary('+', Name('x'), Number(1.0))``."""
    waiting: list[Any] = [node]
    while waiting:
        part = waiting.pop()
        if type(part) is str:
            yield part
        elif isinstance(part, Node):
            yield f"{type(part).__name__}("
            waiting.append(")")
            waiting.extend(_separated([p for p in _parts(part) if not isinstance(p, Span)]))
        elif isinstance(part, tuple):
            yield "("
            waiting.append(",)" if len(part) == 1 else ")")
            waiting.extend(_separated(list(part)))


def _separated(parts: list[Any]) -> Iterator[Any]:
    """Yield parts in reverse order with commas between, leaves already as text."""
    for i, part in enumerate(reversed(parts)):
        if i:
            yield ", "
        yield part if isinstance(part, Node | tuple) else repr(part)


def postorder(root: Node) -> Iterator[Node]:
    """Yield every node of a tree after those below it, from left to right."""
    waiting: list[tuple[Node, bool]] = [(root, False)]
    while waiting:
        node, is_open = waiting.pop()
        below = () if is_open else node.children()
        if not below:
            yield node
            continue
        waiting.append((node, True))
        waiting.extend((child, False) for child in reversed(below))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Number(Node):
    """A literal, float64 from the moment it is read."""

    value: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Name(Node):
    """A variable or a constant."""

    id: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Literal(Node):
    """``True``, ``False`` or ``None``, which stand only as arguments."""

    value: bool | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Unary(Node):
    """A prefix: ``+``, ``-``, ``~`` or ``not``."""

    op: str
    operand: Node


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Binary(Node):
    """Two operands and a sign.

    Parameters
    ----------
    op
        ``+ - * / @ ^`` (elementwise, ``@`` the matrix product), ``·`` (one operand scalar),
        ``m* m/ m^`` (those of the matrix dialect), a comparison, ``&`` or ``|``.
    left, right
        The operands.
    op_span
        Range of the sign; empty for a product written by juxtaposition.
    """

    op: str
    left: Node
    right: Node
    op_span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Logic(Node):
    """``and`` or ``or`` of scalar conditions; the right one is looked at only if it matters."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Conditional(Node):
    """``body if test else otherwise``; only one branch is evaluated."""

    body: Node
    test: Node
    otherwise: Node


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Transpose(Node):
    """``x'`` (of a vector: a row) or ``x.T`` (exactly NumPy's); `sign` is ``'`` or ``T``."""

    operand: Node
    sign: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Slice(Node):
    """``start:stop:step`` inside an index; parts left out are ``None``."""

    start: Node | None
    stop: Node | None
    step: Node | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ellipsis(Node):
    """``...`` inside an index."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NewAxis(Node):
    """``newaxis`` or ``None`` inside an index."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Index(Node):
    """``operand[items]``."""

    operand: Node
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Keyword(Node):
    """``name=value`` among the arguments of a call."""

    name: str
    value: Node


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Tuple(Node):
    """``(2, 3)``, which stands only as an argument."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Call(Node):
    """A function applied to arguments.

    Parameters
    ----------
    function
        The name, prefixes dropped.
    args
        Arguments in order, `Keyword`s among them; the object of a method comes first.
    pasted
        The spelling it was pasted in: a prefix like ``np``, ``.`` for a method, or nothing.
    name_span
        Range of the function's name.
    """

    function: str
    args: tuple[Node, ...]
    pasted: str
    name_span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class List(Node):
    """``[1, 2; 3, 4]``: rows of entries.

    Parameters
    ----------
    rows
        The entries by row; one row for ``[1, 2]``, none for ``[]``.
    stacked
        Whether a ``;`` stands in it, which makes even one row a matrix.
    """

    rows: tuple[tuple[Node, ...], ...]
    stacked: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Range(Node):
    """``start:stop:count`` of a value: `count` points, both ends included."""

    start: Node
    stop: Node
    count: Node


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Assign(Node):
    """``name = value``."""

    name: str
    value: Node
    name_span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Define(Node):
    """``name(parameters) = body``."""

    name: str
    parameters: tuple[str, ...]
    body: Node
    name_span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """A parsed text: statements and a final expression.

    Programs are compared by identity, so that work done for one can be kept.

    Parameters
    ----------
    source
        The text.
    statements
        Assignments and function definitions, in order.
    final
        The expression whose value is the result.
    label, label_span
        The name it is given (``y = …``), if any, and where that stands.
    dialect
        In which it was read.
    """

    source: Source
    statements: tuple[Assign | Define, ...]
    final: Node
    label: str | None
    dialect: Dialect
    label_span: Span | None = None

    def roots(self) -> Iterator[Node]:
        """Yield the statements and the final expression."""
        yield from self.statements
        yield self.final
