"""Time of one gradient on tiny arrays and scalar loops, beside public peers.

Run ``python tests/benchmarks/single_gradient.py`` where gradcli and, as far as wanted, torch
and autograd are installed; a peer that is missing is left out. Every figure is the best of
several repeats, as a multiple of the plain NumPy function, all in one run.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import gradcli


@dataclass(frozen=True)
class Case:
    """A function, written for one array module, and its point."""

    name: str
    make: Callable[[Any], Callable[[Any], Any]]
    point: np.ndarray[Any, Any]
    loops: int


def dot_case(xp: Any) -> Callable[[Any], Any]:
    """Return 2·dot(x, x)."""
    return lambda x: 2 * xp.dot(x, x)


def rosenbrock_case(xp: Any) -> Callable[[Any], Any]:
    """Return the Rosenbrock function as a loop over scalars."""

    def rosenbrock(x: Any) -> Any:
        total = 0.0
        for i in range(len(x) - 1):
            total = total + 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
        return total

    return rosenbrock


def pendulum_case(xp: Any) -> Callable[[Any], Any]:
    """Return the energy of a pendulum after 200 explicit Euler steps of its start."""

    def pendulum(x: Any) -> Any:
        angle, speed = x[0], x[1]
        for _ in range(200):
            angle, speed = angle + 0.01 * speed, speed - 0.01 * xp.sin(angle)
        return 0.5 * speed * speed - xp.cos(angle)

    return pendulum


CASES = (
    Case("2*dot(x,x), n=4", dot_case, np.arange(4.0), 2000),
    Case("Rosenbrock loop, n=1000", rosenbrock_case, np.linspace(-1.2, 1.2, 1000), 2),
    Case("pendulum, 200 steps", pendulum_case, np.array([1.0, 0.0]), 10),
)


def best(run: Callable[[], Any], loops: int, repeats: int) -> float:
    """Return the best time of one call in seconds."""
    run()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(loops):
            run()
        times.append((time.perf_counter() - start) / loops)
    return min(times)


def torch_gradient(case: Case) -> Callable[[], Any] | None:
    """Return one gradient by torch eager, or ``None`` where torch is missing."""
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        return None
    torch.set_num_threads(1)
    f = case.make(torch)

    def run() -> Any:
        x = torch.tensor(case.point, dtype=torch.float64, requires_grad=True)
        f(x).backward()
        return x.grad

    return run


def autograd_gradient(case: Case) -> Callable[[], Any] | None:
    """Return one gradient by HIPS autograd, or ``None`` where it is missing."""
    try:
        wrapped = importlib.import_module("autograd.numpy")
        differentiate = importlib.import_module("autograd").grad
    except ImportError:
        return None
    gradient = differentiate(case.make(wrapped))
    return lambda: gradient(case.point)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    print("| case | gradcli | torch eager | autograd | torch / gradcli |")
    print("|---|---|---|---|---|")
    for case in CASES:
        f = case.make(np)
        plain = best(lambda f=f, case=case: f(case.point), case.loops, repeats)
        ours = gradcli.grad(f)
        peers = [torch_gradient(case), autograd_gradient(case)]
        mine = best(lambda g=ours, case=case: g(case.point), case.loops, repeats) / plain
        theirs = [None if p is None else best(p, case.loops, repeats) / plain for p in peers]
        shown = [f"{t:.1f}" if t is not None else "-" for t in theirs]
        ratio = f"{theirs[0] / mine:.2f}" if theirs[0] is not None else "-"
        print(f"| {case.name} | {mine:.1f} | {shown[0]} | {shown[1]} | {ratio} |")


if __name__ == "__main__":
    main()
