"""The term by which a claimed derivative is wrong, as a formula.

May import `derivative`, `export`, `formula`, `limits`, `translation`. Claim and truth are
written out as sums over the same symbols; what is left of a term of the truth is missing,
any other term is extra. Small functions only: the two are expanded, and what SymPy says is
checked at the point before it is shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradcli.ops.entries import Unavailable
from gradcli.symbolic.answer import FOREIGN
from gradcli.symbolic.branches import AGREEMENT_EXPONENT, is_close
from gradcli.symbolic.derivative import tangents
from gradcli.symbolic.export import Export, Source, export
from gradcli.symbolic.formula import as_sympy, readable, symbols_of
from gradcli.symbolic.limits import Budget
from gradcli.symbolic.translation import translate

# Terms of the expansion of claim and truth that are looked at.
MAX_WIDTH = 200
# More terms than this are no explanation.
MAX_TERMS = 2


@dataclass(frozen=True, slots=True)
class Difference:
    """How a claimed entry differs from the true one, in terms of a sum.

    Parameters
    ----------
    missing
        Terms that the claim lacks, or has with too small a factor.
    extra
        Terms that it has and should not have.
    """

    missing: tuple[str, ...]
    extra: tuple[str, ...]


def difference(
    source: Source,
    claim: Source,
    inputs: Sequence[Any],
    position: int,
    index: tuple[int, ...] = (),
    *,
    names: Sequence[str],
) -> Difference | None:
    """Return the terms that a claimed gradient entry lacks or has too many.

    Parameters
    ----------
    source
        The function; array outputs are added up.
    claim
        Its claimed gradient by one input, of that input's shape.
    inputs
        The point.
    position, index
        The input and the entry in question.
    names
        Names of the inputs.

    Returns
    -------
    Difference or None
        ``None`` where the two are too large, do not differ by whole terms of one side, or
        where what SymPy says does not hold at the point.
    """
    every = range(len(inputs))
    try:
        function = export(source, inputs, every, names, Budget())
        claimed = export(claim, inputs, every, names, Budget())
        total = function.graph.number(0)
        for out in function.outputs:
            for node in out.ravel().tolist():
                total = function.graph.plus(total, node)
        symbol = int(function.symbols[position][index])
        slope = tangents(function.graph, [total], {symbol: function.graph.number(1)})[0]
        return _compare(function, slope, claimed, int(claimed.outputs[0][index]))
    except (Unavailable, *FOREIGN):
        return None


def _compare(truth: Export, slope: int, claim: Export, said: int) -> Difference | None:
    """Return the terms of which only one of two nodes has a share."""
    right = as_sympy(truth, slope, symbols_of(truth.graph))
    wrong = as_sympy(claim, said, symbols_of(claim.graph))
    known = {core: factor for factor, core in (term.as_coeff_Mul() for term in _terms(right))}
    between = _terms(right - wrong)
    missing = frozenset(term for term in between if _is_share(term, known))
    extra = frozenset(-term for term in between - missing)
    # Terms on both sides: another function altogether.
    if bool(missing) == bool(extra) or len(missing | extra) > MAX_TERMS:
        return None
    if not _holds(truth, slope, claim, said, missing, extra):
        return None
    return Difference(_texts(missing), _texts(extra))


def _is_share(term: Any, known: Mapping[Any, Any]) -> bool:
    """Return whether a term is part of one of the truth: of its kind and of its sign."""
    factor, core = term.as_coeff_Mul()
    return core in known and bool((factor > 0) == (known[core] > 0))


def _terms(expression: Any) -> frozenset[Any]:
    """Return the terms of an expression written as a sum, multiplied out if that is short."""
    import sympy

    is_short = _width(expression) <= MAX_WIDTH
    written = sympy.expand(expression) if is_short else expression
    return frozenset(sympy.Add.make_args(written)) - {sympy.S.Zero}


def _width(expression: Any) -> int:
    """Return a bound on the number of terms once every product is multiplied out."""
    import sympy

    widths: dict[Any, int] = {}
    waiting = [expression]
    while waiting:
        e = waiting[-1]
        missing = [a for a in e.args if a not in widths]
        if missing:
            waiting.extend(missing)
            continue
        waiting.pop()
        parts = [min(widths[a], MAX_WIDTH + 1) for a in e.args]
        if e.is_Add:
            widths[e] = sum(parts)
        elif e.is_Mul:
            widths[e] = math.prod(parts)
        elif isinstance(e, sympy.Pow) and e.exp.is_Integer and parts[0] > 1:
            widths[e] = parts[0] ** min(abs(int(e.exp)), MAX_WIDTH)
        else:
            widths[e] = max(parts, default=1)
    return widths[expression]


def _holds(
    truth: Export,
    slope: int,
    claim: Export,
    said: int,
    missing: frozenset[Any],
    extra: frozenset[Any],
) -> bool:
    """Return whether truth minus claim is what the terms say, at the point."""
    import sympy

    total = sympy.Add(*missing) - sympy.Add(*extra)
    back = translate(total, truth.graph, {s: n for n, s in symbols_of(truth.graph).items()})
    right, terms = truth.ladder.settle([slope, back], is_plain=False)
    wrong = claim.ladder.settle([said], is_plain=False)[0]
    if right.value is None or terms.value is None or wrong.value is None:
        return False
    # mpmath's default precision would round the sum to 15 digits.
    said_too = right.value.context.fadd(wrong.value, terms.value, exact=True)
    return is_close(right.value.context, right.value, said_too, AGREEMENT_EXPONENT)


def _texts(terms: frozenset[Any]) -> tuple[str, ...]:
    return tuple(sorted(str(readable(term)) for term in terms))
