"""Which argument of a call is which: arrays by position, parameters by position or name.

May import `syntax`, `functions`, `errors`, `source`, the op table. All of it is decided
from the text alone, before anything is computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gradcli.errors import LanguageError
from gradcli.language.functions import find_function
from gradcli.language.suggestions import nearest
from gradcli.language.syntax import Call, Keyword, List, Node, Tuple
from gradcli.ops.op import Function, Op
from gradcli.ops.rule import MISSING, NONDIFF, Elementwise, Nothing

# Names that other libraries give to NumPy's parameters.
_PARAMETER_ALIASES = {"dim": "axis", "keepdim": "keepdims"}
# Functions of PyTorch that differ from NumPy's of the same name, and what to write.
_DIFFERENT_IN_TORCH = {
    "std": "divides by n-1: write `std(x, ddof=1)`",
    "var": "divides by n-1: write `var(x, ddof=1)`",
    "median": "takes the lower middle value: write `median(x)` for NumPy's",
    "sort": "gives values and indices: write `sort(x)`",
    "svd": "gives V, not its transpose: write `svd(x)` for NumPy's",
    "split": "takes the size of a part: write `split(x, NUMBER_OF_PARTS)`",
    "pad": "counts widths from the last axis: write `pad(x, WIDTH)`",
}
_PAIRWISE = {"max": "maximum", "min": "minimum"}
# Parameters whose default does not tell that they are whole numbers.
_WHOLE = frozenset(
    {"axis", "axes", "shape", "n", "k", "shift", "ddof", "decimals", "indices", "N", "M"}
)
# Parameters whose default is a whole number and that are none.
_NUMBERS = frozenset({"ord", "constant_values"})
# These take the sizes of an array (or the order of its axes) as one tuple or one by one.
_SIZED = {"reshape": "shape", "transpose": "axes"}


@dataclass(frozen=True, slots=True)
class Bound:
    """A call whose arguments have found their places.

    Parameters
    ----------
    function
        The function of the table.
    arrays
        Nodes of the array arguments.
    params
        Nodes of the parameters, by name.
    sizes
        Nodes that make up one tuple of sizes, or ``None``.
    """

    function: Function
    arrays: tuple[Node, ...]
    params: Mapping[str, Node]
    sizes: tuple[Node, ...] | None = None

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes in the order in which they are computed."""
        return (*self.arrays, *(self.sizes or ()), *self.params.values())


def bind(call: Call) -> Bound:
    """Find the place of every argument of a call.

    Raises
    ------
    LanguageError
        E017 for functions that mean something else where the call was pasted from; E018
        for too many, too few, doubled or unknown arguments.
    """
    name = call.function
    positional = [a for a in call.args if not isinstance(a, Keyword)]
    keywords = [a for a in call.args if isinstance(a, Keyword)]
    _check_torch(call, len(positional))
    if name in _PAIRWISE and len(positional) > 1 and not call.pasted:
        name = _PAIRWISE[name]
        if len(positional) > 2:
            what = f"`{call.function}` compares two arrays"
            hint = f"write `{name}(a, {name}(b, c))`, or `{call.function}([a, b, c])`"
            raise LanguageError("E018", what, positional[2].span, hint=hint)
    function = find_function(name)
    if function is None:
        raise LanguageError("E002", f"unknown function `{name}`", call.name_span)
    if function.name in _SIZED:
        return _bind_sizes(call, function, positional, keywords)
    arrays, rest = _split(call, function, positional)
    return Bound(function, arrays, _parameters(call, function, rest, keywords))


def _check_torch(call: Call, count: int) -> None:
    if not call.pasted.startswith("torch") and call.pasted != "F":
        return
    why = _DIFFERENT_IN_TORCH.get(call.function, "")
    if call.function in _PAIRWISE and count > 1:
        pair = _PAIRWISE[call.function]
        why = f"has two meanings: write `{pair}(x, y)` or `{call.function}(x, axis=0)`"
    if why:
        text = f"`{call.pasted}.{call.function}`"
        raise LanguageError(
            "E017", f"{text} differs from NumPy's", call.name_span, hint=f"{text} {why}"
        )


def _split(
    call: Call, function: Function, positional: list[Node]
) -> tuple[tuple[Node, ...], list[Node]]:
    """Return the array arguments and the positional arguments behind them."""
    if function.arrays is None:
        return _entries(call, positional[0] if positional else call), positional[1:]
    count = function.arrays
    if len(positional) < count:
        missing = _missing_count(call, function, len(positional))
        plural = "argument" if missing == 1 else "arguments"
        what = f"`{call.function}` needs {missing} more {plural}"
        raise LanguageError("E018", what, call.span, hint=f"see `gradcli ops {call.function}`")
    return tuple(positional[:count]), positional[count:]


def _missing_count(call: Call, function: Function, given: int) -> int:
    return (function.arrays or 1) - given


def _entries(call: Call, first: Node) -> tuple[Node, ...]:
    """Return the arrays of ``concat([a, b])``."""
    if isinstance(first, List) and len(first.rows) == 1 and not first.stacked:
        return first.rows[0]
    if isinstance(first, Tuple):
        return first.items
    what = f"`{call.function}` takes a list of arrays"
    raise LanguageError("E018", what, first.span, hint=f"write `{call.function}([a, b])`")


def _parameters(
    call: Call, function: Function, rest: list[Node], keywords: list[Keyword]
) -> dict[str, Node]:
    """Return the parameters of a call by name, positional ones in NumPy's order."""
    names = list(function.params)
    order = list(getattr(function, "positions", ())) or names
    refused = [n for n, name in zip(rest, order, strict=False) if name not in names]
    refused += rest[len(order) :]
    if refused:
        extra = refused[0]
        most = (function.arrays or 1) + rest.index(extra)
        what = f"`{call.function}` takes at most {most} argument{'s' if most > 1 else ''}"
        raise LanguageError("E018", what, extra.span, hint=f"see `gradcli ops {call.function}`")
    params = dict(zip(order, rest, strict=False))
    for keyword in keywords:
        name = _PARAMETER_ALIASES.get(keyword.name, keyword.name)
        name = name if name in names else keyword.name
        if name not in names:
            near = nearest(name, names)
            known = ", ".join(f"`{n}=`" for n in names) or "no named arguments"
            hint = f"did you mean `{near}=`?" if near else f"it has {known}"
            what = f"`{call.function}` has no argument `{keyword.name}=`"
            raise LanguageError("E018", what, keyword.span, hint=hint)
        if name in params:
            what = f"`{call.function}` is given `{name}` twice"
            raise LanguageError("E018", what, keyword.span, hint="leave one out")
        params[name] = keyword.value
    return params


def _bind_sizes(
    call: Call, function: Function, positional: list[Node], keywords: list[Keyword]
) -> Bound:
    """Bind ``x.reshape(2, 2)``, ``reshape(x, (2, 2))``, ``transpose(x, 1, 0)``."""
    key = _SIZED[function.name]
    named = _parameters(call, function, [], keywords)
    if not positional or (key in named and len(positional) > 1):
        what = f"`{call.function}` needs an array and its {key}"
        raise LanguageError("E018", what, call.span, hint=f"see `gradcli ops {call.function}`")
    sizes = unpacked(positional[1:] or ([named[key]] if key in named else []))
    if not sizes and function.name == "reshape":
        what = "`reshape` needs the new shape"
        raise LanguageError("E018", what, call.span, hint="write `reshape(x, (2, 2))`")
    return Bound(function, (positional[0],), {}, tuple(sizes))


def is_whole_parameter(function: Function, name: str) -> bool:
    """Return whether a parameter is a whole number (or a tuple of them)."""
    if name in _NUMBERS:
        return False
    default = function.params.get(name)
    is_int = isinstance(default, int) and not isinstance(default, bool)
    return name in _WHOLE or is_int or isinstance(default, tuple)


def is_constant_parameter(function: Function, name: str) -> bool:
    """Return whether a parameter has no derivative.

    Numbers that a function computes with have one where it is written in other operations.
    """
    is_opaque = isinstance(function, Op) and function.expand is None
    return is_opaque or is_whole_parameter(function, name)


def is_order(function: Function, position: int) -> bool:
    """Return whether an array argument is an order: it has no derivative rule."""
    return _partial(function, position) in {MISSING, NONDIFF}


def is_whole_order(function: Function, position: int) -> bool:
    """Return whether an array argument is a whole number: a derivative makes no sense."""
    return _partial(function, position) is NONDIFF


def _partial(function: Function, position: int) -> Nothing | None:
    """Return which nothing the partial of an argument is, if it is one."""
    if not isinstance(function, Op) or not isinstance(function.rule, Elementwise):
        return None
    partials = function.rule.partials
    found = partials[position] if position < len(partials) else None
    return found if isinstance(found, Nothing) else None


def unpacked(nodes: list[Node]) -> list[Node]:
    """Return the entries of a lone tuple or list; any other nodes as they are."""
    if len(nodes) == 1 and isinstance(nodes[0], Tuple):
        return list(nodes[0].items)
    if len(nodes) == 1 and isinstance(nodes[0], List) and len(nodes[0].rows) == 1:
        return list(nodes[0].rows[0])
    return nodes
