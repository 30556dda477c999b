"""Random points of an expression: ``--samples`` beside its point, ``--shape`` in its place.

May import `expression`, `frontend.points`, `verify.sampling`, `errors`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.app.expression import Expression
from gradcli.errors import UsageError
from gradcli.frontend.points import Point, normal_sample
from gradcli.verify.sampling import sample_point


def sample_of(expression: Expression, names: Sequence[str], number: int, seed: int) -> Point | None:
    """Return a random point beside that of an expression, ``None`` where none has a value.

    Parameters
    ----------
    expression
        The expression at its point.
    names
        The variables that move.
    number, seed
        Which sample, and the seed of all.
    """
    function = expression.function(names)

    def value(**named: Any) -> Any:
        return function(*(named[name] for name in names))

    point = Point("", expression.values, tuple(names))
    return sample_point(value, point, number, seed)


def shaped_values(
    shapes: Sequence[tuple[str, tuple[int, ...]]], occurring: Sequence[str], seed: int
) -> dict[str, Any]:
    """Return seeded normal samples for the variables that ``--shape`` names.

    Parameters
    ----------
    shapes
        Names and shapes.
    occurring
        The names in the expression and its claims.
    seed
        The seed of all samples.

    Raises
    ------
    UsageError
        E053 for a name that does not occur.
    """
    for name, _ in shapes:
        if name not in occurring:
            what = f"`--shape` is for `{name}`, which is no variable of the expression"
            raise UsageError("E053", what, hint=f"variables: {', '.join(occurring[:8])}")
    return {name: normal_sample(name, shape, seed) for name, shape in shapes}
