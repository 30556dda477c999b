"""The use case ``ops``: what the op table says, told from its declarations.

May import `ops`, `ir`, `language.functions`, `reports`, `errors`. The derivative shown is
the rule itself, traced and written as a formula; nothing here knows an operation by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from inspect import signature
from typing import Any

import numpy as np

from gradcli.app.catalogue import block
from gradcli.errors import GradcliError, UsageError
from gradcli.reports import Listing
from gradcli.source import SHOWN_CHARACTERS, safe_text

# What a rule that is no formula of numbers is called.
_KINDS = {
    "Linear": "linear: tangents pass as the input does, cotangents through the transpose",
    "Multilinear": "linear in each input: each partial is the operation on the others",
    "Flat": "none: it does not change with its input, or only in jumps",
}
_OWN_RULE = "a rule of its own, for whole arrays"


def operations(name: str | None = None) -> Listing:
    """Return every operation of the table, or one of them in full.

    Parameters
    ----------
    name
        A name or alias; ``None`` for all.

    Raises
    ------
    UsageError
        E002 for an unknown name.
    """
    from gradcli.language.functions import function_names
    from gradcli.language.suggestions import nearest
    from gradcli.ops import registry

    if name is None:
        items = [_operation(f) for f in registry.FUNCTIONS.values()]
        return Listing("op", _table(items), tuple(items))
    found = registry.lookup(name)
    if found is None:
        near = nearest(name, [*registry.names(), *function_names()])
        hint = f"did you mean `{near}`?" if near else "see `gradcli ops`"
        shown = safe_text(name, SHOWN_CHARACTERS)
        raise UsageError("E002", f"unknown function `{shown}`", hint=hint)
    item = _operation(found)
    return Listing("op", block(_rows(item)), (item,))


def _operation(function: Any) -> dict[str, Any]:
    """Return what the table says of one function."""
    kink = getattr(function, "kink", None)
    return {
        "name": function.name,
        "aliases": list(function.aliases),
        "signature": _signature(function),
        "rule": rule_text(function),
        "domain": function.domain.text if function.domain is not None else None,
        "kink": None if kink is None else _kink_text(kink),
        "doc": function.doc,
        "source": function.source or None,
        "example": example(function),
    }


def _signature(function: Any) -> str:
    arrays = ["[a, b, …]"] if function.arrays is None else input_names(function)
    params = [f"{name}={_default(value)}" for name, value in function.params.items()]
    return f"{function.name}({', '.join([*arrays, *params])})"


def input_names(function: Any) -> list[str]:
    """Return the names of the array inputs, as the declaration calls them."""
    count = function.arrays
    rule = getattr(function, "rule", None)
    partials = [p for p in getattr(rule, "partials", ()) if callable(p)]
    candidates = [(p, 1) for p in partials[:1]] + [(function.fn, 0)]
    if getattr(function, "mp", None) is not None:
        candidates.insert(1, (function.mp, 1))
    for declared, skipped in candidates:
        names = _parameters(declared)[skipped : skipped + count]
        if len(names) == count and all(n.isalpha() and len(n) < 10 for n in names):
            return names
    return ["x"] if count == 1 else list("abcdef")[:count]


def _parameters(declared: Callable[..., Any]) -> list[str]:
    """Return the names of the positional parameters of a Python function, else none."""
    if isinstance(declared, np.ufunc):
        return []
    try:
        parameters = signature(declared).parameters.values()
    except (TypeError, ValueError):
        return []
    return [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


def _default(value: Any) -> str:
    return safe_text(value) if isinstance(value, str) else repr(value)


def rule_text(function: Any) -> str:
    """Return the derivative rule: a formula for each input, or what kind of rule it is.

    In a formula ``y`` is the value of the operation.
    """
    rule = getattr(function, "rule", None)
    if rule is None:
        return "written in other operations, whose rules apply"
    partials = getattr(rule, "partials", None)
    if partials is None:
        return _KINDS.get(type(rule).__name__, _OWN_RULE)
    names = input_names(function)
    formulas = [_formula(function, p, names) for p in partials]
    if None in formulas:
        return "elementwise, in several steps"
    return "; ".join(f"d/d{n} = {text}" for n, text in zip(names, formulas, strict=True))


def _formula(function: Any, partial: Any, names: list[str]) -> str | None:
    """Return one declared partial as a formula, ``None`` where it is more than a line."""
    from gradcli.ir.inline import inline
    from gradcli.ir.tracing import trace_function

    if not callable(partial):
        return f"{partial:g}" if isinstance(partial, float | int) else str(partial.value)
    sample = function.samples[0]
    xs = [np.float64(x) for x in sample.args if isinstance(x, int | float)]
    if len(xs) != len(names):
        return None
    try:
        with np.errstate(all="ignore"):
            y = np.float64(function.fn(*xs, **sample.params))
            run = trace_function(
                lambda y, *xs: partial(y, *xs, **sample.params), (y, *xs), names=["y", *names]
            )
    except (GradcliError, TypeError, ValueError, AttributeError):
        return None
    return None if run.program.guards else inline(run.program)


def _kink_text(kink: Any) -> str:
    """Return where an operation has no derivative, and what is answered there."""
    if kink.jump:
        return f"jumps at {kink.at}"
    tail = f" ({kink.convention})" if kink.convention else ""
    return f"at {kink.at}: {kink.used}{tail}"


def example(function: Any) -> str | None:
    """Return a command that differentiates the operation at its first sample.

    Returns
    -------
    str or None
        ``None`` where an expression cannot call it, or it has no derivative.
    """
    from gradcli.language.functions import function_names

    sample = function.samples[0]
    plain = all(isinstance(v, str | int | float | None) for v in sample.params.values())
    if not (function.name in function_names() and function.arrays and plain):
        return None
    if not _is_differentiable(function, sample):
        return None
    names = input_names(function)
    params = [f"{k}={_default(v)}" for k, v in sample.params.items()]
    call = f"{function.name}({', '.join([*names, *params])})"
    values = [_binding(n, _value(a)) for n, a in zip(names, sample.args, strict=False)]
    return f'gradcli jacobian "{call}" {" ".join(values)}'


def _is_differentiable(function: Any, sample: Any) -> bool:
    """Whether the operation gives one array of numbers that changes with an input."""
    if type(getattr(function, "rule", None)).__name__ == "Flat":
        return False
    arrays = [np.asarray(a, dtype=float if _has_numbers(a) else None) for a in sample.args]
    with np.errstate(all="ignore"):
        y = function(*arrays, **sample.params)
    return isinstance(y, np.ndarray | np.floating) and y.dtype.kind == "f"


def _has_numbers(argument: Any) -> bool:
    return np.asarray(argument).dtype.kind in "if"


def _binding(name: str, value: str) -> str:
    """Return a value's option; a name that is an option of its own needs ``--set``."""
    return f'--set {name}="{value}"' if name in _OPTION_NAMES else f'--{name} "{value}"'


# Names of inputs that mean something else on the command line.
_OPTION_NAMES = frozenset({"values"})


def _value(argument: Any) -> str:
    """Return a sample's argument as it is typed on a command line."""
    array = np.asarray(argument)
    if array.ndim > 2:
        return str(array.tolist()).replace(" ", "")
    rows = np.atleast_2d(array)
    return ";".join(",".join(_number(v) for v in row.tolist()) for row in rows)


def _number(value: Any) -> str:
    """Return a sample's number without a needless ``.0``."""
    short = f"{value:g}" if isinstance(value, float) else str(int(value))
    return short if float(short) == value else repr(value)


def _table(items: Iterable[Mapping[str, Any]]) -> str:
    """Return one line an operation: signature, meaning, domain, kink."""
    rows = [
        (
            item["signature"],
            "; ".join(
                part
                for part in (
                    item["doc"].rstrip("."),
                    item["domain"] and f"needs {item['domain']}",
                    item["kink"] and f"kink {item['kink']}",
                )
                if part
            ),
        )
        for item in items
    ]
    width = max((len(left) for left, _ in rows), default=0)
    return "".join(f"{left.ljust(width)}  {right}".rstrip() + "\n" for left, right in rows)


def _rows(item: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows = [("call", item["signature"]), ("means", item["doc"])]
    rows.append(("aliases", ", ".join(item["aliases"])))
    return rows + [
        (key, item[key] or "") for key in ("rule", "domain", "kink", "source", "example")
    ]
