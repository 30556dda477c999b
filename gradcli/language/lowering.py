"""From tree to steps: a flat list that the machine runs, user functions written out in place.

May import `syntax`, `names`, `machine` and the modules with steps, `trampoline`, `limits`,
`errors`. Only control flow makes jumps; everything else is in the order in which it is
evaluated, each node once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any

from gradcli.errors import GradcliError, LanguageError
from gradcli.language import arithmetic, calls, control, gathering, makers
from gradcli.language.arguments import bind
from gradcli.language.functions import find_maker
from gradcli.language.limits import TREE_NODES, over_limit
from gradcli.language.machine import Machine, Step
from gradcli.language.names import CONSTANTS, check_names
from gradcli.language.syntax import (
    COMPARISONS,
    Assign,
    Binary,
    Call,
    Conditional,
    Define,
    Index,
    Keyword,
    List,
    Literal,
    Logic,
    Name,
    Node,
    Number,
    Program,
    Transpose,
    Tuple,
    Unary,
)
from gradcli.language.trampoline import Steps, run

Procedure = Callable[[Machine, Step], None]
# Programs whose lowering is kept: a check evaluates one program many times.
_KEPT = 64

_BINARY: Mapping[str, Procedure] = {
    **dict.fromkeys("+-*/^", arithmetic.elementwise),
    **dict.fromkeys(COMPARISONS, arithmetic.comparison),
    **dict.fromkeys("&|", arithmetic.bits),
    "@": arithmetic.product,
    "·": arithmetic.dotted,
    "m*": arithmetic.matrix_product,
    "m/": arithmetic.matrix_quotient,
    "m^": arithmetic.matrix_power,
}


@lru_cache(maxsize=_KEPT)
def lower(program: Program, bound: tuple[str, ...]) -> tuple[Step, ...]:
    """Check a program's names and return its steps.

    Parameters
    ----------
    program
        A parsed program.
    bound
        Names that have values, in order of binding.

    Raises
    ------
    LanguageError
        For names that mean nothing (see `check_names`) and arguments that do not fit.
    LimitError
        E019 where functions written out in place make the program too long.
    """
    check_names(program, bound)
    lowering = Lowering(bound)
    try:
        for statement in program.statements:
            if isinstance(statement, Define):
                lowering.define(statement)
            else:
                lowering.assign(statement)
        run(lowering.node(program.final, lowering.scope))
    except GradcliError as problem:
        problem.locate(program.source)
        raise
    return tuple(lowering.steps)


class Lowering:
    """The steps so far, and what names mean at this point.

    Parameters
    ----------
    bound
        Names of the environment.
    others
        Further callables by name, with the procedure of their step (values have some).
    """

    def __init__(
        self, bound: Collection[str], others: Mapping[str, Procedure] | None = None
    ) -> None:
        self.bound = frozenset(bound)
        self.others = others or {}
        self.steps: list[Step] = []
        self.scope: dict[str, int] = {}
        self.functions: dict[str, tuple[Define, dict[str, int]]] = {}
        self.slots = 0

    def define(self, statement: Define) -> None:
        """Remember a function with the names that are assigned where it is defined."""
        self.functions[statement.name] = (statement, dict(self.scope))

    def assign(self, statement: Assign) -> None:
        """Lower an assignment."""
        run(self.node(statement.value, self.scope))
        self.scope[statement.name] = self._store(statement)

    def _store(self, node: Node) -> int:
        slot = self.slots
        self.slots += 1
        self._emit(control.store, node, slot)
        return slot

    def _emit(self, procedure: Procedure, node: Node, data: Any = None) -> int:
        if len(self.steps) > TREE_NODES:
            what = "the program is too long once its functions are written out"
            raise over_limit(what, f"{TREE_NODES} operations", node.span)
        self.steps.append(Step(procedure, node, data))
        return len(self.steps) - 1

    def _aim(self, index: int) -> None:
        """Let the jump at `index` lead to the next step."""
        step = self.steps[index]
        self.steps[index] = Step(step.run, step.node, len(self.steps))

    def node(self, node: Node, scope: dict[str, int]) -> Steps:
        """Lower one node, the nodes below it first."""
        if isinstance(node, Number):
            self._emit(control.constant, node, node.value)
        elif isinstance(node, Name):
            self._name(node, scope)
        elif isinstance(node, Conditional):
            yield self._conditional(node, scope)
        elif isinstance(node, Logic):
            yield self._logic(node, scope)
        elif isinstance(node, Call):
            yield self._call(node, scope)
        elif isinstance(node, Literal):
            self._emit(calls.literal, node, node.value)
        else:
            yield self._operation(node, scope)

    def _name(self, node: Name, scope: dict[str, int]) -> None:
        if node.id in scope:
            self._emit(control.load, node, scope[node.id])
        elif node.id in self.bound:
            self._emit(control.free, node, node.id)
        else:
            self._emit(control.constant, node, CONSTANTS[node.id])

    def _operation(self, node: Node, scope: dict[str, int]) -> Steps:
        procedure, below, data = _procedure(node)
        for child in below:
            yield self.node(child, scope)
        self._emit(procedure, node, data)

    def _conditional(self, node: Conditional, scope: dict[str, int]) -> Steps:
        yield self.node(node.test, scope)
        to_otherwise = self._emit(control.branch, node.test)
        yield self.node(node.body, scope)
        to_end = self._emit(control.jump, node)
        self._aim(to_otherwise)
        yield self.node(node.otherwise, scope)
        self._aim(to_end)

    def _logic(self, node: Logic, scope: dict[str, int]) -> Steps:
        yield self.node(node.left, scope)
        procedure = control.unless_true if node.op == "and" else control.unless_false
        to_end = self._emit(procedure, node.left)
        yield self.node(node.right, scope)
        self._emit(control.decide, node.right, node.op)
        self._aim(to_end)

    def _call(self, node: Call, scope: dict[str, int]) -> Steps:
        if not node.pasted and node.function in self.functions:
            yield self._inline(node, scope)
            return
        if node.function in self.others:
            procedure: Procedure = self.others[node.function]
            below: tuple[Node, ...] = node.args
            data: Any = None
        elif find_maker(node.function) is not None:
            making = makers.bind_maker(node)
            procedure, below, data = makers.make, making.nodes, making
        else:
            bound = bind(node)
            procedure, below, data = calls.call, bound.nodes, bound
        for child in below:
            yield self.node(child.value if isinstance(child, Keyword) else child, scope)
        self._emit(procedure, node, data)

    def _inline(self, node: Call, scope: dict[str, int]) -> Steps:
        definition, outside = self.functions[node.function]
        parameters = definition.parameters
        if len(node.args) != len(parameters) or any(isinstance(a, Keyword) for a in node.args):
            what = f"`{node.function}` takes {len(parameters)} arguments by position"
            hint = f"write `{node.function}({', '.join(parameters)})`"
            raise LanguageError("E018", what, node.span, hint=hint)
        inner = dict(outside)
        for argument, parameter in zip(node.args, parameters, strict=True):
            if isinstance(argument, Literal | Tuple):
                what = f"`{node.function}` takes numbers and arrays"
                hint = "write a number, a name or a list in `[` `]`"
                raise LanguageError("E018", what, argument.span, hint=hint)
            yield self.node(argument, scope)
            inner[parameter] = self._store(argument)
        yield self.node(definition.body, inner)


def _procedure(node: Node) -> tuple[Procedure, tuple[Node, ...], Any]:
    """Return the procedure of a node, the nodes it needs, and its data."""
    if isinstance(node, Binary):
        return _BINARY[node.op], (node.left, node.right), None
    if isinstance(node, Unary):
        procedure = arithmetic.negation if node.op == "not" else arithmetic.prefix
        return procedure, (node.operand,), None
    if isinstance(node, Transpose):
        return arithmetic.transposition, (node.operand,), None
    if isinstance(node, Index):
        parts = gathering.index_parts(node)
        return gathering.indexing, (node.operand, *parts), len(parts)
    if isinstance(node, List):
        return gathering.listing, tuple(e for row in node.rows for e in row), None
    if isinstance(node, Tuple):
        return calls.tupling, node.items, len(node.items)
    what = "this cannot stand in an expression"
    raise LanguageError("E001", what, node.span, hint="remove it")
