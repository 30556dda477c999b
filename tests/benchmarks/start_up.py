"""How long the command line takes to start, and how many lines a second `--batch` answers.

Run: python tests/benchmarks/start_up.py

Start-up is measured as ratios within one run, each command many times in turn, the lower
quartile of each: `gradcli --help` against `python -c pass`, and an unverified gradient
against `python -c "import numpy"`.
"""

from __future__ import annotations

import subprocess
import sys
import time

RUNS = 25
LINES = 20_000
GRADCLI = [sys.executable, "-P", "-m", "gradcli"]
COMMANDS = {
    "python": [sys.executable, "-c", "pass"],
    "numpy": [sys.executable, "-c", "import numpy"],
    "help": [*GRADCLI, "--help"],
    "grad": [*GRADCLI, "grad", "2*dot(x,x)", "--x", "0,1,2,3", "--no-check"],
}


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def quartiles(runs: int = RUNS) -> dict[str, float]:
    """Return the lower quartile of every command's time."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs):
        for name, command in COMMANDS.items():
            times[name].append(seconds(command))
    return {name: sorted(found)[runs // 4] for name, found in times.items()}


def lines_per_second(count: int = LINES) -> float:
    """Return how many lines of a batch are answered in a second, start-up included."""
    lines = b'{"id":1,"x":[0,1,2,3]}\n' * count
    start = time.perf_counter()
    done = subprocess.run(
        [*GRADCLI, "grad", "2*dot(x,x)", "--batch", "-", "--no-check"],
        input=lines,
        capture_output=True,
        check=True,
    )
    elapsed = time.perf_counter() - start
    if done.stdout.count(b"\n") != count:
        raise SystemExit("a line was lost")
    return count / elapsed


def main() -> None:
    found = quartiles()
    for name, elapsed in found.items():
        print(f"{name:7} {1000 * elapsed:7.1f} ms")
    print(f"help / python  {found['help'] / found['python']:.2f}")
    print(f"grad / numpy   {found['grad'] / found['numpy']:.2f}")
    print(f"batch          {lines_per_second():.0f} lines a second")


if __name__ == "__main__":
    main()
