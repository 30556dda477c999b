"""A typed expression as a source of the witness: its tree, interpreted.

May import `language`. Literals and constant sub-expressions stay the doubles they are
everywhere else in the product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradcli.language.interpret import interpret
from gradcli.language.syntax import Program as Tree


def expression(tree: Tree, names: Sequence[str]) -> Callable[..., Any]:
    """Return a parsed expression as a callable of one array per name.

    Parameters
    ----------
    tree
        The parsed expression.
    names
        The variables, in the order of the arrays.
    """

    def run(*arrays: Any) -> Any:
        return interpret(tree, dict(zip(names, arrays, strict=True)))

    return run
