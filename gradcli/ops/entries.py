"""Arrays whose elements are mpmath numbers or SymPy expressions (`EntryArray`).

May import `duck`, `op`, `errors` and NumPy; the numbers arrive as a `Numbers` object from
the rooms that own them (`exact`, `symbolic`). Every operation of the table runs here from
its one declaration: elementwise by its scalar form, whole-array ones by their `form`, and
structure (reshape, sum, matmul, indexing) by the plain NumPy forward on object arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np

from gradcli.ops.duck import Duck
from gradcli.ops.op import Op


class Unavailable(Exception):
    """A number system has no form of an operation; the message names the operation."""


def needs_numbers(m: Numbers, name: str) -> None:
    """Refuse symbols for an operation that is only known of numbers.

    Raises
    ------
    Unavailable
        Over symbols.
    """
    if m.symbolic:
        raise Unavailable(f"SymPy has no form of {name}")


class Numbers(Protocol):
    """A number system: a namespace of scalar functions with mpmath's names, and conversion.

    Besides mpmath's names it offers `where(c, a, b)` and the comparisons
    `lt le gt ge eq ne` of two scalars, and `land lor lnot` of truth values.
    """

    symbolic: bool

    # Two optional methods: a number system that has them is asked instead of the forms.
    # `call(op, form, params, *xs)` evaluates a scalar form on scalars, and
    # `call_array(op, args, params)` an operation on object arrays.

    def convert(self, value: Any) -> Any:
        """Return the exact scalar of a Python or NumPy number (or truth value)."""

    def finish(self, op: Op, value: Any) -> Any:
        """Return a result of `op` as a scalar of this system (complex becomes NaN)."""


def object_array(values: Any, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """Return an object array of `shape` from a flat list of scalars."""
    out = np.empty(len(values), dtype=object)
    for i, v in enumerate(values):
        out[i] = v
    return out.reshape(shape)


class EntryArray(Duck):
    """An array of exact scalars.

    Parameters
    ----------
    entries
        Object array of scalars of `m`.
    m
        The number system.
    """

    __slots__ = ("entries", "m")
    duck_level = 0
    dtype = np.dtype(np.float64)

    def __init__(self, entries: np.ndarray[Any, Any], m: Numbers) -> None:
        self.entries = entries
        self.m = m

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]
        """The shape."""
        return tuple(self.entries.shape)

    def __repr__(self) -> str:
        return f"EntryArray({self.entries!r})"

    def __bool__(self) -> bool:
        return bool(self.entries)

    def __float__(self) -> float:
        return float(self.entries[()])

    def duck_apply(self, op: Op, args: tuple[Any, ...], params: Mapping[str, Any]) -> EntryArray:
        """Apply one operation of the table by its scalar form, array form or plain forward."""
        m = self.m
        raw = [entries_of(a, m) for a in args]
        form = op.mp
        if m.symbolic and op.sym is not True:
            if op.sym is False:
                raise Unavailable(op.name)
            form = op.sym
        if form is not None:
            own = getattr(m, "call", None)
            one = partial(_call_form, m, op, form, params)
            one = one if own is None else partial(own, op, form, params)
            return wrap(np.frompyfunc(one, len(raw), 1)(*raw), m)
        whole = getattr(m, "call_array", None)
        result = apply_array(m, op, raw, params) if whole is None else whole(op, raw, params)
        return wrap(result, m)

    def astype(self, dtype: Any, **kwargs: Any) -> EntryArray:
        """Return itself: exact numbers have one precision."""
        return self

    def copy(self, order: str = "C") -> EntryArray:
        """Return a copy."""
        return EntryArray(self.entries.copy(), self.m)


def apply_array(m: Numbers, op: Op, raw: Sequence[Any], params: Mapping[str, Any]) -> Any:
    """Evaluate an operation without a scalar form: its array form, else its plain forward.

    Raises
    ------
    Unavailable
        Where the plain forward does not take object arrays.
    """
    if op.form is not None:
        return op.form(m, *raw, **params)
    try:
        return _without_integers(m, op.fn(*raw, **params))
    except (TypeError, AttributeError) as problem:
        raise Unavailable(op.name) from problem


def _without_integers(m: Numbers, result: Any) -> Any:
    """Return object arrays with the bare 0 and 1 that NumPy fills in made numbers of `m`."""
    if type(result) is not np.ndarray or result.dtype != object:
        return m.convert(result) if type(result) is int else result
    entries = result.ravel().tolist()
    if int not in set(map(type, entries)):
        return result
    return object_array([m.convert(v) if type(v) is int else v for v in entries], result.shape)


def _call_form(m: Numbers, op: Op, form: Any, params: Mapping[str, Any], *xs: Any) -> Any:
    """Evaluate a scalar form; a number outside the domain is not a real number."""
    return m.finish(op, form(m, *xs, **params))


def wrap(result: Any, m: Numbers) -> EntryArray:
    """Return a result (object array or a lone scalar) as an entry array."""
    if isinstance(result, np.ndarray):
        return EntryArray(result if result.dtype == object else lift(result, m).entries, m)
    return EntryArray(object_array([result], ()), m)


def lift(values: Any, m: Numbers) -> EntryArray:
    """Return the exact entry array of plain numbers: each double becomes its exact value."""
    array = np.asarray(values)
    flat = [m.convert(v) for v in array.ravel().tolist()]
    return EntryArray(object_array(flat, array.shape), m)


def entries_of(value: Any, m: Numbers) -> np.ndarray[Any, Any]:
    """Return the object array of an argument, exact numbers for plain ones."""
    if isinstance(value, EntryArray):
        return value.entries
    return lift(value, m).entries
