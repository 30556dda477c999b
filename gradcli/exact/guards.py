"""Whether a run over exact numbers goes the way that was recorded.

May import `gates` and NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.exact.gates import is_nan


def guard_holds(value: Any, recorded: Any) -> bool:
    """Whether a value steers a run the way it was recorded.

    Parameters
    ----------
    value
        Entry array of the value that was looked at.
    recorded
        What the float64 run saw: truth values, whole numbers or floats.
    """
    seen = np.asarray(recorded)
    if np.shape(value) != seen.shape:
        return False
    entries = value.entries.ravel().tolist()
    return all(_steers_alike(a, b) for a, b in zip(entries, seen.ravel().tolist(), strict=True))


# A float that was read is the same number if it agrees to what float64 rounding leaves.
_READ_TOLERANCE = 1e-9


def _steers_alike(value: Any, recorded: Any) -> bool:
    if isinstance(recorded, bool):
        return bool(value) == recorded
    if is_nan(value) or is_nan(recorded):
        return is_nan(value) and is_nan(recorded)
    if isinstance(recorded, int):
        return bool(recorded == value) or int(value) == recorded
    return bool(abs(value - recorded) <= _READ_TOLERANCE * max(1.0, abs(recorded)))
