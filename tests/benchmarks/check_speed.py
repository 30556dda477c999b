"""How long `gradcli check` takes: a folder of 200 small files, and one of ten inputs.

Run ``python tests/benchmarks/check_speed.py``. Processor seconds are the figure to compare;
wall seconds depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FILES = (
    "import numpy as np\nx0 = np.array([1.0, {k}.5, -2.0])\n"
    "def loss(x):\n    return np.sum(np.exp(-x**2) * {k}) + x[0] * x[1]\n"
    "def loss_grad(x):\n    g = -2 * x * np.exp(-x**2) * {k}\n"
    "    return g + np.array([x[1], x[0], 0.0])\n",
    "import numpy as np\ndef rosen(x=np.array([-1.2, 1.0, {k} / 100])):\n"
    "    return np.sum(100 * (x[1:] - x[:-1]**2)**2 + (1 - x[:-1])**2)\n",
    "import numpy as np\nX = np.random.default_rng({k}).normal(size=(10, 3))\n"
    "def mse(w=np.array([0.1, 0.2, 0.3])):\n    return np.mean((X @ w - 1.0)**2)\n"
    "def mse_grad(w):\n    return 2 * X.T @ (X @ w - 1.0) / 10\n",
    "import math\ndef f(x={k} / 50, y=0.5):\n"
    "    if x > 1:\n        return math.sin(x) * y\n    return x * x * y\n",
)
# Ten inputs, about thirty operations.
TEN = """
import numpy as np
x0 = np.linspace(0.1, 1.0, 10)
def f(x):
    a = np.sin(x) * np.exp(-x) + np.log1p(x ** 2)
    b = np.tanh(a) + np.sqrt(1 + a * a)
    c = b[1:] * b[:-1] - np.cos(a[1:])
    d = c / (1 + np.abs(c)) + np.arctan(c)
    e = np.log(np.sum(np.exp(d))) + np.mean(d ** 3)
    return e * np.sum(b) + np.prod(a[:3]) - x[0] * x[9]
"""


def seconds(*words: str) -> tuple[float, float]:
    """Return wall and processor seconds of one call, its children included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "gradcli", "check", *words], check=False, capture_output=True
    )
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, used


def show(name: str, measured: tuple[float, float]) -> None:
    print(f"{name:<32} {measured[0]:7.2f} s wall {measured[1]:7.2f} s processor", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=200)
    count = parser.parse_args().files
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "files"
        folder.mkdir()
        for k in range(count):
            text = FILES[k % len(FILES)].replace("{k}", str(k + 1))
            (folder / f"m{k:03d}.py").write_text(text, encoding="utf-8")
        one, ten = Path(root) / "one.py", Path(root) / "ten.py"
        one.write_text("def f(x=1.0):\n    return x\n", encoding="utf-8")
        ten.write_text(TEN, encoding="utf-8")
        show("a function that returns x", base := seconds(str(one)))
        show("ten inputs, thirty operations", full := seconds(str(ten)))
        print(f"{'beyond start-up':<32} {full[0] - base[0]:7.2f} s wall {full[1] - base[1]:7.2f} s")
        for jobs in sorted({1, min(2, os.cpu_count() or 1)}):
            show(f"{count} files, --jobs {jobs}", seconds(str(folder), "--jobs", str(jobs)))


if __name__ == "__main__":
    main()
