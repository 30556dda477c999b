"""The declaration of one operation (`Op`), and of a function built from others (`Composite`).

May import `rule`, `duck`'s dispatch, and NumPy. Everything the product knows of an
operation stands in one of these records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from inspect import signature
from types import MappingProxyType
from typing import Any

import numpy as np

from gradcli.errors import UsageError
from gradcli.ops.rule import Rule, Vjp

NO_PARAMS: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Domain:
    """Where a function has a real value.

    Parameters
    ----------
    text
        The condition as a user reads it, e.g. ``x > 0``.
    holds
        The same as a predicate of the inputs, elementwise; works on arrays and entries.
    outside
        Calls for the generated tests at which the value is NaN.
    """

    text: str
    holds: Callable[..., Any]
    outside: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True)
class Kink:
    """Where a function is continuous but not differentiable, or jumps, and what we answer.

    Parameters
    ----------
    at
        The place as a user reads it, e.g. ``0`` (of the input) or ``a tie``.
    margin
        A function of the inputs (and params) whose zeros are the places; elementwise.
    used
        The partial we answer there, in words a user reads, e.g. ``0``.
    convention
        Whose convention that is, e.g. ``PyTorch's convention``.
    jump
        Whether the value itself jumps there.
    samples
        Calls for the generated tests, each at such a place.
    """

    at: str
    margin: Callable[..., Any]
    used: str = "0"
    convention: str = ""
    jump: bool = False
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """A call that the generated tests make: array arguments (nested lists) and params."""

    args: tuple[Any, ...]
    params: Mapping[str, Any]


def call(*args: Any, **params: Any) -> Sample:
    """Return a sample call, written as the call itself is."""
    return Sample(args, params)


# Keyword arguments of NumPy's functions that say "nothing special" with these values.
_NEUTRAL: Mapping[str, tuple[Any, ...]] = {
    "dtype": (None, float, np.float64, "float64", np.dtype(float)),
    "out": (None,),
    "where": (True,),
    "casting": ("same_kind",),
    "order": ("K", "C", None),
    "subok": (True, False),
    "axes": (None,),
    "device": (None, "cpu"),
    "like": (None,),
    "copy": (None,),
    "overwrite_a": (False,),
    "overwrite_b": (False,),
    "check_finite": (True, False),
    "kind": (None, "quicksort", "heapsort", "mergesort", "stable"),
    "stable": (None, True, False),
    "hermitian": (False,),
    "b": (None,),
    "return_sign": (False,),
    "sorter": (None,),
    "left": (None,),
    "right": (None,),
    "period": (None,),
}
_NO_VALUE = getattr(np, "_NoValue", None)


def _is_neutral(name: str, value: Any) -> bool:
    if value is _NO_VALUE:
        return True
    allowed = _NEUTRAL.get(name, ())
    # An array (a mask for `where=`) is never neutral, and its comparison is no truth value.
    if isinstance(value, np.ndarray) or hasattr(type(value), "duck_level"):
        return False
    return any(value is a or value == a for a in allowed)


def _names_of(function: Any) -> list[str]:
    """Return the parameter names of a callable, none where it does not tell."""
    try:
        return list(signature(function).parameters)
    except (TypeError, ValueError):
        return []


@dataclass(frozen=True, slots=True, eq=False)
class Op:
    """One primitive operation.

    Parameters
    ----------
    name, aliases
        The names in the expression language; `name` is also the listing's.
    fn
        The float64 forward on plain arrays, ``fn(*arrays, **params)``.
    rule
        The derivative rule.
    arrays
        Number of array inputs; ``None`` for one list of any length (concat, stack).
    params
        Keyword parameters with their defaults, in NumPy's positional order.
    positions
        NumPy's positional order of everything behind the arrays, where it has more names
        than `params` (``dtype`` and ``out`` of a reduction); empty: that of `params`.
    numpy
        The NumPy (or `math`) callables that mean this operation.
    mp
        The same function of scalars over a namespace ``m`` of numbers (mpmath's names);
        ``None``: `fn` itself works on arrays of any number type, or `form` says how.
    sym
        The SymPy form where it differs from `mp`; ``False`` where SymPy has none.
    form
        For operations on whole arrays: the function ``(m, *object arrays, **params)``.
    domain, kink
        See `Domain` and `Kink`.
    accumulate
        ``(buffer, g, *xs, **params)``: adds the cotangent of the first input into a buffer
        in place; for indexing, where one buffer serves many reads.
    expand
        For params that the operation itself does not have: called with the inputs and all
        params of a call that gives one, returns the call written in other operations
        (``log(x, base=b)``), or ``None`` for a plain call.
    samples, bad
        Calls for the generated tests; bad ones must be refused.
    doc, source
        One line for the user; where the derivative is from.
    """

    name: str
    fn: Callable[..., Any]
    rule: Rule
    arrays: int | None = 1
    params: Mapping[str, Any] = field(default_factory=lambda: NO_PARAMS)
    positions: tuple[str, ...] = ()
    numpy: tuple[Any, ...] = ()
    aliases: tuple[str, ...] = ()
    mp: Callable[..., Any] | None = None
    sym: Callable[..., Any] | bool = True
    form: Callable[..., Any] | None = None
    domain: Domain | None = None
    kink: Kink | None = None
    accumulate: Callable[..., None] | None = None
    expand: Callable[..., Any] | None = None
    samples: tuple[Sample, ...] = ()
    bad: tuple[Sample, ...] = ()
    doc: str = ""
    source: str = ""
    vjps: Sequence[Vjp] = field(init=False, repr=False)
    jvp: Callable[..., Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "vjps", self.rule.vjps(self.apply))
        object.__setattr__(self, "jvp", self.rule.jvp(self.apply))

    def __repr__(self) -> str:
        return f"<op {self.name}>"

    def apply(self, args: tuple[Any, ...], params: Mapping[str, Any] = NO_PARAMS) -> Any:
        """Apply the operation to positional arrays and complete params.

        Ducks (tracers, entry arrays) are handed the call, the one of the highest level
        first; plain arrays are computed.
        """
        top: Any = None
        level = -1
        for a in args:
            bound = getattr(type(a), "duck_level", None)
            if bound is not None and a.duck_level > level:
                top, level = a, a.duck_level
        if top is None:
            return self.fn(*args, **params)
        return top.duck_apply(self, args, params)

    def computed_by(self, fn: Callable[..., Any]) -> Op:
        """Return the same operation with another float64 forward, its values alike."""
        return replace(self, fn=fn, numpy=(fn,))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Apply the operation, called as NumPy's function is."""
        arrays, given = self.normalise(args, kwargs)
        if self.expand is None:
            return self.apply(arrays, given)
        written_out = self.expand(*arrays, **given) if given is not self.params else None
        return self.apply(arrays) if written_out is None else written_out

    def normalise(
        self, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
        """Split a NumPy-style call into array arguments and complete params.

        Raises
        ------
        UsageError
            For a keyword that this operation does not have.
        """
        if len(args) < (self.arrays or 1):
            args, kwargs = self._positional(args, kwargs)
        if self.arrays is None:
            arrays, rest = tuple(args[0]), args[1:]
        else:
            arrays, rest = args[: self.arrays], args[self.arrays :]
        if not rest and not kwargs:
            return arrays, self.params
        names = self.positions or tuple(self.params)
        if len(rest) > len(names):
            raise UsageError("E018", f"`{self.name}` takes fewer positional arguments")
        params = dict(self.params)
        for key, value in (*zip(names, rest, strict=False), *kwargs.items()):
            if key in params:
                if value is not _NO_VALUE:
                    params[key] = value
            elif not _is_neutral(key, value):
                raise UsageError("E018", f"`{self.name}` does not follow the argument `{key}=`")
        return arrays, params

    def _positional(
        self, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
        """Move array arguments that were given by keyword to their places."""
        wanted = self.arrays or 1
        rest = dict(kwargs)
        for name in _names_of(self.numpy[0] if self.numpy else self.fn)[len(args) : wanted]:
            if name not in rest:
                break
            args = (*args, rest.pop(name))
        if len(args) < wanted:
            raise UsageError("E018", f"`{self.name}` takes {wanted} array arguments")
        return args, rest


@dataclass(frozen=True, slots=True, eq=False)
class Composite:
    """A function written in plain NumPy over primitives: it needs no rule of its own.

    Parameters
    ----------
    name, aliases, numpy, doc, samples, bad, arrays, params, domain
        As in `Op`.
    fn
        The function; every operation in it must be a primitive or another composite.
    """

    name: str
    fn: Callable[..., Any]
    arrays: int | None = 1
    params: Mapping[str, Any] = field(default_factory=lambda: NO_PARAMS)
    numpy: tuple[Any, ...] = ()
    aliases: tuple[str, ...] = ()
    domain: Domain | None = None
    samples: tuple[Sample, ...] = ()
    bad: tuple[Sample, ...] = ()
    doc: str = ""
    source: str = ""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function, dropping keywords that only state a default of NumPy's."""
        if kwargs:
            kwargs = {
                k: v
                for k, v in kwargs.items()
                if v is not _NO_VALUE and (k in self.params or not _is_neutral(k, v))
            }
        try:
            return self.fn(*args, **kwargs)
        except TypeError as problem:
            unknown = [k for k in kwargs if k not in self.params]
            if unknown:
                what = f"`{self.name}` does not follow the argument `{unknown[0]}=`"
                raise UsageError("E018", what) from problem
            raise


Function = Op | Composite
