"""``np.c_[...]`` and ``np.r_[...]`` of traced values.

May import `buffers`, `lists`, `makers`. Both only move numbers to other places. So NumPy is
asked where each number goes, by joining their positions in place of the numbers, and the
numbers are taken from there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ir.buffers import any_traced
from gradcli.ir.lists import read
from gradcli.ir.tracer import settled


class Joiner:
    """An indexable joiner of NumPy that also joins traced values.

    Parameters
    ----------
    original
        ``np.c_`` or ``np.r_``.
    """

    def __init__(self, original: Any) -> None:
        self.__wrapped__ = original

    def __getitem__(self, key: Any) -> Any:
        parts = key if type(key) is tuple and key else (key,)
        makes_matrix = type(parts[0]) is str and parts[0] in ("r", "c")
        if makes_matrix or not any_traced(_numbers_of(parts)):
            return self.__wrapped__[key]
        values: list[Any] = []
        labels: list[Any] = []
        count = 0
        for part in parts:
            if type(part) is str:
                labels.append(part)
                continue
            value = _value(part)
            size = int(np.size(value))
            label = np.arange(count, count + size, dtype=np.float64).reshape(np.shape(value))
            labels.append(label[()])
            values.append(np.reshape(value, (-1,)))
            count += size
        places = self.__wrapped__[tuple(labels)]
        return np.concatenate(values)[places.astype(np.int64)]

    def __getattr__(self, name: str) -> Any:
        return getattr(vars(self)["__wrapped__"], name)

    def __len__(self) -> int:
        return len(self.__wrapped__)


def _numbers_of(parts: tuple[Any, ...]) -> list[Any]:
    """Return the parts, with those of slices in their place."""
    found: list[Any] = []
    for part in parts:
        found += (part.start, part.stop, part.step) if type(part) is slice else (part,)
    return found


def _value(part: Any) -> Any:
    """Return one part as an array; a slice as the numbers it stands for."""
    if type(part) is not slice:
        return settled(read(part))
    start = 0 if part.start is None else part.start
    step = 1 if part.step is None else part.step
    if isinstance(step, complex):
        return settled(np.linspace(start, part.stop, num=int(abs(step))))
    return settled(np.arange(start, part.stop, step))


JOINERS = {"c_": Joiner(np.c_), "r_": Joiner(np.r_)}
