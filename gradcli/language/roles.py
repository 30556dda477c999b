"""Which variables reach only places without a derivative: sizes, axes, indices, orders.

May import `syntax`, `arguments`, `makers`, `functions`, `errors`. Decided from the text
alone, before anything is traced, so that such a variable can be held constant.
"""

from __future__ import annotations

from collections.abc import Collection

from gradcli.language import makers
from gradcli.language.arguments import bind, is_constant_parameter, is_order
from gradcli.language.functions import find_maker
from gradcli.language.gathering import index_parts
from gradcli.language.syntax import Assign, Call, Define, Index, Keyword, Name, Node, Program

# Numbers of a maker that are computed with; its other numbers are sizes and bounds.
_LIVE = {"full": ("fill_value",), "linspace": ("start", "stop")}


def held_constant(program: Program, bound: Collection[str]) -> list[str]:
    """Return the variables that occur only where a derivative makes no sense.

    Parameters
    ----------
    program
        A parsed program.
    bound
        Names that have values.

    Returns
    -------
    list of str
        Bound names of which every occurrence is a size, an axis, an index, or a constant
        parameter; names that do not occur are left out.
    """
    uses = _Uses(program)
    return [name for name in bound if uses.live.get(name) is False]


class _Uses:
    """For each name, whether one of its uses can carry a derivative."""

    def __init__(self, program: Program) -> None:
        self.live: dict[str, bool] = {}
        self.parameters: dict[str, tuple[bool, ...]] = {}
        for statement in program.statements:
            if isinstance(statement, Define):
                self._function(statement)
        self._visit(program.final, True)
        for statement in reversed(program.statements):
            if isinstance(statement, Assign):
                self._visit(statement.value, self.live.pop(statement.name, True))

    def _function(self, function: Define) -> None:
        """Find which parameters can carry a derivative; free names of the body count."""
        outside, self.live = self.live, {}
        self._visit(function.body, True)
        inside = self.live
        self.parameters[function.name] = tuple(inside.pop(p, True) for p in function.parameters)
        self.live = outside
        for name, is_live in inside.items():
            self._use(name, is_live)

    def _use(self, name: str, is_live: bool) -> None:
        self.live[name] = self.live.get(name, False) or is_live

    def _visit(self, root: Node, is_live: bool) -> None:
        waiting = [(root, is_live)]
        while waiting:
            node, live = waiting.pop()
            if isinstance(node, Name):
                self._use(node.id, live)
            elif isinstance(node, Index):
                waiting.append((node.operand, live))
                waiting.extend((part, False) for part in index_parts(node))
            elif isinstance(node, Call):
                waiting.extend(self._arguments(node, live))
            else:
                waiting.extend((child, live) for child in node.children())

    def _arguments(self, node: Call, live: bool) -> list[tuple[Node, bool]]:
        if node.function in self.parameters and not node.pasted:
            roles = self.parameters[node.function]
            return [(a, live and role) for a, role in zip(node.args, roles, strict=False)]
        if find_maker(node.function) is not None:
            making = makers.bind_maker(node)
            wanted = _LIVE.get(making.name, ())
            found = [(size, False) for size in making.sizes]
            found += [(n, live and name in wanted) for name, n in making.arguments.items()]
            return found
        bound = bind(node)
        found = [(a, live and not is_order(bound.function, i)) for i, a in enumerate(bound.arrays)]
        found += [(s, False) for s in bound.sizes or ()]
        for name, value in bound.params.items():
            inner = value.value if isinstance(value, Keyword) else value
            found.append((inner, live and not is_constant_parameter(bound.function, name)))
        return found
