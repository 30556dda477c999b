"""Bridges to PyTorch, JAX and TensorFlow: their arrays, and their own derivatives.

May import `errors`, NumPy, and each framework inside its own bridge, where a function that
uses it has been loaded. What a framework says is a claim like any other: nothing here is a
witness.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

from gradcli.errors import UserCodeError
from gradcli.reports import Array


class Bridge(Protocol):
    """What is asked of a framework.

    Attributes
    ----------
    own
        The name of its own differentiation, as reports call it.
    """

    own: str

    def array(self, x: Any) -> Any:
        """Return a NumPy array as the framework's."""

    def plain(self, value: Any) -> Any:
        """Return a result of the framework as NumPy's."""

    def jacobian(self, function: Callable[..., Any], xs: Sequence[Array]) -> list[Array]:
        """Return the framework's own derivative of `function` by each of its arguments."""


def cut_graph(label: str) -> UserCodeError:
    """Return the error for a result that no longer knows its inputs."""
    what = f"{label} has no gradient of this function: its result does not depend on the inputs"
    hint = "`.item()`, `.numpy()` and `.detach()` cut the graph; return what was computed"
    return UserCodeError("E083", what, hint=hint)


class Torch:
    """PyTorch; see `Bridge`."""

    own = "torch.autograd"

    def __init__(self) -> None:
        self._torch: Any = importlib.import_module("torch")

    def array(self, x: Any) -> Any:
        """Return a tensor that shares its memory with a NumPy array, a new one of a number."""
        if isinstance(x, np.ndarray) and x.flags.writeable and x.flags.c_contiguous:
            return self._torch.from_numpy(x)
        return self._torch.tensor(np.array(x))

    def plain(self, value: Any) -> Any:
        """Return a tensor, or a list of them, as a NumPy array."""
        if isinstance(value, list | tuple):
            return [self.plain(v) if not isinstance(v, list | tuple) else v for v in value]
        return value.detach().cpu().numpy() if self._torch.is_tensor(value) else value

    def jacobian(self, function: Callable[..., Any], xs: Sequence[Array]) -> list[Array]:
        """Return PyTorch's own derivative of `function` by each of its arguments."""
        torch = self._torch
        tensors = [torch.tensor(np.array(x), requires_grad=True) for x in xs]
        with torch.enable_grad():
            # Clones, because PyTorch lets nobody write into the tensors it differentiates by.
            out = function(*(x.clone() for x in tensors))
            if isinstance(out, list | tuple):
                out = torch.stack([torch.as_tensor(part) for part in out])
            if not torch.is_tensor(out) or not out.requires_grad:
                raise cut_graph("PyTorch")
            rows = [self._row(entry, tensors) for entry in out.reshape(-1)]
        shape = tuple(out.shape)
        return [
            np.array([row[k] for row in rows]).reshape(shape + np.shape(x))
            for k, x in enumerate(xs)
        ]

    def _row(self, entry: Any, tensors: Sequence[Any]) -> list[Array]:
        """Return the gradient of one entry of the output."""
        parts = self._torch.autograd.grad(entry, tensors, retain_graph=True, allow_unused=True)
        return [
            np.zeros(tuple(x.shape)) if part is None else part.detach().cpu().numpy()
            for part, x in zip(parts, tensors, strict=True)
        ]


class Jax:
    """JAX; see `Bridge`."""

    own = "jax.jacrev"

    def __init__(self) -> None:
        self._jax: Any = importlib.import_module("jax")
        self._numpy: Any = importlib.import_module("jax.numpy")
        # Without it JAX turns float64 into float32, and no difference could be seen.
        self._jax.config.update("jax_enable_x64", True)

    def array(self, x: Any) -> Any:
        """Return a JAX array of a NumPy array."""
        return self._numpy.asarray(np.array(x))

    def plain(self, value: Any) -> Any:
        """Return a JAX array, or a list of them, as a NumPy array."""
        if isinstance(value, list | tuple):
            return [np.asarray(v) for v in value if not isinstance(v, list | tuple)]
        return np.asarray(value) if isinstance(value, self._jax.Array) else value

    def jacobian(self, function: Callable[..., Any], xs: Sequence[Array]) -> list[Array]:
        """Return JAX's own derivative of `function` by each of its arguments."""

        def stacked(*arrays: Any) -> Any:
            out = function(*arrays)
            return self._numpy.stack(out) if isinstance(out, list | tuple) else out

        derivative = self._jax.jacrev(stacked, argnums=tuple(range(len(xs))))
        return [np.asarray(part) for part in derivative(*map(self.array, xs))]


class TensorFlow:
    """TensorFlow; see `Bridge`."""

    own = "tf.GradientTape"

    def __init__(self) -> None:
        self._tf: Any = importlib.import_module("tensorflow")

    def array(self, x: Any) -> Any:
        """Return a tensor of a NumPy array."""
        return self._tf.convert_to_tensor(np.array(x))

    def plain(self, value: Any) -> Any:
        """Return a tensor, or a list of them, as a NumPy array."""
        if isinstance(value, list | tuple):
            return [self.plain(v) if not isinstance(v, list | tuple) else v for v in value]
        return value.numpy() if self._tf.is_tensor(value) else value

    def jacobian(self, function: Callable[..., Any], xs: Sequence[Array]) -> list[Array]:
        """Return TensorFlow's own derivative of `function` by each of its arguments."""
        tf = self._tf
        tensors = [self.array(x) for x in xs]
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            out = function(*tensors)
            if isinstance(out, list | tuple):
                out = tf.stack(out)
        if not tf.is_tensor(out):
            raise cut_graph("TensorFlow")
        zero = tf.UnconnectedGradients.ZERO
        parts = tape.jacobian(out, tensors, unconnected_gradients=zero)
        return [np.asarray(part) for part in parts]


_BRIDGES: Mapping[str, Callable[[], Bridge]] = MappingProxyType(
    {"torch": Torch, "jax": Jax, "tensorflow": TensorFlow}
)


def bridge_to(framework: str) -> Bridge:
    """Return the bridge to a framework.

    Parameters
    ----------
    framework
        ``torch``, ``jax`` or ``tensorflow``.

    Raises
    ------
    ImportError
        Where it is not installed.
    """
    return _BRIDGES[framework]()
