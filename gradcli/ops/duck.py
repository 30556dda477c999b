"""Arrays that are not ndarrays: how NumPy's calls on them lead back to the op table.

May import NumPy, `op`, `latecomers` and `queries`. A `Duck` looks like an array to NumPy
and to Python code, owns no buffer that compiled code could read, and hands every operation to
`duck_apply`. Two ducks exist: the tracer (which records) and the entry array (whose
elements are mpmath numbers or SymPy expressions).

`SURFACE` maps NumPy's callables, and pairs like ``(np.add, "reduce")``, to the table's
functions; `registry` fills it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gradcli.ops.latecomers import late_meaning
from gradcli.ops.op import Function, Op
from gradcli.ops.queries import QUERIES

SURFACE: dict[Any, Function] = {}


def meaning(target: Any) -> Function | None:
    """Return the table's function for a callable (or a pair), ``None`` if it has none.

    Ufuncs of SciPy are recognised here when they are first met.
    """
    return SURFACE.get(target) or late_meaning(SURFACE, target)


class Duck:
    """An array-like whose operations go to the op table.

    Subclasses provide `shape`, `dtype`, `duck_level`, `duck_apply` and `duck_unknown`.
    """

    __slots__ = ()
    __array_priority__ = 1000.0
    duck_level = 0
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def duck_apply(self, op: Op, args: tuple[Any, ...], params: Mapping[str, Any]) -> Any:
        """Apply `op` to arguments of which this is the duck of the highest level."""
        raise TypeError(f"{type(self).__name__} cannot apply {op.name}")

    def duck_unknown(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Answer a NumPy function that the table does not have."""
        raise TypeError(f"{function!r} is not in the op table")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        target = ufunc if method == "__call__" else (ufunc, method)
        function = meaning(target)
        if function is None:
            return self.duck_unknown(target, inputs, kwargs)
        return function(*inputs, **kwargs)

    def __array_function__(
        self, function: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        known = SURFACE.get(function) or QUERIES.get(function)
        if known is None:
            return self.duck_unknown(function, args, kwargs)
        return known(*args, **kwargs)

    # What an array knows of itself.

    @property
    def ndim(self) -> int:
        """Number of dimensions."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of elements."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def itemsize(self) -> int:
        """Bytes of one element."""
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of all elements."""
        return self.size * self.dtype.itemsize

    @property
    def T(self) -> Any:
        """The transpose."""
        return np.transpose(self)  # type: ignore[call-overload]

    @property
    def mT(self) -> Any:
        """The transpose of the last two dimensions."""
        return np.swapaxes(self, -1, -2)  # type: ignore[call-overload]

    @property
    def flat(self) -> Any:
        """The elements in C order."""
        return np.ravel(self)  # type: ignore[call-overload]

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        if not self.shape:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(self.shape[0]))

    def __getitem__(self, index: Any) -> Any:
        return SURFACE["getitem"](self, index=index)

    __hash__ = None  # type: ignore[assignment]


def _binary(ufunc: Any) -> Any:
    def forward(self: Any, other: Any) -> Any:
        return ufunc(self, other)

    return forward


def _reflected(ufunc: Any) -> Any:
    def backward(self: Any, other: Any) -> Any:
        return ufunc(other, self)

    return backward


def _unary(ufunc: Any) -> Any:
    def forward(self: Any) -> Any:
        return ufunc(self)

    return forward


def _method(function: Any) -> Any:
    def forward(self: Any, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    return forward


BINARY_OPERATORS: Mapping[str, Any] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "truediv": np.true_divide,
    "floordiv": np.floor_divide,
    "mod": np.remainder,
    "pow": np.power,
    "matmul": np.matmul,
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "xor": np.bitwise_xor,
}
COMPARISONS: Mapping[str, Any] = {
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "eq": np.equal,
    "ne": np.not_equal,
}
UNARY_OPERATORS: Mapping[str, Any] = {
    "neg": np.negative,
    "pos": np.positive,
    "abs": np.absolute,
    "invert": np.invert,
}
METHODS: Mapping[str, Any] = {
    "sum": np.sum,
    "prod": np.prod,
    "mean": np.mean,
    "std": np.std,
    "var": np.var,
    "max": np.max,
    "min": np.min,
    "ptp": np.ptp,
    "cumsum": np.cumsum,
    "cumprod": np.cumprod,
    "dot": np.dot,
    "trace": np.trace,
    "diagonal": np.diagonal,
    "ravel": np.ravel,
    "squeeze": np.squeeze,
    "swapaxes": np.swapaxes,
    "repeat": np.repeat,
    "take": np.take,
    "clip": np.clip,
    "conj": np.conjugate,
    "conjugate": np.conjugate,
    "round": np.round,
}

for _name, _ufunc in BINARY_OPERATORS.items():
    setattr(Duck, f"__{_name}__", _binary(_ufunc))
    setattr(Duck, f"__r{_name}__", _reflected(_ufunc))
for _name, _ufunc in COMPARISONS.items():
    setattr(Duck, f"__{_name}__", _binary(_ufunc))
for _name, _ufunc in UNARY_OPERATORS.items():
    setattr(Duck, f"__{_name}__", _unary(_ufunc))
for _name, _function in METHODS.items():
    if not hasattr(np.ndarray, _name):  # NumPy 2 took `ptp` away
        continue
    setattr(Duck, _name, _method(_function))


def _reshape(self: Any, *shape: Any, **kwargs: Any) -> Any:
    """Reshape, called with a tuple or with its parts."""
    target = shape[0] if len(shape) == 1 else shape
    return np.reshape(self, target, **kwargs)


def _transpose(self: Any, *axes: Any) -> Any:
    """Transpose, called with a tuple, with its parts, or with nothing."""
    order = axes[0] if len(axes) == 1 else (axes or None)
    return np.transpose(self, order)


Duck.reshape = _reshape  # type: ignore[attr-defined]
Duck.transpose = _transpose  # type: ignore[attr-defined]
Duck.flatten = _method(np.ravel)  # type: ignore[attr-defined]
