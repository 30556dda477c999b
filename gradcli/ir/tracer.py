"""The tracer: an array that records what is done to it.

May import `leaks`, `quick` and `ops`. A `Tracer` is a handle on one slot of a trace; it
is a duck, never an ndarray subclass, because compiled code would read a subclass's memory
and lose the gradient without a word. Operators and ufuncs go straight to the record;
everything else arrives through NumPy's two protocols. Traces nest: a value may itself be a
tracer of an outer trace, and an operation belongs to the highest level among its arguments.
Inside gradcli ask ``type(x) is Tracer``; to `isinstance` a tracer is an ndarray.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.leaks import complex_leak, exit_leak, foreign_leak, write_leak
from gradcli.ir.places import stores_element
from gradcli.ir.quick import DOUBLE, NUMBERS, UFUNCS
from gradcli.ir.views import VIEWS
from gradcli.ops.duck import SURFACE, Duck
from gradcli.ops.op import NO_PARAMS, Op
from gradcli.ops.queries import QUERIES

if TYPE_CHECKING:
    from gradcli.ir.trace import Trace

# Kinds of argument that need no thought: real numbers and plain arrays.
_DIRECT = frozenset({np.ndarray, float, int, bool, np.bool_}) | {
    kind for kind in np.sctypeDict.values() if issubclass(kind, np.floating | np.integer)
}

# How an argument of another kind becomes a tracer or a plain value: buffers, handles with
# pending writes, lists. The file that owns a kind puts its converter here.
CONVERTERS: dict[type, Callable[[Any], Any]] = {}

# NumPy functions that the tracer answers itself: writes, copies, and questions whose answer
# is not a traced value. Called as ``handler(function, args, kwargs)``.
Handler = Callable[[Any, tuple[Any, ...], dict[str, Any]], Any]
SPECIAL: dict[Any, Handler] = {}

# Keyword arguments that the table's operations do not have; `calls` follows them.
_SPELLED_OUT = ("out", "where", "dtype")


class Tracer(Duck):
    """A traced array.

    Parameters
    ----------
    home, slot, value
        The trace it belongs to, its slot there, its primal value.
    """

    # `cell` is set only where the handle shares written memory with others (see `cells`).
    __slots__ = ("__weakref__", "cell", "home", "slot", "value")
    cell: Any
    slot: int
    home: Trace
    value: Any

    def __init__(self, home: Trace, slot: int, value: Any) -> None:
        self.home = home
        self.slot = slot
        self.value = value

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """What `isinstance` is told: the type of the innermost value."""
        return type(primal(self))

    @property
    def duck_level(self) -> int:  # type: ignore[override]
        """The level of the trace."""
        return self.home.level

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]
        """The shape."""
        return self.value.shape  # type: ignore[no-any-return]

    @property
    def dtype(self) -> np.dtype[Any]:  # type: ignore[override]
        """The dtype."""
        return self.value.dtype  # type: ignore[no-any-return]

    def duck_apply(self, op: Op, args: tuple[Any, ...], params: Mapping[str, Any]) -> Any:
        """Record one operation of which this trace is the innermost."""
        trace = self.home
        refs = []
        primals = []
        nested = False
        for a in args:
            kind = type(a)
            if kind is Tracer:
                own = a.home is trace
                if not own and a.home.level > trace.level:
                    return a.duck_apply(op, args, params)
                refs.append(a.slot if own else trace.constant(a))
                value = a.value if own else a
                nested = nested or type(value) is Tracer
                primals.append(value)
            elif kind in _DIRECT:
                refs.append(trace.constant(a))
                primals.append(a)
            else:
                return op.apply(tuple(settled(v) for v in args), params)
        if params and params is not op.params:
            params = {name: frozen(p) for name, p in params.items()}
        y = op.apply(tuple(primals), params) if nested else op.fn(*primals, **params)
        if type(y) not in _RESULTS:
            y = np.asarray(y)[()]
        made = trace.record(op, tuple(refs), params, y)
        return made if type(y) is np.float64 else _handed_out(made, args)

    def duck_unknown(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Answer a function that the table does not have: of truth values, else refuse."""
        from gradcli.ir.calls import unknown

        return unknown(self, function, args, kwargs)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        known = UFUNCS.get(ufunc)
        if known is None or kwargs or method != "__call__":
            from gradcli.ir.calls import ufunc_call

            return ufunc_call(self, ufunc, method, inputs, kwargs)
        op, compute = known
        if len(inputs) == 1:
            return self.home.record(op, (self.slot,), NO_PARAMS, compute(self.value))
        if len(inputs) == 2:
            a, b = inputs
            if type(a) in NUMBERS and type(b) is Tracer:
                return b.home.record_left(op, a, b.slot, compute(a, b.value))
            if type(a) is np.ndarray and type(b) is Tracer and a.dtype is DOUBLE:
                refs = (b.home.constant(a), b.slot)
                return b.home.record(op, refs, NO_PARAMS, compute(a, b.value))
            if type(a) is Tracer:
                return _binary(op, compute, a, b)
        return op.apply(inputs, NO_PARAMS)

    def __array_function__(
        self, function: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        special = SPECIAL.get(function)
        if special is not None:
            return special(function, args, kwargs)
        known = SURFACE.get(function)
        if known is None:
            query = QUERIES.get(function)
            if query is not None:
                return query(*args, **kwargs)
            return self.duck_unknown(function, args, kwargs)
        if not kwargs and type(known) is Op and known.arrays == len(args):
            result = self.duck_apply(known, args, known.params)
        elif kwargs and any(name in kwargs for name in _SPELLED_OUT):
            from gradcli.ir.calls import function_call

            result = function_call(known, args, kwargs)
        else:
            result = known(*args, **kwargs)
        if type(result) is not Tracer or type(result.value) is np.float64 or function in VIEWS:
            return result
        return unshared(result, args)

    def __getitem__(self, index: Any) -> Any:
        trace = self.home
        if type(index) is not int:
            index = frozen_index(index)
        y = self.value[index]
        made = trace.record(SURFACE["getitem"], (self.slot,), {"index": index}, y)  # type: ignore[arg-type]
        return made if type(y) is np.float64 else _handed_out(made, (self,))


def unshared(result: Tracer, args: tuple[Any, ...]) -> Tracer:
    """Return a result in memory of its own, where the table computed it as a view."""
    y = primal(result)
    if type(y) is np.ndarray and (y.base is not None or len(args) == 1):
        sources = [primal(a) for a in args if issubclass(type(a), Tracer)]
        if any(type(p) is np.ndarray and np.may_share_memory(y, p) for p in sources):
            return fresh(result)
    return result


def _handed_out(made: Tracer, args: tuple[Any, ...]) -> Any:
    """Return a result as the caller sees it: integers plain, views known as such."""
    y = made.value
    if type(y) is np.ndarray and y.base is None and y.dtype is DOUBLE:
        if len(args) == 1 and args[0].value is y:
            made.home.note_view(made, args[0])
        return made
    if y.dtype.kind in "iu":
        return reveal(made)
    for a in args:
        if type(a) is Tracer:
            made.home.note_view(made, a)
    return made


_RESULTS = frozenset({np.ndarray, np.float64, np.float32, np.float16, np.bool_, np.int64, Tracer})


def primal(value: Any) -> Any:
    """Return the plain value under any number of nested traces."""
    while type(value) is Tracer or issubclass(type(value), Tracer):
        value = value.value
    return value


def fresh(tracer: Tracer, order: Any = "K") -> Tracer:
    """Return another handle on the same value, in memory of its own."""
    handles = []
    value: Any = tracer
    while type(value) is Tracer:
        handles.append(value)
        value = value.value
    value = np.array(value, order=order) if type(value) is np.ndarray else value
    for handle in reversed(handles):
        value = Tracer(handle.home, handle.slot, value)
    return value  # type: ignore[no-any-return]


def settled(value: Any) -> Any:
    """Return an argument as a tracer, a plain array or a number.

    Raises
    ------
    TraceError
        For what cannot be a constant of a program: complex numbers, masked arrays, objects.
    """
    kind = type(value)
    converter = CONVERTERS.get(kind)
    if converter is None and (kind in _DIRECT or hasattr(kind, "duck_apply")):
        return value
    if converter is not None:
        return settled(converter(value))
    if issubclass(kind, np.ndarray) and kind is not np.memmap:
        raise foreign_leak(kind.__name__).here()
    array = np.asarray(value)
    if array.dtype.kind == "c":
        raise complex_leak().here()
    if array.dtype.kind not in "fiub":
        raise TypeError(f"unsupported operand type for a traced array: {kind.__name__!r}")
    return array[()]


def arrayed(tracer: Tracer) -> Tracer:
    """Return a handle on the same value as an array: scalars become 0-d."""
    if type(primal(tracer)) is np.ndarray:
        return tracer
    handle = fresh(tracer)
    inner = handle
    while type(inner.value) is Tracer:
        inner = inner.value
    inner.value = np.array(inner.value)
    return handle


def is_nonzero(value: Any) -> Any:
    """Return where a value is not zero: what Python and NumPy call its truth."""
    return value != 0.0


def reveal(tracer: Tracer) -> Any:
    """Return the plain value of a truth value or an integer, guarded in every trace it is of."""
    handles = []
    value: Any = tracer
    while type(value) is Tracer:
        handles.append(value)
        value = value.value
    for handle in handles:
        handle.home.guard(handle.slot, value)
    return value


def exposed(tracer: Tracer, what: str) -> Any:
    """Return the plain value for code that cannot be followed: logged, refused where strict.

    Raises
    ------
    TraceError
        In a strict trace.
    """
    if tracer.dtype.kind in "biu":
        return reveal(tracer)
    value: Any = tracer
    leak = write_leak() if stores_element() else exit_leak(what)
    while type(value) is Tracer:
        value.home.leak(leak, value.slot)
        value = value.value
    return value


def frozen_index(index: Any) -> Any:
    """Return an index that holds no tracers and no arrays that can change."""
    kind = type(index)
    if kind is slice:
        parts = (index.start, index.stop, index.step)
        if all(p is None or type(p) is int for p in parts):
            return index
        return slice(*[p if p is None else operator.index(p) for p in parts])
    if kind is tuple:
        return tuple([p if type(p) is int else frozen_index(p) for p in index])
    return frozen(np.asarray(index) if kind is list else index)


def frozen(param: Any) -> Any:
    """Return a param of an operation as a value that cannot change."""
    if type(param) in CONVERTERS and type(param) not in (list, tuple):
        param = CONVERTERS[type(param)](param)
    if type(param) is Tracer:
        return exposed(param, "an index or option")
    if isinstance(param, np.ndarray):
        return np.array(param)
    return list(param) if type(param) is list else param


def _binary(op: Op, compute: Callable[[Any, Any], Any], self: Tracer, other: Any) -> Any:
    """Record a binary operation whose left operand is a tracer."""
    trace = self.home
    kind = type(other)
    if kind is Tracer and other.home is trace:
        y = compute(self.value, other.value)
        return trace.record(op, (self.slot, other.slot), NO_PARAMS, y)
    if kind in NUMBERS:
        return trace.record_right(op, self.slot, other, compute(self.value, other))
    if kind is np.ndarray and other.dtype is DOUBLE:
        y = compute(self.value, other)
        return trace.record(op, (self.slot, trace.constant(other)), NO_PARAMS, y)
    return op.apply((self, other), NO_PARAMS)
