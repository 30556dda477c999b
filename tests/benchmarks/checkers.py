"""Public gradient checkers, each asked the same question: is this claim right at this point?

Every case of the planted suite is a plain NumPy function with a claim, so each checker gets
them the way its manual gives it a hand-written rule. Peers are imported when asked; a missing
one raises `ImportError`. Imports NumPy, gradcli's public API and the planted suite only.
"""

from __future__ import annotations

import enum
import importlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.testing import check


class Answer(enum.Enum):
    """What a checker says of a claim."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Problem:
    """A function, a claim of its gradient, and a point of floats and float arrays."""

    f: Callable[..., Any]
    claim: Callable[..., Any]
    point: tuple[Any, ...]

    def value(self, *xs: Any) -> float:
        return float(self.f(*map(plain, xs)))

    def claims(self, *xs: Any) -> list[np.ndarray]:
        """Return one claimed array an argument, in the shape the claim gave it."""
        found = self.claim(*map(plain, xs))
        several = found if len(xs) > 1 else (found,)
        return [np.asarray(g, dtype=float) for g in several]


@dataclass(frozen=True)
class Checker:
    """A checker with the package whose version is printed, and the rule it is judged by."""

    name: str
    package: str
    ask: Callable[[Problem], Answer]
    rule: str


def plain(x: Any) -> Any:
    """Return a float for a number and a float array for an array."""
    return float(x) if np.ndim(x) == 0 else np.asarray(x, dtype=float)


def _verdict(right: Any) -> Answer:
    return Answer.ACCEPTED if right else Answer.REJECTED


def _flat(problem: Problem) -> tuple[Callable[..., Any], Callable[..., Any], np.ndarray]:
    """Return function, claim and point with all arguments in one vector."""
    shapes = [np.shape(x) for x in problem.point]
    ends = np.cumsum([int(np.prod(s)) for s in shapes])[:-1]

    def unpacked(v: Any) -> list[Any]:
        pieces = np.split(np.asarray(v, dtype=float), ends)
        return [p.reshape(s) for p, s in zip(pieces, shapes, strict=True)]

    def f(v: Any) -> float:
        return problem.value(*unpacked(v))

    def claim(v: Any) -> np.ndarray:
        return np.concatenate([g.ravel() for g in problem.claims(*unpacked(v))])

    return f, claim, np.concatenate([np.ravel(x) for x in problem.point])


def gradcli(problem: Problem) -> Answer:
    found = check(problem.f, *problem.point, claim=problem.claim).verdicts[0]
    if found.status in {"ok", "kink"}:
        return Answer.ACCEPTED
    return Answer.REJECTED if found.status == "wrong" else Answer.UNDECIDED


# What `check_grad` returns is a norm without a tolerance; this is the usual one, and it grows
# with the claim, so that a large gradient is not accused of rounding.
_NORM = 1e-6


def scipy_check_grad(problem: Problem) -> Answer:
    optimize = importlib.import_module("scipy.optimize")
    f, claim, x = _flat(problem)
    error = optimize.check_grad(f, claim, x)
    allowed = _NORM * max(1.0, float(np.linalg.norm(claim(x))))
    return _verdict(np.isfinite(error) and error <= allowed)


def scipy_jacobian(problem: Problem) -> Answer:
    differentiate = importlib.import_module("scipy.differentiate")
    f, claim, x = _flat(problem)
    found = differentiate.jacobian(lambda v: np.apply_along_axis(f, 0, v)[None], x)
    if not np.all(found.success):
        return Answer.UNDECIDED
    return _close(claim(x), found.df[0])


def _close(claimed: np.ndarray, found: np.ndarray) -> Answer:
    if not np.all(np.isfinite(found)):
        return Answer.UNDECIDED
    return _verdict(claimed.shape == found.shape and np.allclose(claimed, found))


def _within(claimed: np.ndarray, found: np.ndarray, error: np.ndarray) -> Answer:
    """Judge by three times a checker's own error estimate, and four ulp for the claim."""
    if not (np.all(np.isfinite(found)) and np.all(np.isfinite(error))):
        return Answer.UNDECIDED
    allowed = 3.0 * np.abs(error) + 4.0 * np.spacing(np.abs(found))
    return _verdict(claimed.shape == found.shape and np.all(np.abs(claimed - found) <= allowed))


def _numdifftools(problem: Problem) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    package = importlib.import_module("numdifftools")
    f, claim, x = _flat(problem)
    found = package.Gradient(f, full_output=True)(x)
    return claim(x), np.ravel(found.estimate), np.ravel(found.error_estimate)


def numdifftools_close(problem: Problem) -> Answer:
    claimed, found, _ = _numdifftools(problem)
    return _close(claimed, found)


def numdifftools_bar(problem: Problem) -> Answer:
    return _within(*_numdifftools(problem))


def _jacobi(problem: Problem) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    package = importlib.import_module("jacobi")
    f, claim, x = _flat(problem)
    found, error = package.jacobi(f, x)
    return claim(x), np.ravel(found), np.ravel(error)


def jacobi_close(problem: Problem) -> Answer:
    claimed, found, _ = _jacobi(problem)
    return _close(claimed, found)


def jacobi_bar(problem: Problem) -> Answer:
    return _within(*_jacobi(problem))


def torch_gradcheck(problem: Problem) -> Answer:
    torch = importlib.import_module("torch")

    class Rule(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *xs: Any) -> Any:
            ctx.save_for_backward(*xs)
            return torch.tensor(problem.value(*(x.detach().numpy() for x in xs)))

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            found = problem.claims(*(x.detach().numpy() for x in ctx.saved_tensors))
            return tuple(g * torch.tensor(c) for c in found)

    failed = importlib.import_module("torch.autograd.gradcheck").GradcheckError
    torch.set_default_dtype(torch.float64)
    inputs = tuple(torch.tensor(x, requires_grad=True) for x in problem.point)
    try:
        return _verdict(torch.autograd.gradcheck(Rule.apply, inputs))
    except failed:
        return Answer.REJECTED


def jax_check_grads(problem: Problem) -> Answer:
    jax = importlib.import_module("jax")
    testing = importlib.import_module("jax.test_util")
    logging.getLogger("jax").setLevel(logging.CRITICAL)
    jax.config.update("jax_enable_x64", True)
    shapes = [jax.ShapeDtypeStruct(np.shape(x), np.float64) for x in problem.point]
    scalar = jax.ShapeDtypeStruct((), np.float64)

    @jax.custom_vjp
    def f(*xs: Any) -> Any:
        return jax.pure_callback(lambda *v: np.asarray(problem.value(*v)), scalar, *xs)

    def pullback(xs: Any, g: Any) -> Any:
        found = jax.pure_callback(problem.claims, shapes, *xs)
        return tuple(g * c for c in found)

    f.defvjp(lambda *xs: (f(*xs), xs), pullback)
    try:
        testing.check_grads(f, problem.point, order=1, modes=["rev"])
    except AssertionError:
        return Answer.REJECTED
    return Answer.ACCEPTED


def autograd_check_grads(problem: Problem) -> Answer:
    extend = importlib.import_module("autograd.extend")
    testing = importlib.import_module("autograd.test_util")
    f = extend.primitive(problem.value)
    places = tuple(range(len(problem.point)))

    def rule(place: int) -> Callable[..., Any]:
        return lambda ans, *xs: lambda g: g * problem.claims(*xs)[place]

    extend.defvjp(f, *map(rule, places))
    np.random.seed(0)  # noqa: NPY002 - autograd draws from NumPy's global generator
    try:
        testing.check_grads(f, places if places[1:] else 0, modes=["rev"], order=1)(*problem.point)
    except AssertionError:
        return Answer.REJECTED
    return Answer.ACCEPTED


_ALLCLOSE = "`np.allclose`"
_BAR = "3 times its own error estimate"
CHECKERS = (
    Checker("gradcli", "gradcli", gradcli, "its verdict"),
    Checker("`scipy.optimize.check_grad`", "scipy", scipy_check_grad, "1e-6·max(1, ‖claim‖)"),
    Checker("`scipy.differentiate.jacobian`", "scipy", scipy_jacobian, _ALLCLOSE),
    Checker("`torch.autograd.gradcheck`", "torch", torch_gradcheck, "its own"),
    Checker("`jax.test_util.check_grads`", "jax", jax_check_grads, "its own, x64"),
    Checker("`autograd.test_util.check_grads`", "autograd", autograd_check_grads, "its own"),
    Checker("numdifftools `Gradient`", "numdifftools", numdifftools_close, _ALLCLOSE),
    Checker("numdifftools `Gradient`", "numdifftools", numdifftools_bar, _BAR),
    Checker("jacobi", "jacobi", jacobi_close, _ALLCLOSE),
    Checker("jacobi", "jacobi", jacobi_bar, _BAR),
)
