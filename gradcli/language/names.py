"""What each name in a program is: variable, constant, function, or an error.

May import `syntax`, `suggestions`, `limits`, `errors`, and the op table for its names.
Variables win over functions and constants of the same name, so that ``--beta 0.9`` and
``--e 1`` work; an assigned name is a variable from the next statement on.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from types import MappingProxyType

from gradcli.errors import LanguageError
from gradcli.language.functions import function_names, is_function
from gradcli.language.limits import VARIABLES, over_limit
from gradcli.language.suggestions import nearest
from gradcli.language.syntax import Assign, Call, Define, Name, Node, Program, postorder
from gradcli.source import Span, safe_text

CONSTANTS = MappingProxyType(
    {"pi": math.pi, "e": math.e, "tau": math.tau, "inf": math.inf, "nan": math.nan}
)
# Functions that draw random numbers: a value may call them, an expression may not.
RANDOM = frozenset({"randn", "rand", "randint"})
_SHOWN_NAMES = 8


def free_names(program: Program, bound: Collection[str] = ()) -> list[str]:
    """Return the variables of a program in order of first occurrence.

    Parameters
    ----------
    program
        A parsed program.
    bound
        Names that are bound: a constant or function of that name is then a variable.

    Returns
    -------
    list of str
        Names that are not assigned, not parameters, and not constants or functions.
    """
    found: dict[str, None] = {}
    assigned: set[str] = set()
    for root in program.roots():
        parameters = root.parameters if isinstance(root, Define) else ()
        for node in postorder(root):
            if not isinstance(node, Name) or node.id in assigned or node.id in parameters:
                continue
            is_known = node.id in CONSTANTS or is_function(node.id)
            if node.id in bound or not is_known:
                found[node.id] = None
        if isinstance(root, Assign | Define):
            assigned.add(root.name)
    return list(found)


def check_names(program: Program, bound: Collection[str]) -> None:
    """Refuse names that mean nothing, mean something else, or are assigned twice.

    Parameters
    ----------
    program
        A parsed program.
    bound
        The variables that have values, in order of binding.

    Raises
    ------
    LanguageError
        E002, E005, E006 or E016, whichever stands first in the text.
    LimitError
        E019 for more than `VARIABLES` bound names.
    """
    if len(bound) > VARIABLES:
        raise over_limit(f"{len(bound)} variables are bound", f"{VARIABLES} variables")
    scope = _Scope(program, bound)
    for root in program.roots():
        for problem in scope.problems(root):
            problem.locate(program.source)
            raise problem
        scope.define(root)
    if program.label is not None and program.label_span is not None:
        for problem in scope.assignment(program.label, program.label_span):
            problem.locate(program.source)
            raise problem


def _word_start(node: Name | Call) -> int:
    return node.span.start if isinstance(node, Name) else node.name_span.start


class _Scope:
    """The names that are known at one place of a program."""

    def __init__(self, program: Program, bound: Collection[str]) -> None:
        self.text = program.source.text
        self.bound = list(bound)
        self.later = [d.name for d in program.statements if isinstance(d, Define)]
        self.assigned: set[str] = set()
        self.functions: set[str] = set()

    def define(self, root: Node) -> None:
        """Take note of a statement that has been checked."""
        if isinstance(root, Assign):
            self.assigned.add(root.name)
        elif isinstance(root, Define):
            self.functions.add(root.name)

    def problems(self, root: Node) -> Iterator[LanguageError]:
        """Yield what is wrong with a statement or the final expression, in order of the text.

        Lazily: the suggestion in a message costs more than all else here.
        """
        parameters: tuple[str, ...] = ()
        if isinstance(root, Assign | Define):
            yield from self.assignment(root.name, root.name_span)
        if isinstance(root, Define):
            parameters = root.parameters
            if len(set(parameters)) < len(parameters):
                what = f"`{root.name}` has a parameter twice"
                yield LanguageError("E016", what, root.name_span, hint="rename one of them")
        variables = {*self.bound, *self.assigned, *parameters}
        words = [n for n in postorder(root) if isinstance(n, Name | Call)]
        for node in sorted(words, key=_word_start):
            if isinstance(node, Name):
                yield from self._name(node, variables)
            else:
                yield from self._call(node, variables, root)

    def assignment(self, name: str, span: Span) -> Iterator[LanguageError]:
        """Yield what is wrong with assigning a name."""
        why = ""
        if name in self.bound:
            why = "has a value from outside"
        elif name in self.assigned or name in self.functions:
            why = "is defined already"
        if why:
            what = f"`{name}` {why} and cannot be assigned"
            yield LanguageError("E016", what, span, hint="choose another name")

    def _name(self, node: Name, variables: set[str]) -> Iterator[LanguageError]:
        if node.id in variables or (node.id in CONSTANTS and node.id not in self.functions):
            return
        if node.id in self.functions or is_function(node.id):
            what = f"`{node.id}` is a function: its argument stands in brackets"
            yield LanguageError("E006", what, node.span, hint=f"write `{node.id}(x)`")
            return
        near = nearest(node.id, {*variables, *CONSTANTS})
        shown = ", ".join(self.bound[:_SHOWN_NAMES])
        more = ", …" if len(self.bound) > _SHOWN_NAMES else ""
        bound = f" (bound: {shown}{more})" if self.bound else ""
        hint = f"add `--{node.id} VALUE`{bound}"
        if near is not None:
            hint = f"did you mean `{near}`? Else {hint}"
        yield LanguageError("E005", f"`{node.id}` has no value", node.span, hint=hint)

    def _call(self, node: Call, variables: set[str], root: Node) -> Iterator[LanguageError]:
        name = node.function
        in_table = is_function(name)
        if not node.pasted and name in variables:
            yield self._called_variable(node)
        elif not node.pasted and name in self.functions:
            return
        elif isinstance(root, Define) and name == root.name and not node.pasted:
            what = f"`{name}` calls itself"
            yield LanguageError("E016", what, node.name_span, hint="write a Python file instead")
        elif not in_table:
            yield self._unknown(node)

    def _unknown(self, node: Call) -> LanguageError:
        name = node.function
        what = f"unknown function `{safe_text(name)}`"
        near = nearest(name, [*function_names(), *self.functions])
        if name in RANDOM:
            hint = 'random numbers stand only in values, e.g. `--W "randn(2,2,seed=0)"`'
        elif name in self.later:
            hint = f"`{name}` is defined further on; move its definition up"
        elif near is not None:
            hint = f"did you mean `{near}`?"
        else:
            hint = "see `gradcli ops` for all functions"
        return LanguageError("E002", what, node.name_span, hint=hint)

    def _called_variable(self, node: Call) -> LanguageError:
        what = f"`{node.function}` is a variable, not a function"
        brackets = safe_text(self.text[node.name_span.end : node.span.end].strip(), 60)
        hint = f"write `{node.function}*{brackets}`"
        return LanguageError("E006", what, node.name_span, hint=hint)
